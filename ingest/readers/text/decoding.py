"""Decodes bytes of undeclared encoding: by byte order mark, by trial decoding, by plausibility."""

import codecs
import re
import unicodedata
from collections import Counter

from ingest.errors import UnreadableReport

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_MAX_CONTROL_SHARE = 0.1  # of a text's characters, at the most; with more it is something else
_ASCII = re.compile(rb"[\t\n\f\r\x20-\x7e]*")
_SEPARATORS = re.compile(r"[ \n<>.,\u3000-\u3002\uff0c]")
_MIN_SEPARATOR_SHARE = 0.01  # of a text's characters, at the least
_SAMPLE_SIZE = 2**18  # bytes
_CHARACTERS_PER_CONTROL = 500  # characters in which one control character is forgiven: converters leave some
_FORGIVEN_CONTROLS = 4  # that are forgiven in a short text, too

# What Windows-1252 holds of the languages written with it; a symbol inside a word is another encoding's letter.
_WESTERN = re.compile(r"[\x00-\x7fÀ-ÿŒœŸ‘’“”„‚–—…•€™‹›«»¡¿§©®ªº°·´¨¸±²³¹¼½¾×÷£¥¢¶µ\xa0\xad†‡‰¦¬¯^˜]*")
_SIGNS, _LETTER_SIGNS = "‚„†‡‰¡¿§©®±£¥¢¶¦¬¯¨¸\xa0‹", "²³¹¼½¾µ"
_NOT_WESTERN = re.compile(
    rf"[ÐÞþ]|(?:[^\W\d_{_LETTER_SIGNS}]|(?<![{_SIGNS}{_LETTER_SIGNS}])[{_SIGNS}]*+[{_LETTER_SIGNS}])"
    rf"[{_SIGNS}{_LETTER_SIGNS}]++[a-zà-ÿ]|[a-zà-ÿ][ºª][a-zà-ÿ]"
)
_ACCENTED = re.compile(r"[À-ÖØ-öø-ÿŒœŸ]")
_UNACCENTED = re.compile(r"[A-Za-z]")
_ACCENTED_SEQUENCE = re.compile(r"[À-ÖØ-öø-ÿ]{4}")

_LEGACY = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874"),
    *("koi8_r", "koi8_u", "iso8859_2", "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8", "iso8859_9"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949", "mac_roman", "mac_cyrillic", "cp850", "cp866", "cp852"),
]


def decode_text(raw: bytes) -> str:
    """Decode a file's bytes, less the byte order mark. Raises UnreadableReport for what is not text.

    A stray control character (NUL, ESC) becomes U+FFFD, one for one; tabs, line ends and form feeds stay.

    >>> decode_text("migración".encode("cp1252")), decode_text(b"Informe\\0 final")
    ('migración', 'Informe\ufffd final')
    """
    if not raw.strip():
        raise UnreadableReport("is empty")
    text = decode_with_bom(raw)
    if text is None:
        text = _decode_without_bom(raw)
    if not text.strip():
        raise UnreadableReport("is empty")
    shown, controls = _CONTROL.subn("\ufffd", text)
    if controls > _MAX_CONTROL_SHARE * len(text) or not is_plausible_text(shown):
        raise _not_text_error()
    return shown


def decode_with_bom(raw: bytes) -> str | None:
    """Decode a file that opens with a byte order mark; None where there is none."""
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            # A file cut in the middle of a character still has all the others.
            return raw[len(mark) :].decode(encoding, errors="replace")
    return None


def decode_wide(raw: bytes) -> str | None:
    """Decode UTF-16 or UTF-32 without a byte order mark, recognized by its zero bytes; None otherwise."""
    sample = raw[:_SAMPLE_SIZE]
    if b"\0" not in sample:
        return None
    if sample.count(0) < len(sample) / 4 and _ASCII.fullmatch(sample.replace(b"\0", b"")):
        return None  # zero bytes strayed into a text
    best, most = None, 0.0
    # As UTF-32 hardly anything can be read that is not; between the two UTF-16s, blanks and stops tell.
    for encodings in (("utf-32-le", "utf-32-be"), ("utf-16-le", "utf-16-be")):
        for encoding in encodings:
            text = decode_strict(raw, encoding)
            if text and is_plausible_text(text) and (score := len(_SEPARATORS.findall(text)) / len(text)) > most:
                best, most = text, score
        if most > _MIN_SEPARATOR_SHARE:
            return best
    return None


def decode_strict(raw: bytes, encoding: str) -> str | None:
    """Decode without tolerance; None where the bytes are invalid in that encoding, or it is unknown."""
    try:
        return raw.decode(encoding)
    except (ValueError, LookupError):
        return None


def decode_damaged_utf8(raw: bytes) -> str | None:
    """Decode UTF-8 with few broken places (a cut end, a pasted line); None otherwise."""
    text = raw.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    good = len(raw) - len(text)  # bytes behind the first of a character, roughly
    return text if broken and good > 20 * broken else None


def is_plausible_text(text: str) -> bool:
    """Whether decoded characters look like text: few controls, hardly any unassigned or private code points."""
    if "\0" in text or len(_CONTROL.findall(text)) > max(
        min(_FORGIVEN_CONTROLS, len(text) / 20), len(text) / _CHARACTERS_PER_CONTROL
    ):
        return False
    sample = text[: _SAMPLE_SIZE // 4] + text[-_SAMPLE_SIZE // 4 :]
    kinds = Counter[str]()
    for character, times in Counter(sample).items():
        kinds[unicodedata.category(character)] += times
    return kinds["Cn"] + kinds["Co"] + kinds["Cs"] <= 0.02 * len(sample)


def decode_western(raw: bytes) -> str | None:
    """Decode Windows-1252 where the result reads as a Western European language; None otherwise."""
    text = decode_strict(raw, "cp1252")
    if text is None or not _WESTERN.fullmatch(text):
        return None
    accented, unaccented = len(_ACCENTED.findall(text)), len(_UNACCENTED.findall(text))
    if accented > 0.3 * unaccented + 2 or _NOT_WESTERN.search(text) or _ACCENTED_SEQUENCE.search(text):
        return None
    return text


def _decode_without_bom(raw: bytes) -> str:
    text = decode_wide(raw)
    if text is not None:
        return text
    if b"\x1b$" in raw and (text := decode_strict(raw, "iso2022_jp_ext")) is not None:
        return text
    for found in (decode_strict(raw, "utf-8"), decode_damaged_utf8(raw), decode_western(raw)):
        if found is not None:
            return found
    if b"\0" in raw:
        raise _not_text_error()
    return _decode_guessed(raw)


def _decode_guessed(raw: bytes) -> str:
    """Decode by the most plausible legacy encoding; raises UnreadableReport where none is."""
    from charset_normalizer import from_bytes

    sample = bytearray()
    for line in raw.splitlines(keepends=True):
        if line.isascii():
            continue
        if sample and len(sample) + len(line) > _SAMPLE_SIZE:
            break
        sample += line
    for match in from_bytes(bytes(sample[:_SAMPLE_SIZE]), cp_isolation=_LEGACY):
        text = decode_strict(raw, match.encoding)
        if text is not None and is_plausible_text(text):
            return text
    raise _not_text_error()


def _not_text_error() -> UnreadableReport:
    return UnreadableReport(
        "is not text in any encoding we know: open it in the program that made it and export it as PDF, Word or "
        "text in UTF-8"
    )
