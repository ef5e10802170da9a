"""Tests of `evals/statistics`."""
