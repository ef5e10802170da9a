"""Sanitizes untrusted text for display: no terminal control sequences, no invisible characters."""

import re

# Controls, bidirectional overrides, and halves of characters, which cannot be sent.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def sanitize_text(text: str) -> str:
    r"""Replace control characters, bidirectional overrides and lone surrogates by U+FFFD.

    >>> sanitize_text("a\x1b[31mb") == "a\ufffd[31mb"
    True
    """
    return _UNSAFE.sub("\ufffd", text)
