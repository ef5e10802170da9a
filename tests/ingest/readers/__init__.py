"""Tests of `ingest/readers`."""
