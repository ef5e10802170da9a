"""Tests of `evals/metrics`."""
