"""Runs the cases: `cases` · `runner` · `setup` of indexes · `embedders`, timed and cached · `export` · `judge`."""
