"""Queries: a question, and the conversation before it, as what is searched for.

In reading order: `parser` · `cursor` · `preamble` · `patterns` · `intents` · `conversation` · `follow_up` ·
`follow_up_patterns` · `answer_language`.
"""
