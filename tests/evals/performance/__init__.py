"""Tests of `evals/performance`."""
