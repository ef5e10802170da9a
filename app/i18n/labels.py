"""The page's texts, loaded from one TOML file per language, and the choice of a visitor's language."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

DEFAULT = "es"  # of the first reports
LANGUAGES = ("es", "en", "fr", "pt", "ar")
_WORDS = Path(__file__).parent / "words"


class Words:
    """The texts of one table of a language's file, by their keys; braces are filled with counts and names."""

    def __init__(self, texts: Mapping[str, Any]) -> None:
        self._texts = texts

    def __getattr__(self, key: str) -> str:
        try:
            return str(self.__dict__["_texts"][key])
        except KeyError:
            raise AttributeError(f"The page has no text {key!r}.") from None


class Labels(Words):
    """All texts of one language; what is no text, but a table of several, is named here."""

    def __init__(self, texts: Mapping[str, Any]) -> None:
        super().__init__(texts)
        self.spoken: Mapping[str, str] = texts["spoken"]  # names of languages, by ISO 639-1
        self.roles: Mapping[str, str] = texts["roles"]
        self.filters: Mapping[str, str] = texts["filters"]  # what a question is narrowed by
        self.strengths: Mapping[str, str] = texts["strengths"]
        self.responses: Mapping[str, str] = texts["responses"]  # of a report to its recommendations
        self.follow_ups: Mapping[str, str] = texts["follow_ups"]
        self.script: Mapping[str, str] = texts["script"]  # what static/page.js says
        self.statuses: Mapping[str, str] = texts["statuses"]  # what a status other than answered is called
        self.fields: Mapping[str, str] = texts["fields"]  # of the provenance
        self.reading: Mapping[str, Any] = texts["reading"]  # how a question was read
        self.starters: Mapping[str, Mapping[str, list[str]]] = texts["starters"]  # by report, then by who asks
        self.tabs, self.browse, self.export = Words(texts["tabs"]), Words(texts["browse"]), Words(texts["export"])
        self.reports, self.evaluation = Words(texts["reports"]), Words(texts["evaluation"])
        self.feedback, self.access = Words(texts["feedback"]), Words(texts["access"])


@cache
def _load(language: str) -> Labels:
    return Labels(tomllib.loads((_WORDS / f"{language}.toml").read_text(encoding="utf-8")))


LABELS: Mapping[str, Labels] = {language: _load(language) for language in LANGUAGES}


def labels_for(language: str) -> Labels:
    """The texts of a language; those of DEFAULT where there are none."""
    return LABELS.get(language, LABELS[DEFAULT])


def format_count(count: int) -> str:
    """Format a count with a narrow no-break space between thousands, as in all our languages.

    >>> format_count(63_000) == "63\\u202f000", format_count(999)
    (True, '999')
    """
    return f"{count:,}".replace(",", "\u202f")


def choose_language(asked: str | None, accepted: str | None) -> str:
    """Negotiate the page's language: the one asked for, else the browser's most preferred that there is.

    ``accepted`` is the header Accept-Language (RFC 9110, 12.5.4). A visitor whose languages are all
    others gets English; one who states none, the default.

    >>> choose_language(None, "de, pt-BR;q=0.7, en;q=0.8")
    'en'
    >>> choose_language("fr", "en"), choose_language("xx", None), choose_language(None, "de")
    ('fr', 'es', 'en')
    >>> choose_language("AR", "en")
    'ar'
    """
    if (named := (asked or "").lower()) in LABELS:
        return named
    wanted: list[tuple[float, str]] = []
    for item in (accepted or "").split(","):
        tag, _, parameter = item.partition(";")
        weight = parameter.strip().removeprefix("q=")
        if tag.strip(" *"):
            wanted.append((-float(weight) if weight.replace(".", "", 1).isdecimal() else -1.0, tag.strip()[:2].lower()))
    if not wanted:
        return DEFAULT
    return next((tag for _, tag in sorted(wanted, key=lambda pair: pair[0]) if tag in LABELS), "en")
