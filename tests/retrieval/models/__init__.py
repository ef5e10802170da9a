"""Tests of `retrieval/models`."""
