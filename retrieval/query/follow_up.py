"""Detects whether a question is a follow-up, and of which form, from its own words alone.

"And for women?" narrows the earlier subject, "explain the second" refers to a passage shown, "no, I
meant return migration" corrects the earlier question. A question with content words enough of its own
stands alone, whatever came before.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import filterfalse

from retrieval.query import patterns
from retrieval.query.cursor import fold_question, normalize_text, strip_preamble
from retrieval.query.patterns import FOLLOW_UPS
from retrieval.text.lexicon import content_words
from retrieval.text.terms import WORD

_MAX_PREPOSITION_WORDS = 6  # words of a question that is a follow-up by its preposition alone
LAST_MARK = 0  # stands for the mark of the last one shown


class FollowUpForm(StrEnum):
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
class Reference:
    """A span of the question, half-open, that refers to a passage shown or to a question asked."""

    start: int
    end: int
    mark: int  # from 1; LAST_MARK for the last


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A classified question: the form of follow-up, and the words to search for."""

    form: FollowUpForm
    words: str  # without the opening that says the form
    bare: str = ""  # of NARROWED: without its preposition
    references: tuple[Reference, ...] = ()  # in ``words``
    previous: bool = False  # of BACK: the one before


def detect_follow_up(question: str) -> FollowUp:
    """Classifies a question by its form of follow-up.

    >>> follow_up = detect_follow_up("and for women?")
    >>> follow_up.form, follow_up.words, follow_up.bare
    (<FollowUpForm.NARROWED: 'narrowed'>, 'for women', 'women')
    >>> detect_follow_up("No, me refería a la migración de retorno").words
    'la migración de retorno'
    >>> detect_follow_up("What does the report say on return migration?").form
    <FollowUpForm.ALONE: 'alone'>
    """
    text = normalize_text(question)
    flat = fold_question(text)
    if back := FOLLOW_UPS["back"].match(flat):
        rest, pointed = _trim(text[back.end() :]), []
        if FOLLOW_UPS["last"].search(flat, back.end()):
            pointed = [Reference(0, 0, LAST_MARK)]
        elif FOLLOW_UPS["question_mentioned"].search(flat):
            pointed = _find_references(rest)[:1]
        previous = not pointed and bool(FOLLOW_UPS["previous"].search(flat) or not rest)
        return FollowUp(FollowUpForm.BACK, rest, references=tuple(pointed), previous=previous)
    if corrected := FOLLOW_UPS["correction"].match(flat):
        rest = text[corrected.end() :]
        inner = detect_follow_up(rest)
        meant = (FollowUpForm.NARROWED, FollowUpForm.REPLACED) if corrected["meant"] else ()
        corrects = inner.form in (FollowUpForm.ALONE, FollowUpForm.ABOUT_IT, *meant)
        return FollowUp(FollowUpForm.CORRECTION, _trim(rest)) if corrects else inner
    for form, pattern in (
        (FollowUpForm.YES, FOLLOW_UPS["yes"]),
        (FollowUpForm.WHY, FOLLOW_UPS["why"]),
        (FollowUpForm.REST, FOLLOW_UPS["rest"]),
    ):
        if (found := pattern.match(flat)) and not (form is FollowUpForm.REST and subject_words(flat[found.end() :])):
            return FollowUp(form, text)
    if (references := _find_references(text)) and not subject_words(_remove_references(flat, references)):
        return FollowUp(FollowUpForm.MARKED, text, references=tuple(references))
    opened = FOLLOW_UPS["continuation"].match(flat)
    return _classify(text, flat, opened.end() if opened else 0)


def _classify(text: str, flat: str, start: int) -> FollowUp:
    """Classifies a question whose subject begins at ``start``, behind an opening "and" if it has one."""
    rest, flat_rest = text[start:], flat[start:]
    about = FOLLOW_UPS["about"].match(flat) or FOLLOW_UPS["about"].match(flat_rest)
    if about:
        offset = about.end() if about.string is flat else start + about.end()
        if subject_words(flat[offset:]):
            return FollowUp(FollowUpForm.REPLACED, _trim(text[offset:]))
    narrowed = FOLLOW_UPS["narrowed"].match(flat_rest)
    if narrowed and subject_words(flat_rest):
        kept = narrowed.end() if flat_rest[: narrowed.end()].endswith(" ") else 0
        return FollowUp(FollowUpForm.NARROWED, _trim(rest[kept:]), _trim(rest[narrowed.end() :]))
    case = FOLLOW_UPS["in_case_of"].match(flat_rest)
    asks = FOLLOW_UPS["interrogative"].match(flat_rest)
    if case and not asks and subject_words(flat_rest) and (start or len(flat.split()) < _MAX_PREPOSITION_WORDS):
        return FollowUp(
            FollowUpForm.NARROWED,
            _trim(rest[case.start("prep" if case["prep"] else "for") :]),
            _trim(rest[case.end() :]),
        )
    if _is_about_shown(flat_rest):
        return FollowUp(FollowUpForm.SHOWN, text)
    if start and not asks and subject_words(flat_rest):
        return FollowUp(FollowUpForm.REPLACED, _trim(rest))
    if FOLLOW_UPS["pronoun"].search(fold_question(strip_preamble(rest))):
        return FollowUp(FollowUpForm.ABOUT_IT, rest)
    return FollowUp(FollowUpForm.ALONE, rest)


def _is_about_shown(flat: str) -> bool:
    """Whether a question has no subject without the passage shown: "who recommended it?", "¿es obligatoria?"."""
    if subject_words(flat) or any(pattern.search(flat) for pattern in patterns.ASKING_FOR_ALL):
        return False
    asks = FOLLOW_UPS["pronoun"].search(flat) or FOLLOW_UPS["interrogative"].match(flat)
    return bool(asks) or any(map(_is_conversational, WORD.findall(flat)))


def subject_words(flat: str) -> frozenset[str]:
    """Returns the content words that can name a subject: neither conversational filler nor words for an attribute."""
    return frozenset(filterfalse(_is_conversational, content_words(flat)))


def _is_conversational(word: str) -> bool:
    return bool(FOLLOW_UPS["conversational"].match(word))


def _find_references(text: str) -> list[Reference]:
    """Finds references to passages shown, in order; an ordinal in front of a noun of its own is none."""
    flat = fold_question(text)
    found = [Reference(*it.span(), int(it[it.lastindex or 0])) for it in FOLLOW_UPS["numbered"].finditer(flat)]
    found += [Reference(*it.span(), int(patterns.read_ordinal(it))) for it in FOLLOW_UPS["ordinal"].finditer(flat)]
    found += [Reference(*match.span(), LAST_MARK) for match in FOLLOW_UPS["last"].finditer(flat)]
    kept: list[Reference] = []
    for reference in sorted(found, key=lambda reference: (reference.start, -reference.end)):
        behind = WORD.search(flat, reference.end)
        if (not kept or reference.start >= kept[-1].end) and not (behind and subject_words(behind[0])):
            kept.append(reference)
    return kept


def _remove_references(flat: str, references: list[Reference]) -> str:
    for reference in reversed(references):
        flat = f"{flat[: reference.start]} {flat[reference.end :]}"
    return flat


def _trim(words: str) -> str:
    return words.strip(" \t?¿!¡.؟،,;:")
