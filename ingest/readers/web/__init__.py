"""Markup: `html` with `html_blocks` and `main_content`, `markdown`, and `epub`, whose chapters are HTML."""
