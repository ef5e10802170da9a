"""Tests of `evals/adversarial`."""
