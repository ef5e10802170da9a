"""Tests of `retrieval/verification`."""
