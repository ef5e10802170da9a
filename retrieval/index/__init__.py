"""The index: report files put in as one transaction, and what it knows of its passages.

In reading order: `index` · `update_plan` · `transaction` · `update_result` · `diff` · `history` · `indexed_text` ·
`facets` · `filters` · `cache`.
"""
