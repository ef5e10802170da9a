"""Benchmarks of time and memory, as ratios that hold on any machine; `python -m evals.performance` prints them.

In reading order: `processes` · `__main__` · `warm_probe` · `search` · `search_probe` · `page` · `first_visit` ·
`ingest_scale` · `load` many people at once.
"""
