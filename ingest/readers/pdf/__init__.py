"""PDF: positioned characters become lines, columns, footnotes and paragraphs in reading order.

In order: `pdf` · `characters` · `runs` · `layout` · `tables` · `margins` · `hyphens` · `footnotes` · `paging` · `ocr`.
"""
