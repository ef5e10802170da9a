"""Sanitizes untrusted text for display: no terminal control sequences, no invisible characters."""

import re
import unicodedata

MAX_REPEATED = 80  # characters of what was sent that an error repeats
# Controls, bidirectional overrides, and halves of characters, which cannot be sent.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def sanitize_text(text: str) -> str:
    r"""Replace control characters, bidirectional overrides and lone surrogates by U+FFFD.

    >>> sanitize_text("a\x1b[31mb") == "a\ufffd[31mb"
    True
    """
    return _UNSAFE.sub("\ufffd", text)


def shorten(value: object) -> str:
    """What was sent, as an error repeats it: up to MAX_REPEATED characters, texts in quotation marks, no controls.

    >>> shorten("a\\u202eb"), shorten("x" * 100)[-3:], shorten(7), shorten(10**5_000)
    ("'a�b'", "x…'", '7', 'beyond all counting')
    """
    if isinstance(value, int) and abs(value) > 2**31:
        return "beyond all counting"
    words = value[: MAX_REPEATED + 1] if isinstance(value, str) else str(value)[: MAX_REPEATED + 1]
    words = "".join("�" if unicodedata.category(sign) in ("Cc", "Cf", "Cs") else sign for sign in words)
    words = words if len(words) <= MAX_REPEATED else words[:MAX_REPEATED] + "…"
    return repr(words) if isinstance(value, str) else words
