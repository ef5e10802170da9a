"""Formats numbers as list markers: 3 is "3", "c", "III" or "3rd"; and parses and raises them."""

import re
from collections.abc import Callable

TO_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
FROM_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc")),
    *((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"  # as Word counts: without ё, й, ъ, ь
_CHICAGO = "*†‡§"


def to_roman(number: int) -> str:
    """Format as a lower-case Roman numeral; as a decimal outside 1 to 4999.

    >>> to_roman(1949)
    'mcmxlix'
    """
    if not 0 < number < 5000:
        return str(number)
    said = ""
    for value, sign in _ROMAN:
        said += sign * (number // value)
        number %= value
    return said


def to_repeated_letters(number: int, alphabet: str = "abcdefghijklmnopqrstuvwxyz") -> str:
    """Format as letters that repeat behind z (aa, bb, cc), as Word counts.

    >>> to_repeated_letters(3), to_repeated_letters(28)
    ('c', 'bb')
    """
    times, place = divmod(number - 1, len(alphabet))
    return alphabet[place] * (times + 1) if 0 <= times < 30 else str(number)


def to_bijective_letters(number: int) -> str:
    """Format as letters in bijective base 26 (z, aa, ab), the default of OpenDocument.

    >>> to_bijective_letters(3), to_bijective_letters(28)
    ('c', 'ab')
    """
    if not 0 < number < 1_000_000:
        return str(number)
    said = ""
    while number:
        number, place = divmod(number - 1, 26)
        said = chr(ord("a") + place) + said
    return said


def to_ordinal(number: int, language: str = "en") -> str:
    """Format as an ordinal of the language (ISO 639-1); "3." for languages other than en, es, fr, gl, it and pt.

    >>> to_ordinal(3), to_ordinal(12), to_ordinal(1, "fr"), to_ordinal(2, "es")
    ('3rd', '12th', '1er', '2º')
    """
    if language in ("es", "pt", "it", "gl"):
        return f"{number}º"
    if language == "fr":
        return "1er" if number == 1 else f"{number}e"
    if language != "en":
        return f"{number}."
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


_FORMS: dict[str, Callable[[int], str]] = {
    "none": lambda _: "",
    "decimalZero": lambda n: f"{n:02d}",
    "lowerLetter": to_repeated_letters,
    "upperLetter": lambda n: to_repeated_letters(n).upper(),
    "lowerRoman": to_roman,
    "upperRoman": lambda n: to_roman(n).upper(),
    "russianLower": lambda n: to_repeated_letters(n, _RUSSIAN),
    "russianUpper": lambda n: to_repeated_letters(n, _RUSSIAN).upper(),
    "chicago": lambda n: to_repeated_letters(n, _CHICAGO),
    "numberInDash": lambda n: f"- {n} -",
    "decimalEnclosedCircle": lambda n: chr(0x2460 + n - 1) if 0 < n <= 20 else str(n),
}


def format_numeral(number: int, form: str, language: str = "en") -> str:
    """Format by a numFmt of WordprocessingML (ECMA-376 part 1, 17.18.59); unknown ones as decimals.

    >>> format_numeral(4, "upperRoman"), format_numeral(4, "decimalZero"), format_numeral(4, "ideographTraditional")
    ('IV', '04', '4')
    """
    if form == "ordinal":
        return to_ordinal(number, language)
    return _FORMS.get(form, str)(number)


def parse_int(text: str | None, default: int) -> int:
    """Parse an integer attribute; ``default`` where it is missing, malformed or longer than 6 digits.

    >>> parse_int("12", 1), parse_int("-3", 1), parse_int("x", 1), parse_int(None, 1)
    (12, -3, 1, 1)
    """
    return int(text) if text and re.fullmatch(r"[+-]?[0-9]{1,6}", text) else default
