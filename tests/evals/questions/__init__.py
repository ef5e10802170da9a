"""Tests of `evals/questions`."""
