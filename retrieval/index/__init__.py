"""The index: transactional updates from report files, and filters and facets over its passages.

In reading order: `index` · `update_plan` · `transaction` · `update_result` · `diff` · `history` · `indexed_text` ·
`short_names` · `facets` · `filters` · `cache`.
"""
