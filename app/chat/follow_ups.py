"""Suggests follow-up questions, built from the fields of the cited records, so that each has an answer."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.i18n.labels import LABELS, labels_for
from ingest.report import Passage, Strength, normalize_for_display, place_of
from retrieval.results import Answer, Status
from retrieval.text.lexicon import content_words

MAX_FOLLOW_UPS = 4
_MIN_CONTENT_WORDS = 2  # words that make a heading more than "Recommendations"
_MAX_QUOTED = 110  # characters of what a question quotes
_NUMBERED = re.compile(r"(?<!\d)\d++(?:\.\d+)+")


def suggest_follow_ups(answer: Answer, language: str) -> tuple[str, ...]:
    """Suggest up to four questions, in the answer's language, or ``language`` where there are no templates for it.

    They ask for other recommendations of a cited section, for those to a cited addressee, for the addressees of a
    cited record and for its strength; only for values that the records have. None repeats the question.
    """
    if answer.status is not Status.ANSWERED:
        return ()
    words = labels_for(answer.language if answer.language in LABELS else language).follow_ups
    cited = [citation.passage for citation in answer.citations if citation.passage.recommends]
    made = dict.fromkeys(_questions(cited, words))
    already = {_normalize(answer.question), _normalize(answer.searched)}
    return tuple(question for question in made if _normalize(question) not in already)[:MAX_FOLLOW_UPS]


def _questions(cited: Sequence[Passage], words: Mapping[str, str]) -> Iterator[str]:
    """A question of each kind, about the first cited record with the field that it needs."""
    if section := next(filter(None, map(_specific_heading, cited)), None):
        yield words["section"].format(section=section)
    addressed = [each for passage in cited for each in passage.addressees if len(each) <= _MAX_QUOTED]
    if addressed:
        yield words["addressee"].format(addressee=normalize_for_display(addressed[0]))
    numbered = list(_with_section_number(cited))
    addressing = [found for found in numbered if found[0].addressees]
    asking = [found for found in numbered if found[0].strength not in (None, Strength.STATEMENT)]
    for kind, stating in (("to_whom", addressing), ("how_strongly", asking)):
        for _, number, section in stating[:1]:
            yield words[kind].format(number=number, section=section)


def _specific_heading(passage: Passage) -> str:
    """The innermost heading that is specific: not just "Recommendations"; empty where there is none."""
    for heading in reversed(passage.headings):
        said = heading.rstrip(": ")
        if (
            len(said) <= _MAX_QUOTED
            and len(content_words(said)) >= _MIN_CONTENT_WORDS
            and not _GENERIC_HEADING.search(said)
        ):
            return said
    return ""


def _with_section_number(cited: Iterable[Passage]) -> Iterator[tuple[Passage, str, str]]:
    """The records of numbered sections, with their number, or else their place, and the section's number."""
    for passage in cited:
        numbers = [found[0] for heading in passage.headings[:1] if (found := _NUMBERED.search(heading))]
        if numbers and (number := passage.number or place_of(passage.id)):
            yield passage, number, numbers[0]


def _normalize(question: str) -> str:
    return " ".join(re.findall(r"\w+", question.lower()))


_GENERIC_HEADING = re.compile(r"recom+end|conclusi|توصي", re.IGNORECASE)  # headings that every report has
