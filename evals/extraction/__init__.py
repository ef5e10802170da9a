"""Extraction: how well other people's reports become records.

In reading order: `upr` · `cev` · `declaration` · `readings` · `labels` · `attributes`.
"""
