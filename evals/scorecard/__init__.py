"""Scorecard: measure the outcomes of the cases, gate them against the accepted baseline, and report both.

In reading order: `evaluate` · `scorecard` · `metrics` · `gate` · `baseline` · `compare` · `checkpoint` · `curves` ·
`console_report` · `html_words` · `html_report` · `plots`.
"""
