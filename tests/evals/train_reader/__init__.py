"""Tests of `evals/calibrate`."""
