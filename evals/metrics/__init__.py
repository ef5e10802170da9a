"""Metrics: `measures` of retrieval and citation · `groundedness` · `bootstrap` intervals · `confidence` of answers."""
