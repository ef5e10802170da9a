"""Extracts numbers, months and ordinals, in digits or words, in a form that can be compared across languages."""

import re
import unicodedata
from decimal import Decimal
from functools import cache
from operator import itemgetter

from ingest.lexicon.tables import LanguageTables, WordTables
from retrieval.text.terms import LETTERS, fold

Figure = frozenset[str]  # its readings: "1.234" is one thousand in Spanish and one and a bit in English

_DIGITS = re.compile(r"\d+(?:[.,  \u2009\u202f’']\d{3})+(?!\d)|\d+(?:[.,:/]\d+)*")
_GROUPED = re.compile(r"\d{1,3}([.,  \u2009\u202f’'])\d{3}(?:\1\d{3})*")
_NUMERAL = re.compile(r"\d+(?:\.\d+)?")
_PRODUCT_GAP = re.compile(r"[\s-]{1,3}")  # between "2" and "million"
_SCALES = {"100", "1000", "1000000", "1000000000"}
_TENS = 20, 30, 40, 50, 60, 70, 80, 90
_TABLES = LanguageTables("retrieval.text", "numbers")
_PERCENT = _TABLES.compile(r"(?<!\w){percent}(?!\w)", re.IGNORECASE)
_DATED = re.compile(r"\d\W+(?:\w{1,3}\W+)?$")  # in front of a month
_SHORT = 3  # letters of a month that may be another word
_REACH = 40  # characters in front of a month
_DATES = re.compile(r"\W+(?:\w{1,3}\W+)?\d")  # behind it


def find_figures(text: str, language: str) -> list[Figure]:
    """Finds the numbers, months and ordinals of a text, in its order; number words only in the given language.

    >>> [sorted(figure) for figure in find_figures("El 11 de noviembre, tres de cada 1.000", "es")]
    [['11'], ['month 11'], ['3'], ['1.000', '1000']]
    >>> find_figures("2.5 million", "en")
    [frozenset({'2500000'})]
    >>> find_figures("17,4 bilhões, 5 por cento", "pt") == find_figures("17.4 billion, a 5-per-cent discount", "en")
    True
    >>> find_figures("Three of them may vote in May 2010", "en")
    [frozenset({'3'}), frozenset({'month 5'}), frozenset({'2010'})]
    """
    return [figure for _, figure in locate_figures(text, language)]


def locate_figures(text: str, language: str) -> list[tuple[int, Figure]]:
    """Finds the figures of a text, each with where it starts."""
    plain = _PERCENT.sub(lambda found: " " * len(found[0]), "".join(map(to_ascii_digit, text)))
    words = _number_words().get(language, {})
    months = _months().get(language, {})
    found = [(*match.span(), _readings(match[0])) for match in _DIGITS.finditer(plain)]
    for match in LETTERS.finditer(plain):
        word = fold(match[0])
        if word in months and (
            _DATED.search(plain, max(0, match.start() - _REACH), match.start()) or _DATES.match(plain, match.end())
        ):
            found.append((*match.span(), frozenset({f"month {months[word]}"})))
        elif word in words:
            found.append((*match.span(), frozenset({words[word]})))
    figures: list[tuple[int, Figure]] = []
    before = 0  # where the figure before ends
    for start, end, figure in sorted(found, key=itemgetter(0)):
        scale = words.get(fold(plain[start:end]), "")
        follows = scale in _SCALES and _PRODUCT_GAP.fullmatch(plain, before, start)
        if figures and follows and (product := _multiply(figures[-1][1], int(scale))):
            figures[-1] = figures[-1][0], product
        else:
            figures.append((start, figure))
        before = end
    return figures


def find_missing_figures(said: list[Figure], there: list[Figure]) -> list[Figure]:
    """Returns the figures of a statement that its source lacks; an ordinal counts as its cardinal."""
    known = {reading for figure in there for reading in figure}
    known |= {reading.removesuffix("th") for reading in known}
    return [figure for figure in said if not any(reading.removesuffix("th") in known for reading in figure)]


def find_months(text: str) -> frozenset[str]:
    """Finds the months that a text names in any language, with a day or year or alone, by their numbers.

    >>> find_months("held in May") == find_months("dias 02 e 23 de maio") == frozenset({"5"})
    True
    """
    words = {fold(match[0]) for match in LETTERS.finditer(text)}
    return frozenset(months[word] for months in _months().values() for word in words & months.keys())


def to_ascii_digit(character: str) -> str:
    """Converts a digit of any script to ASCII; leaves all else as it is."""
    return str(unicodedata.digit(character)) if character.isdecimal() else character


def _readings(printed: str) -> Figure:
    plain = printed.replace(",", ".").rstrip(".:/")
    readings = {plain.lstrip("0") or "0"}
    if _GROUPED.fullmatch(printed):
        readings.add(re.sub(r"\D", "", printed))
    return frozenset(readings)


def _multiply(factor: Figure, scale: int) -> Figure:
    """The readings of a number in front of "hundred", "thousand", …; none where that is another number.

    >>> sorted(_multiply(frozenset({"1.5"}), 1_000_000)), sorted(_multiply(frozenset({"2010"}), 1_000))
    (['1500000'], [])
    """
    values = (Decimal(reading) for reading in factor if _NUMERAL.fullmatch(reading))
    return frozenset(f"{(value * scale).normalize():f}" for value in values if value < scale)


@cache
def _number_words() -> dict[str, dict[str, str]]:
    """Number words by language: folded word to value."""
    made: dict[str, dict[str, str]] = {}
    for language in _TABLES.languages("by_value"):
        names = {name: _TABLES.entry(name, language).split() for name in ("by_value", "by_tens", "ordinals", "other")}
        some = {fold(word): str(value) for value, word in enumerate(names["by_value"], start=2)}
        some |= {fold(word): str(value) for value, word in zip(_TENS, names["by_tens"], strict=False)}
        some |= {fold(word): f"{value}th" for value, word in enumerate(names["ordinals"], start=2)}
        for word, _, value in (entry.partition(":") for entry in names["other"]):
            some[fold(word)] = value
        made[language] = some
    return made


@cache
def _months() -> dict[str, dict[str, str]]:
    """Months by language: folded name to number; of the short forms those of four letters."""
    months = WordTables("ingest.lexicon", "months")
    numbered = {language: enumerate(months.entry(language).split(" ; "), start=1) for language in months.names()}
    return {
        language: {
            fold(name): str(value)
            for value, names in lines
            for at, name in enumerate(names.split("|"))
            if at == 0 or len(name) > _SHORT
        }
        for language, lines in numbered.items()
    }
