"""File readers: one module for each format, each from bytes to an `Extract`.

In order: `read` `files` `file_type` `extract` `sidecar` `numerals` `archive`; then `text`, `web`, `office`, `pdf`.
"""
