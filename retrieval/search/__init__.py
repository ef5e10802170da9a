"""Retrieval: selects the scope, collects dense and lexical candidates, ranks them by late interaction.

In reading order: `scope` · `search` · `lexical` · `late_interaction`.
"""
