"""Running: `cases` · `runner` asks them · `setup` the indexes · `embedders` timed and remembered · `export` for other
tools · `judge` a chat model's opinion."""
