"""Ingests report files: `readers` extract their text, `split` makes passages of it, `annotate` describes them.

In order: `report` · `errors` · `sources` · `readers` · `lexicon` · `split` · `annotate`; around them `worker` (child
processes) with `ipc` and `serialization`; `sanitize` is for whatever shows text,
`private_files` for whatever writes files, `memo` a cache.
"""
