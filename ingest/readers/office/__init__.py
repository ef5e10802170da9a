"""Word processors: `docx` with `docx_numbering` (list numbers) and `symbols` (symbol fonts), `odt`, and `legacy`."""
