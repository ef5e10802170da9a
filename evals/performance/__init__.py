"""Benchmarks of time and memory, as ratios that hold on any machine; `python -m evals.performance` prints them.

In reading order: `processes` · `synthetic` reports · `__main__` · `warm` · `search` · `page` · `ingest_scale` ·
`load` many people at once.
"""
