"""Localization: `labels` loads the page's texts in five languages from the TOML files in `words`."""
