"""Answers without a chat model: selects the hits that answer, and composes an Answer of verified quotes.

In reading order: `compose` · `selection` · `highlights` · `record_facts` · `templates`.
"""
