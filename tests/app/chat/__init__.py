"""Tests of `app/chat`."""
