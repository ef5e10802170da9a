"""Plain text: `decoding` (bytes to characters), `blocks` (lines to blocks), `plain` (the reader)."""
