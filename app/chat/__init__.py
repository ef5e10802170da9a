"""Asking on the page: a conversation and its answers as HTML.

In reading order: `chat` · `views` · `header` · `coverage` · `follow_ups` · `filters` · `clipboard`.
"""
