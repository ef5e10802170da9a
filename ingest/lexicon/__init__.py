"""Lexicon: word tables and patterns in es, en, fr, pt and ar that classify words; nothing here parses a report.

In reading order: `tables` that hold the words · `language` detection · `sentences` · `structure` of headings ·
`list_markers` · `field_labels` · `modals` by strength · `actors` nouns for addressees · `addressing` words around
them.
"""
