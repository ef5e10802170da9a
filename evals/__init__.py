"""Evaluation: how far answers can be trusted and how fast they come, as figures that anyone can reproduce.

In reading order: `cli` · `options` · `run` · `metrics` · `scorecard` · `benchmarks` · `extraction` · `adversarial` ·
`robustness` · `performance` · `calibrate` · `pytest_plugin` · `console`.
"""
