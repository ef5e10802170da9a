"""Tests of `retrieval/text`."""
