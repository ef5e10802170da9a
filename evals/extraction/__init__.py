"""Extraction: measures how well ingest turns other people's reports into records, against hand-made gold data.

In reading order: `upr` · `cev` · `declaration` · `readings` · `labels` · `attributes` · `snapshot`.
"""
