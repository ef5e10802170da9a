"""Annotations: what a passage's sentences state, read by grammar.

In reading order: `clauses` · `noun_phrases` · `imperatives` · `strength` how strongly it asks · `addressees` whom ·
`attribution` who made it.
"""
