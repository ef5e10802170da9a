"""Tests of `evals/extraction`."""
