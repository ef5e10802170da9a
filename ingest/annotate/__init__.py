"""Annotation: extracts a passage's strength, addressees and authors by grammatical rules, without a model.

In reading order: `imperatives` · `acronyms` · `noun_phrases` names of actors · `clauses` modals in main clauses ·
`addressees` · `strength` of the request · `attribution` to its authors.
"""
