"""Tests of the table of recommendations."""
