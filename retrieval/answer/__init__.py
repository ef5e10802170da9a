"""Answers: which hits answer, and the answer as their verbatim words.

In reading order: `compose` · `selection` · `highlights` · `record_facts` · `templates` of our own sentences.
"""
