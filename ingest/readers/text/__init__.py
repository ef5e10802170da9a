"""Plain text: `decoding` (bytes to characters), `plain` (the reader: lines to paragraphs)."""
