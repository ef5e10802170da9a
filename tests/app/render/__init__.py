"""Tests of `app/render`."""
