"""Tests of `retrieval/answer`."""
