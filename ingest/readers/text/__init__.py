"""Plain text: `decoding` of its bytes, `plain` text to a report, `blocks` of lines that belong together."""
