"""Finds negation and modal operators in a text, in es en fr pt ar, each with the word that it bears on.

"no deben criminalizar" negates and obliges "criminalizar", the focus. The verifier compares the operators of a
written sentence with those of its source, focus by focus.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from ingest.annotate.clauses import analyze
from ingest.annotate.imperatives import find_leading_verb, is_infinitive
from ingest.lexicon.modals import ENGLISH_VERBS, MODAL_LEXICONS
from ingest.lexicon.sentences import Boundary, find_sentences
from ingest.lexicon.tables import WordTables
from ingest.report import Strength
from retrieval.text.gazetteer import find_states
from retrieval.text.lexicon import FUNCTION_WORDS
from retrieval.text.terms import fold_by_letter


@dataclass(frozen=True, slots=True)
class Operator:
    """A negation or a modal with its focus; offsets in the text, half-open."""

    start: int
    end: int
    focus: tuple[int, int] | None  # the next word that says something; None where none follows
    strength: Strength | None = None  # None of a negation
    in_main_clause: bool = True  # whether it stands in a main clause
    is_negated: bool = False  # whether what it asks is that something be not done
    is_tentative: bool | None = None  # of an instruction: whether what it asks is that something be considered
    asked_by: frozenset[str] = frozenset()  # of an instruction: the States in brackets behind it


_TABLES = WordTables("retrieval.verification", "modality")  # over folded text
_PATTERNS = {
    code: _TABLES.compile(r"(?<!\w){negations}", re.IGNORECASE, code) for code in _TABLES.languages("negations")
}
_SELF_NEGATING = _TABLES.words("self_negating")
_AFTER_VERB = _TABLES.words("after_verb")
_NE = re.compile(r"\b(?:ne\s|n['’])")
_MAX_FOCUS_DISTANCE = 40  # words in which that stands on which an operator bears
_BRACKET = re.compile(r"\(([^()]*)\)")
_TENTATIVE_REACH = 40  # characters
_MAX_NE_PAS_GAP = 40  # characters between "ne" and "pas"
NOMINAL_NEGATIONS = _TABLES.words("nominal")
_NOUN_STRENGTHS = (Strength.OBLIGATION, Strength.RECOMMENDATION)
_MODAL_NOUN_PATTERNS = {  # nouns that ask as strongly as verbs do
    code: tuple(re.compile(_TABLES.pattern(strength.value, code)) for strength in _NOUN_STRENGTHS)
    for code in _TABLES.languages("obligation")
}
_THAT = re.compile(r"\W*(?:that|que|qu['’])", re.IGNORECASE)
_CONSIDERS = _TABLES.compile(r"(?<!\w){considers}")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SUGGESTS = _TABLES.compile(r"\b{suggests}\b")  # verbs beside those that tell how strongly a record asks
_DEMANDS = _TABLES.compile(r"\b{demands}\b")


def find_negations(text: str, language: str) -> list[Operator]:
    """Find the negations of a text, in its order; none in a language that is not supported.

    >>> [found] = find_negations("Los datos no justifican la criminalización", "es")
    >>> found.start, found.focus
    (10, (13, 23))
    """
    pattern = _PATTERNS.get(language)
    if pattern is None:
        return []
    flat = fold_by_letter(text)
    return [
        Operator(*found.span(), found.span() if found[0] in _SELF_NEGATING else _find_negation_focus(flat, found))
        for found in pattern.finditer(flat)
    ]


def _find_negation_focus(flat: str, found: re.Match[str]) -> tuple[int, int] | None:
    """What a negation bears on: what follows, or in French what stands between "ne" and "pas"."""
    before = (
        _NE.search(flat, max(0, found.start() - _MAX_NE_PAS_GAP), found.start()) if found[0] in _AFTER_VERB else None
    )
    focus = find_next_content_word(flat, before.end()) if before else None
    return focus if focus and focus[1] <= found.start() else find_next_content_word(flat, found.end())


def find_modal_operators(text: str, language: str) -> list[Operator]:
    """Find the modal verbs and verbs of recommending or demanding, in text order, in main clauses or not.

    >>> [modal] = find_modal_operators("Los gobiernos podrían considerar esquemas", "es")
    >>> modal.strength.value, modal.focus
    ('possibility', (22, 32))
    """
    lexicon = MODAL_LEXICONS.get(language)
    if lexicon is None:
        return []
    flat = fold_by_letter(text)
    modals = analyze(text, language).modals  # with "Ratify …"
    found = {(modal.start, modal.end): (modal.strength, True) for modal in modals}
    for match in lexicon.find_all(text):
        found.setdefault(match.span(), (lexicon.rows[(match.lastindex or 1) - 1].strength, False))
    taken = {at for span in found for at in range(*span)}
    for pattern, strength in ((_SUGGESTS, Strength.RECOMMENDATION), (_DEMANDS, Strength.OBLIGATION)):
        for match in pattern.finditer(flat):
            if taken.isdisjoint(range(*match.span())):
                found[match.span()] = (strength, False)
                taken.update(range(*match.span()))
    denied = {negation.start for negation in find_negations(text, language)}
    return [
        Operator(
            *span,
            find_next_content_word(flat, span[1]),
            strength,
            main,
            not denied.isdisjoint(range(span[0], span[1] + 2)),
        )
        for span, (strength, main) in sorted(found.items())
    ]


def find_instructions(text: str, language: str) -> list[Operator]:
    """Find the verbs of a passage's sentences that open as an instruction does, which may be told as recommended.

    >>> [(found.strength.value, found.is_tentative) for found in find_instructions("Consider ratifying it", "en")]
    [('recommendation', True)]
    """
    made = []
    for start, end in find_sentences(text, Boundary.CLAUSE):
        verb = find_leading_verb(text[start:end], language)
        at = text.find(verb, start)
        if verb and (
            _THAT.match(text, start) or verb.split()[0].lower() in ENGLISH_VERBS or is_infinitive(verb, first=True)
        ):
            span, considers = (at, at + len(verb)), is_tentative(text[:end], at)
            opened = text.count("(", at, end) > text.count(")", at, end)  # "(Spain; France)" is one bracket
            whole = text.find(")", end) + 1 if opened else end
            states = {code for bracket in _BRACKET.findall(text, at, whole) for code, _, _ in find_states(bracket)}
            main = bool(_THAT.match(text, start))
            made.append(Operator(*span, span, Strength.RECOMMENDATION, main, False, considers, frozenset(states)))
    return made


def is_misattributed(text: str, there: Sequence[Operator], others: Iterable[Operator]) -> bool:
    """Whether a text names a State that asks for something in its source, and none of those that ask for this."""
    asking = {state for operator in there for state in operator.asked_by}
    named = {code for code, _, _ in find_states(text)}
    return bool(asking) and named.isdisjoint(asking) and any(named & other.asked_by for other in others)


def is_tentative(text: str, at: int) -> bool:
    """Whether what is asked from there on is that something be considered."""
    return bool(_CONSIDERS.search(fold_by_letter(text), at, at + _TENTATIVE_REACH))


def find_modal_nouns(text: str, language: str) -> list[Operator]:
    """Find modal nouns, which ask as verbs do: "the need for data" may be written as "data are needed"."""
    flat = fold_by_letter(text)
    return [
        Operator(*match.span(), find_next_content_word(flat, match.end()), strength)
        for pattern, strength in zip(_MODAL_NOUN_PATTERNS.get(language, ()), _NOUN_STRENGTHS, strict=False)
        for match in pattern.finditer(flat)
    ]


def is_supported_language(language: str) -> bool:
    """Whether negation and strength are recognized in a language."""
    return language in _PATTERNS


def find_next_content_word(flat: str, start: int) -> tuple[int, int] | None:
    """The span of the next content word of a folded text, with a few words in front of it."""
    for word in islice(_WORD.finditer(flat, start), _MAX_FOCUS_DISTANCE):
        if word[0] not in FUNCTION_WORDS:
            return word.span()
    return None
