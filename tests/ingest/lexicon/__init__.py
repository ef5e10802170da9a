"""Tests of `ingest/lexicon`."""
