"""File readers: one module for each format, each from bytes to an `Extract`.

In order: `read` `files` `file_type` `extract` `structure` `sidecar` `numerals` `archive`; `text` `web` `office` `pdf`.
"""
