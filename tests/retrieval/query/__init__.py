"""Tests of `retrieval/query`."""
