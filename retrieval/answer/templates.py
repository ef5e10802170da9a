"""Templates of the answer's own sentences, one TOML a language, and how they are filled."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ingest.report import Kind, Passage, Strength

_FOLDER = Path(__file__).parent / "data"
ANSWER_LANGUAGES = ("es", "en", "fr", "pt", "ar", "de", "it", "ru", "zh")  # ISO 639-1
FALLBACK_LANGUAGE = "en"  # of what we do not speak


class AnswerTemplates:
    """The sentence templates of one language, by their keys; braces are filled with counts, titles and quotes."""

    def __init__(self, texts: Mapping[str, Any], language: str) -> None:
        self._texts = texts
        self.kinds: Mapping[Kind, str] = {Kind(name): said for name, said in texts["kinds"].items()}
        self.strengths: Mapping[Strength, str] = {Strength(name): said for name, said in texts["strengths"].items()}
        self.facts: Mapping[str, str] = texts["facts"]
        self.stated: Mapping[str, str] = texts["stated"]  # what is asked of a record, with the words that state it
        self.unstated: Mapping[str, str] = texts["unstated"]  # that it is not stated of any that is quoted
        self.rest: Mapping[str, str] = texts["rest"]  # nor of the others
        self._language = language

    def count_reports(self, count: int) -> str:
        """How many reports: "1 report", "3 reports"."""
        from babel import Locale

        forms = self._texts["reports"]
        return str(forms.get(Locale.parse(self._language).plural_form(count)) or forms["other"]).format(count=count)

    def __getattr__(self, key: str) -> str:
        try:
            return str(self.__dict__["_texts"][key])
        except KeyError:
            raise AttributeError(f"There is no template {key!r}.") from None


@cache
def load_templates(language: str) -> AnswerTemplates:
    """Loads the templates of a language, cached."""
    return AnswerTemplates(tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8")), language)


def templates_for(language: str) -> tuple[str, AnswerTemplates]:
    """Returns the language and its templates; English where there are none for it."""
    spoken = language if language in ANSWER_LANGUAGES else FALLBACK_LANGUAGE
    return spoken, load_templates(spoken)


def join_names(names: Sequence[str], templates: AnswerTemplates) -> str:
    """Joins names as a list in prose.

    >>> join_names(["«A»", "«B»", "«C»"], load_templates("en")), join_names(["«A»", "«B»"], load_templates("zh"))
    ('«A», «B» and «C»', '«A»和«B»')
    """
    *others, last = names
    return f"{', '.join(others)}{templates.joined}{last}" if others else last


def render_opening(
    templates: AnswerTemplates, passages: Sequence[Passage], *, total: int, of: int, asked: str, cited: str
) -> str:
    """Renders the first sentence of an answer: how many recommendations, of how many, from which reports.

    ``total`` recommendations match, ``of`` were asked; ``asked`` says which reports these are of,
    ``cited`` which the quotes are from.
    """
    shown = sum(passage.recommends for passage in passages)
    others = len(passages) - shown
    if {passage.kind for passage in passages} == {Kind.FACT}:
        return templates.fact.format(reports=cited)
    if not shown:
        return (templates.one_passage if others == 1 else templates.passages).format(shown=others, reports=cited)
    if of == total == 1:
        template = templates.only_recommendation
    elif total > shown:
        template = templates.some_recommendations
    else:
        template = templates.one_recommendation if total == 1 else templates.recommendations
    reports = asked if asked == cited else templates.found_in.format(reports=asked, cited=cited)
    beside = templates.others.format(count=others) if others else ""
    return template.format(shown=shown, total=total, of=max(of, total), reports=reports, others=beside)


def label_passage(passage: Passage, templates: AnswerTemplates) -> str:
    """Returns the display name of a passage.

    >>> from ingest.report import Kind, Passage
    >>> passage = Passage("r#1.2-r07", "r", Kind.RECOMMENDATION, "7", (), "", "x", 0, 1, 1, 1, "es")
    >>> label_passage(passage, load_templates("en"))
    'Recommendation 7'
    """
    if passage.kind is Kind.FACT:
        return templates.facts.get(passage.id.rpartition("#")[2], templates.kinds[Kind.FACT])
    kind = Kind.RECOMMENDATION if passage.kind is Kind.PART and passage.recommends else passage.kind
    return f"{templates.kinds[kind]} {passage.number}".strip()
