"""Benchmarks: the product beside other systems on public data sets, which lie in RELATORIA_DATA.

In reading order: `__main__` · `context` · `systems` · `baselines` · `ask` · `results` · `passages` ·
`xquad` · `piaf` · `nomiracl` · `distractors` · `parallel_declaration` · `held_out` · `cev_lists` · `other_systems`.
"""
