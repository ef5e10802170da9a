"""Extraction: measures how well ingest turns other people's reports into records, against hand-made gold data.

In reading order: `__main__` · `tally` · `wild` · `upr` · `cev` · `declaration` · `readings` · `labels` ·
`attributes` · `ocr`.
"""
