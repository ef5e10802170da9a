"""Tests of `evals/run`."""
