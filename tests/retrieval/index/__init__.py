"""Tests of `retrieval/index`."""
