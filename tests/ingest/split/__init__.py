"""Tests of `ingest/split`."""
