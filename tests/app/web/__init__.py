"""Tests of `app/web`."""
