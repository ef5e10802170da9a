"""Retrieval-augmented answering: index records, search them, and compose cited, verified answers."""
