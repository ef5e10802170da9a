"""Retrieval-augmented answering: index records, search them, and compose cited, verified answers.

In reading order: `limits` of what comes in · `results` the values · `text` · `storage` · `models` · `index` · `query` ·
`search` · `answer` · `verification` · `generation` · `assistant` all of it · `chain` for LangChain · `worker` and
`remote` another process · `deadline` of what it does.
"""
