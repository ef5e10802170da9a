"""Splitting: a report's blocks become its passages, and some of these recommendations.

In reading order: `splitter` · `labelled_blocks` · `tables` · `tree` of items · `sections` and their headings ·
`builder` of passages.
"""
