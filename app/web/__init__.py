"""The Gradio page: its layout and its panels, each a file of wiring only.

In reading order: `page` · `panel` what panels share · `ask` · `browse` · `reports` · `evaluation` · `side` · `export` ·
`feedback` · `blocks` strict inputs · `mount` in the server.
"""
