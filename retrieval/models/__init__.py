"""Models: embedding, re-ranking and entailment, and the calibration of their scores.

In reading order: `embedder` · `bundled_e5` · `batching` of concurrent calls · `reranker` · `nli` entailment ·
`reader` of pairs · `calibration`.
"""
