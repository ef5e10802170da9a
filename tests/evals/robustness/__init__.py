"""Tests of `evals/robustness`."""
