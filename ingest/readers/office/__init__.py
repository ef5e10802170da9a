"""Word processors' files: `docx` with `docx_numbering`, the numbers that Word prints, `odt`, and `symbols` of fonts."""
