"""Tests of `retrieval/generation`."""
