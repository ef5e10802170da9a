"""Parses the dates that are printed in a text, in the usual forms of its language or of English, to ISO 8601."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from ingest.lexicon.tables import WordTables

_TABLES = WordTables("ingest.lexicon", "months")
_DAY = r"(?<!\d)\d{1,2}(?:st|nd|rd|th|er|[ºª°.])?(?!\d)"
_TO = r"\s*(?:[-–—/,]|[^\W\d_]{1,3})\s*"  # between the days of an event: "15-16", "23 e 24"
_OF = r"[\s,.]*(?:[^\W\d_]{1,3}['’.]?\s*)?"  # "3 de mayo de 2020", "3 May, 2020", "2020 р."
_YEAR = r"(?:19|20)\d\d(?!\d)"
_NUMERIC = (
    r"(?<![\d./-])(?:(?P<iso>(?:19|20)\d\d[-/.年]\d{1,2}(?:[-/.月]\d{1,2})?)|(?P<digits>\d{1,2}(?P<sign>[-/.])\d{1,2}"
    rf"(?P=sign){_YEAR}))(?![-/.]?\d)"
)


class PrintedDate(NamedTuple):
    """A date in a text: its value, and where it stands."""

    iso: str  # "2021-06-13", "2021-06", "2021"
    start: int  # characters, half-open
    end: int


def find_dates(text: str, language: str) -> Iterator[PrintedDate]:
    """Find the dates of at least a month and a year; of an event's days the last counts.

    >>> [date.iso for date in find_dates("Bali, 15-16 November 2022. Fecha: 2/11/2021; mayo de 2020", "es")]
    ['2022-11-16', '2021-11-02', '2020-05']
    """
    months = {name: number for code in (language, "en") for name, number in _months(code).items()}
    plain = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text)  # of any script
    for found in _pattern(language).finditer(plain):
        said = found.groupdict()
        if iso := said["iso"]:
            parts = [int(part) for part in re.findall(r"\d+", iso)]
        elif digits := said["digits"]:
            first, second, year = (int(part) for part in re.findall(r"\d+", digits))
            day, month = (second, first) if second > 12 else (first, second)
            told = language != "en" or max(first, second) > 12 or first == second  # else it is of either order
            parts = [year, month, day] if told else [year]
        else:
            name = said["month1"] or said["month2"] or said["month3"]
            days = re.findall(r"\d+", said["days1"] or said["days2"] or "")[-1:]
            year = int(said["year1"] or said["year2"] or said["year3"])
            parts = [year + 2000 * (year < 100), months[name.lower()], *map(int, days)]
        if all(1 <= part <= most for part, most in zip(parts[1:], (12, 31), strict=False)):
            yield PrintedDate("-".join(f"{part:02}" for part in parts), *found.span())


@cache
def _months(language: str) -> dict[str, int]:
    """The names of the months in a language, with their numbers; none where it is not known."""
    if language not in _TABLES.names():
        return {}
    lines = enumerate(_TABLES.entry(language).split(" ; "), start=1)
    return {name: number for number, names in lines for name in names.split("|")}


@cache
def _pattern(language: str) -> re.Pattern[str]:
    names = "|".join(map(re.escape, sorted({*_months(language), *_months("en")}, key=len, reverse=True)))
    days, month = [
        rf"(?P<days#>{_DAY}(?:{_TO}{_DAY})?)",
        rf"(?<![^\W\d_])(?P<month#>{names})(?![^\W\d_])\.?(?:/[^\W\d_]+)?",
    ]
    shapes = (
        rf"{days}{_OF}{month}{_OF}(?P<year#>{_YEAR})",
        rf"{month}\s+{days},?\s+(?P<year#>{_YEAR})",
        rf"{month}{_OF}/?(?P<year#>{_YEAR}|(?<=/)\d\d(?!\d))",
    )
    numbered = (shape.replace("#", str(number)) for number, shape in enumerate(shapes, start=1))
    return re.compile("|".join((*numbered, _NUMERIC)), re.IGNORECASE)
