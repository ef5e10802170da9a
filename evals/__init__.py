"""Evaluation: how far answers can be trusted and how fast they come, as figures that anyone can reproduce.

In reading order: `cli` · `options` · `run` · `metrics` · `scorecard` · `pytest_plugin` · `console`; from a checkout
alone `public_data` · `statistics` · `benchmarks` · `extraction` · `calibrate` · `adversarial` · `robustness` ·
`performance`.
"""
