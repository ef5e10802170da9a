"""Search: a query to ranked hits, in any language on one scale.

In reading order: `search` · `scope` · `lexical` · `late_interaction`.
"""
