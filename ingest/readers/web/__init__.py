"""Markup: `html` with `main_content` and `html_blocks`, `epub` (its chapters are HTML), `markdown`."""
