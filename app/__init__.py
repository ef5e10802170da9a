"""Where people meet the product: the command line and the page.

In reading order: `cli` the command · `settings` · `i18n` our words · `render` values as others read them · `serve` and
`server` around the page · `web` the page · its panels: `chat` asking, `browse` recommendations, `reports`, `export`,
`feedback`, `evaluation` · `api` for other programs.
"""
