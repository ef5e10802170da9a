"""Adversaries: what false sentences and a hostile chat model get past the verification: nothing, or `make proof`
fails."""
