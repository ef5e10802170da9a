"""Tests of `ingest/annotate`."""
