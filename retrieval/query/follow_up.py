"""Detects whether a question is a follow-up, and of which form, from its own words alone.

"And for women?" narrows the earlier subject, "explain the second" refers to a passage shown, "no, I
meant return migration" corrects the earlier question. A question with content words enough of its own
stands alone, whatever came before.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from retrieval.query import follow_up_patterns, patterns
from retrieval.query.cursor import composed, folded
from retrieval.query.preamble import subject
from retrieval.text.lexicon import content_words

_SHORT = 6  # words of a question that is a follow-up by its preposition alone
LAST = 0  # stands for the mark of the last one shown


class Form(StrEnum):
    """The forms of follow-up: how a question depends on the conversation."""

    ALONE = "alone"
    BACK = "back"  # to an earlier question
    CORRECTION = "correction"
    YES = "yes"  # to an offer
    REST = "rest"  # of the answer, or more of it
    WHY = "why"
    MARKED = "marked"  # asks about what was shown, by its mark or place
    NARROWED = "narrowed"  # the earlier subject, and more words
    REPLACED = "replaced"  # the earlier question about something else
    SHOWN = "shown"  # asks about what was shown, in words that mean nothing without it
    ABOUT_IT = "about it"  # a question of its own that says "it"


@dataclass(frozen=True, slots=True)
class Pointed:
    """A span of the question, half-open, that refers to a passage shown or to a question asked."""

    start: int
    end: int
    mark: int  # from 1; LAST for the last


@dataclass(frozen=True, slots=True)
class Lean:
    """A classified question: the form of follow-up, and the words to search for."""

    form: Form
    words: str  # without the opening that says the form
    bare: str = ""  # of NARROWED: without its preposition
    pointed: tuple[Pointed, ...] = ()  # in ``words``
    previous: bool = False  # of BACK: the one before


def read(question: str) -> Lean:
    """Classifies a question by its form of follow-up.

    >>> read("and for women?").form, read("and for women?").words, read("and for women?").bare
    (<Form.NARROWED: 'narrowed'>, 'for women', 'women')
    >>> read("No, me refería a la migración de retorno").words
    'la migración de retorno'
    >>> read("What does the report say on return migration?").form
    <Form.ALONE: 'alone'>
    """
    text = composed(question)
    flat = folded(text).replace("’", "'")
    if back := follow_up_patterns.BACK.match(flat):
        rest = text[back.end() :]
        last = bool(follow_up_patterns.LAST.search(flat, back.end()))
        pointed = () if last or not follow_up_patterns.ASKED_BEFORE.search(flat) else tuple(_pointed(rest)[:1])
        previous = (
            not pointed and not last and (bool(follow_up_patterns.PREVIOUS.search(flat)) or not rest.strip(" ?.!"))
        )
        return Lean(
            Form.BACK, _trimmed(rest), pointed=pointed or ((Pointed(0, 0, LAST),) if last else ()), previous=previous
        )
    if corrected := follow_up_patterns.CORRECTION.match(flat):
        rest = text[corrected.end() :]
        lean = read(rest)
        meant = (Form.NARROWED, Form.REPLACED) if corrected["meant"] else ()
        return Lean(Form.CORRECTION, _trimmed(rest)) if lean.form in (Form.ALONE, Form.ABOUT_IT, *meant) else lean
    for form, pattern in (
        (Form.YES, follow_up_patterns.YES),
        (Form.WHY, follow_up_patterns.WHY),
        (Form.REST, follow_up_patterns.REST),
    ):
        if (found := pattern.match(flat)) and not (form is Form.REST and _telling(flat[found.end() :])):
            return Lean(form, text)
    if (pointed := tuple(_pointed(text))) and not _telling(_without(flat, pointed)):
        return Lean(Form.MARKED, text, pointed=pointed)
    opened = follow_up_patterns.AND.match(flat)
    return _follow_up(text, flat, opened.end() if opened else 0)


def _follow_up(text: str, flat: str, start: int) -> Lean:
    """Classifies a question whose subject begins at ``start``, behind an opening "and" if it has one."""
    rest, flat_rest = text[start:], flat[start:]
    about = follow_up_patterns.ABOUT.match(flat) or follow_up_patterns.ABOUT.match(flat_rest)
    if about and not _stands_behind(about):
        offset = about.end() if about.string is flat else start + about.end()
        if _telling(flat[offset:]):
            return Lean(Form.REPLACED, _trimmed(text[offset:]))
    narrowed = follow_up_patterns.NARROWED.match(flat_rest)
    if narrowed and _telling(flat_rest):
        kept = narrowed.end() if flat_rest[: narrowed.end()].endswith(" ") else 0
        return Lean(Form.NARROWED, _trimmed(rest[kept:]), _trimmed(rest[narrowed.end() :]))
    case = follow_up_patterns.IN_CASE_OF.match(flat_rest)
    asks = follow_up_patterns.INTERROGATIVE.match(flat_rest)
    if case and not asks and _telling(flat_rest) and (start or len(flat.split()) < _SHORT):
        return Lean(
            Form.NARROWED, _trimmed(rest[case.start("prep" if case["prep"] else "for") :]), _trimmed(rest[case.end() :])
        )
    if _about_shown(flat_rest):
        return Lean(Form.SHOWN, text)
    if start and not asks and _telling(flat_rest):
        return Lean(Form.REPLACED, _trimmed(rest))
    if follow_up_patterns.PRONOUN.search(_own(rest)):
        return Lean(Form.ABOUT_IT, rest)
    return Lean(Form.ALONE, rest)


def _stands_behind(about: re.Match[str]) -> bool:
    """Whether "what about" is followed by a preposition: "what about for women" narrows."""
    return bool(re.match(r"(?:for|in|to|with|when|para|en|con|pour|dans|em)\b", about.string[about.end() :]))


def _about_shown(flat: str) -> bool:
    """Whether a question has no subject without the passage shown: "who recommended it?", "¿es obligatoria?"."""
    plain = follow_up_patterns.THIS_REPORT.sub(" ", flat)
    if _telling(plain) or any(one.search(plain) for one in patterns.ALL):
        return False
    words = re.findall(r"\w+", plain)
    asks = (
        follow_up_patterns.PRONOUN.search(plain)
        or follow_up_patterns.DEMONSTRATIVE.search(plain)
        or follow_up_patterns.INTERROGATIVE.match(plain)
    )
    return bool(asks) or any(
        follow_up_patterns.ATTRIBUTE.match(word) or follow_up_patterns.TALK.match(word) for word in words
    )


def _own(text: str) -> str:
    """Returns the folded question without preamble and "this report"; a pronoun left in it is a reference."""
    return follow_up_patterns.THIS_REPORT.sub(" ", folded(composed(subject(text))).replace("’", "'"))


def _telling(flat: str) -> frozenset[str]:
    """Returns the content words that can name a subject: neither conversational filler nor words for an attribute."""
    return frozenset(
        one
        for one in content_words(flat)
        if not follow_up_patterns.TALK.match(one) and not follow_up_patterns.ATTRIBUTE.match(one)
    )


def _pointed(text: str) -> list[Pointed]:
    """Finds references to passages shown, in order; an ordinal in front of a noun of its own is none."""
    flat = folded(text).replace("’", "'")
    found = [
        Pointed(*one.span(), int(one[1]))
        for pattern in (follow_up_patterns.BRACKETED, follow_up_patterns.NUMBERED, follow_up_patterns.ONLY_NUMBER)
        for one in pattern.finditer(flat)
    ]
    for one in follow_up_patterns.ORDINAL.finditer(flat):
        named = next((name[1:] for name, value in one.groupdict().items() if value and name[0] == "o"), "")
        found.append(Pointed(*one.span(), int(named or one["digits"])))
    found += [Pointed(*one.span(), LAST) for one in follow_up_patterns.LAST.finditer(flat)]
    kept: list[Pointed] = []
    for pointed in sorted(found, key=lambda pointed: (pointed.start, -pointed.end)):
        behind = re.match(r"\W*(\w+)", flat[pointed.end :])
        if (not kept or pointed.start >= kept[-1].end) and not (behind and _telling(behind[1])):
            kept.append(pointed)
    return kept


def _without(flat: str, pointed: tuple[Pointed, ...]) -> str:
    for one in reversed(pointed):
        flat = f"{flat[: one.start]} {flat[one.end :]}"
    return flat


def _trimmed(words: str) -> str:
    return words.strip(" \t?¿!¡.؟،,;:")
