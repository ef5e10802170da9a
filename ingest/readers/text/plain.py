"""The plain-text reader: the text exactly as decoded; form feeds start pages."""

import re

from ingest.readers.extract import Extract
from ingest.readers.text.blocks import blocks_in
from ingest.readers.text.decoding import decoded


def read_plain(raw: bytes) -> Extract:
    """Read plain text in any encoding. Raises UnreadableReport for what is not text."""
    text = decoded(raw)
    starts = [found.end() for found in re.finditer("\f", text) if found.end() < len(text)]
    pages = tuple((start, page) for page, start in enumerate([0, *starts], 1)) if starts else ()
    return Extract(text, blocks_in(text), pages)
