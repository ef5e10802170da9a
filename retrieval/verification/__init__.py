"""Verifies quotes and written sentences against the reports, before anything is shown as theirs.

In reading order: `quotes` · `verifier` · `claims` · `alignment` · `consistency` · `modality` · `antonyms` · `entities`.
"""
