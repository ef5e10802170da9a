"""Verification: nothing is shown as the report's that the report does not say.

In reading order: `quotes` · `verifier` of written sentences · `claims` · `alignment` · `consistency` · `modality` ·
`antonyms` · `entities`.
"""
