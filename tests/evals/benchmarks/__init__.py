"""Tests of `evals/benchmarks`."""
