"""Metrics of an answer: `measures` of citations and exactness · `groundedness` of what it says."""
