"""The scorecard: what came of the cases, and what got worse.

In reading order: `evaluate` · `scorecard` · `metrics` · `gate` · `baseline` · `compare` · `checkpoint` · `curves` ·
`console_report` · `html_report` · `plots`.
"""
