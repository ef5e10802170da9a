"""Query understanding: resolves a question against the conversation and parses it into subject, filters and intent.

In reading order: `request` · `conversation` · `follow_up` · `parser` · `names` ·
`cursor` · `patterns` · `intents` · `answer_language`.
"""
