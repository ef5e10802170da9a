"""Models: what turns text into vectors, and what their scores mean.

In reading order: `embedder` · `bundled_e5` · `batching` of concurrent calls · `reranker` · `nli` entailment ·
`calibration`.
"""
