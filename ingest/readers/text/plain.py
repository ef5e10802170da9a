"""The plain-text reader: the text exactly as decoded; form feeds start pages."""

import re

from ingest.readers.extract import Extract
from ingest.readers.text.blocks import find_blocks
from ingest.readers.text.decoding import decode_text


def read_plain(raw: bytes) -> Extract:
    """Read plain text in any encoding. Raises UnreadableReport for what is not text."""
    text = decode_text(raw)
    starts = [found.end() for found in re.finditer("\f", text) if found.end() < len(text)]
    pages = tuple((start, page) for page, start in enumerate([0, *starts], 1)) if starts else ()
    return Extract(text, find_blocks(text), pages)
