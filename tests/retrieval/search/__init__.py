"""Tests of `retrieval/search`."""
