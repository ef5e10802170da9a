"""Feedback: visitors' opinions, `log` kept in a file and `form` given on the page."""
