"""The page, in Gradio: its frame and its panels, each a file of wiring only.

In reading order: `page` · `blocks` · `panel` what panels share · `ask` · `browse` · `reports` · `side` · `export` ·
`feedback` · `evaluation` · `heartbeat`.
"""
