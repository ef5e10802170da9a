"""Splitting: turns a report's blocks into passages and decides which of them are recommendations.

In reading order: `splitter` · `labelled_blocks` · `tree` of list items · `sections` and headings · `tables` ·
`builder` of passages.
"""
