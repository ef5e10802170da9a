"""Tests of `retrieval/storage`."""
