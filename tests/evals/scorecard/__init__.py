"""Tests of `evals/scorecard`."""
