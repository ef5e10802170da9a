"""Checks that a claim agrees with its passages in negation, strength, opposites and who is asked.

A negation or modal operator has a focus, the word it bears on; the focus is aligned with a word of the passages, in
whatever language they are, and must be under the same operator there.
Long because all four checks read the same word alignment and its thresholds.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain
from operator import itemgetter

import numpy as np

from ingest.lexicon.sentences import Boundary, find_sentences
from ingest.report import Strength
from retrieval.text.gazetteer import find_state_code
from retrieval.text.numbers import Figure
from retrieval.text.terms import fold
from retrieval.verification.alignment import WordVectors
from retrieval.verification.antonyms import ACTOR_CLASS, STANDALONE_CLASSES, Pole, find_poles
from retrieval.verification.claims import Claim, is_content_word
from retrieval.verification.modality import (
    NOMINAL_NEGATIONS,
    Operator,
    find_instructions,
    find_modal_nouns,
    find_modal_operators,
    find_negations,
    is_misattributed,
    is_tentative,
)

# Cosines are shares of what a text and its translation between the two languages have on average (calibration.py)
MIN_SAME_SIMILARITY = 0.72  # of words that mean the same
MIN_LIKE_SIMILARITY = 0.6  # of words that may
MIN_COVERAGE = 0.9  # share of a sentence's words
OBLIGATION_SHARE = 0.6  # share of a claim's words
MIN_COGNATE_RATIO = 0.7  # share of letters in common from which on words are taken for the same
_CONTEXT_WORDS = 8  # words on each side of a word
_MAX_SCOPE = 7  # words behind a negation that it may bear on
_CLAUSE_END = re.compile(r"[.!?؟;:…()—,،]")
_MODIFIER_CLASSES = frozenset({"amount", "force", "leave"})  # classes of words that are said of the next one
_MAX_WORD_DISTANCE = 2  # words
_MAX_FOCUS_DISTANCE = 25  # characters between a word and what such a word is said of
_SHOULD = re.compile(r"should|ought|deber[ií]|devr|dever|ينبغي", re.IGNORECASE)
_DEMAND_STEM = re.compile(r"exig|requi|demand|impos|oblig", re.IGNORECASE)  # within an operator
_RECOMMENDS = re.compile(r"recom|sug[gie]|propo|propu|[يتنأا]و?(?:وص[يت]|وصى|قترح)", re.IGNORECASE)
_PASSIVE = re.compile(r"\s+(?:not\s+|no\s+|pas\s+|não\s+)?(?:be|ser|être|estar)\b", re.IGNORECASE)
_SUBJECT_OPENS = re.compile(r"[.!?؟;:…,،]\s|\b(?:that|que|while|mientras|tandis|أن)\s", re.IGNORECASE)
_OPENS = re.compile(r"(?:^|[.!?:;•]\s*|\d\.\s*)$")  # in front of a word that has its capital from its place


@dataclass(frozen=True, slots=True, eq=False)
class PassageWindow:
    """A window of a passage, embedded at once, with its negations, modal operators and polar words."""

    words: WordVectors
    negations: tuple[Operator, ...]
    forces: tuple[Operator, ...]
    needs: tuple[Operator, ...]
    poles: tuple[Pole, ...]
    figures: tuple[tuple[int, Figure], ...]  # with their words


def annotate_window(words: WordVectors, language: str) -> PassageWindow:
    """Annotate embedded words with the operators and polar words of their text."""
    text = words.text
    return PassageWindow(
        words,
        tuple(find_negations(text, language)),
        (*find_instructions(text, language), *find_modal_operators(text, language)),
        tuple(find_modal_nouns(text, language)),
        tuple(find_poles(text)),
        tuple(words.locate_figures(language)),
    )


class Alignment:
    """The words of a claim aligned with those of its passages' windows, by cosine similarity."""

    def __init__(self, words: WordVectors, claim: Claim, pieces: Sequence[tuple[PassageWindow, float]]) -> None:
        self.words = words
        self.pieces = [piece for piece, _ in pieces]
        self.claim_words = [at for at, (start, _) in enumerate(words.spans) if claim.start <= start < claim.end]
        self.similarities = [  # (w, p) each, of the words there that say something
            np.where(piece.words.content_mask, words.vectors @ piece.words.vectors.T / most, -1.0)
            for piece, most in pieces
        ]

    def best_source_word(self, at: int) -> tuple[int, int, float]:
        """The most similar word of the passages to a claim's word: (window, word, similarity)."""
        found = [(float(some[at].max()), piece, int(some[at].argmax())) for piece, some in enumerate(self.similarities)]
        best = max(found)
        return best[1], best[2], best[0]

    def best_claim_word(self, piece: int, at: int) -> tuple[int, float]:
        """The most similar word of the claim to a passage's word: (word, similarity)."""
        column = self.similarities[piece][self.claim_words, at]
        best = int(column.argmax())
        return self.claim_words[best], float(column[best])

    def aligned_claim_words(self, piece: int, at: int) -> list[int]:
        """The words of the claim whose best match is this word of a passage, or its cognates."""
        found = [(mine, self.best_source_word(mine)) for mine in self.claim_words if self.words.content_mask[mine]]
        words = self.pieces[piece].words
        theirs = fold(words.text[slice(*words.spans[at])])
        return [
            mine
            for mine, (where, word, how) in found
            if ((where, word) == (piece, at) and how >= MIN_LIKE_SIMILARITY)
            or SequenceMatcher(None, fold(self.words.text[slice(*self.words.spans[mine])]), theirs).ratio()
            >= MIN_COGNATE_RATIO
        ]

    def negated_sentences(self) -> Iterator[tuple[int, range]]:
        """The passages' sentences that contain a negation, each as (window, range of words)."""
        for number, piece in enumerate(self.pieces):
            begins = [_sentence_of(piece.words, at)[0] for at in range(len(piece.words.spans))]
            for begin in dict.fromkeys(begins):
                own = range(begins.index(begin), len(begins) - begins[::-1].index(begin))
                last = piece.words.spans[own[-1]][1]
                if any(begin <= negation.start < last for negation in piece.negations):
                    yield number, own

    def covers_sentence(self, piece: int, sentence: range) -> bool:
        """Whether the claim covers nearly all content words of a passage's sentence."""
        content = [at for at in sentence if self.pieces[piece].words.content_mask[at]]
        if not content or not self.claim_words:
            return False
        answered = self.similarities[piece][np.ix_(self.claim_words, content)].max(axis=0) >= MIN_SAME_SIMILARITY
        return float(answered.mean()) >= MIN_COVERAGE

    def find_context(self, near: int, *, behind: bool = False) -> tuple[int, int]:
        """The (window, word) whose sentence matches most of the words around a claim's word, or from it on alone."""
        near_by = range(near if behind else near - _CONTEXT_WORDS, near + _CONTEXT_WORDS + 1)
        around = [at for at in self.claim_words if at in near_by and self.words.content_mask[at]] or [near]
        found = [self.best_source_word(at) for at in around]
        sentences = [(piece, _sentence_of(self.pieces[piece].words, word)) for piece, word, _ in found]
        return found[sentences.index(Counter(sentences).most_common(1)[0][0])][:2]

    def negation_differs(self, denied: Sequence[Operator]) -> bool:
        """Whether the claim negates what its passages do not, or the other way round."""
        plain = [operator for operator in denied if self._operator_text(operator) not in NOMINAL_NEGATIONS]
        if len(plain) > sum(len(piece.negations) for piece in self.pieces):
            return True  # "It is not true that they do not …"
        here = _negation_scope(self.words, denied)
        there = [_negation_scope(piece.words, piece.negations) for piece in self.pieces]
        for operator in denied:
            if operator.focus is None or (at := self.words.index_at(operator.focus)) is None:
                return True
            number, word, _ = self.best_source_word(at)
            nominal = self._operator_text(operator) in NOMINAL_NEGATIONS
            under = there[number] | (_negated_subjects(self.pieces[number]) if nominal else set())
            if not under & {word - 1, word, word + 1}:
                return True
        for number, piece in enumerate(self.pieces):
            for negation in piece.negations:
                at = piece.words.index_at(negation.focus) if negation.focus else None
                if at is None:
                    continue
                answering = self.aligned_claim_words(number, at)
                mine, how = self.best_claim_word(number, at)
                where, word, _ = self.best_source_word(mine)
                if how >= MIN_LIKE_SIMILARITY and where == number and abs(word - at) <= _MAX_WORD_DISTANCE:
                    answering.append(mine)
                if answering and not here & set(answering):
                    return True
        if denied:
            return False
        return any(self._covers_negated_words(number) for number in range(len(self.pieces))) or any(
            self.covers_sentence(piece, sentence) for piece, sentence in self.negated_sentences()
        )

    def _covers_negated_words(self, number: int) -> bool:
        """Whether the claim has two of the first three content words behind a negation of a passage."""
        words = self.pieces[number].words
        for negation in self.pieces[number].negations:
            behind = [
                at for at, (start, _) in enumerate(words.spans) if start >= negation.end and words.content_mask[at]
            ][:3]
            near = [at for at in behind if not _CLAUSE_END.search(words.text, negation.end, words.spans[at][0])]
            if len(near) < 2:
                continue
            best = np.sort(self.similarities[number][np.ix_(self.claim_words, near)].max(axis=0))
            if best[-1] >= MIN_SAME_SIMILARITY and best[-2] >= MIN_LIKE_SIMILARITY:
                return True
        return False

    def strength_differs(
        self, asked: Sequence[Operator], ruling: Sequence[Operator], needed: Sequence[Operator]
    ) -> bool:
        """Whether the claim puts something more or less strongly than its passages."""
        for operator in asked:
            if _DEMAND_STEM.search(self.words.text, operator.start, operator.end) and not any(
                _DEMAND_STEM.search(piece.words.text, force.start, force.end)
                for piece in self.pieces
                for force in piece.forces
            ):
                return True
            if operator.focus is None or (at := self.words.index_at(operator.focus)) is None:
                continue
            number, word, how = self.best_source_word(at)
            there = self._governing_operators(number, word, inverted=False) if how >= MIN_SAME_SIMILARITY else []
            told = self._sentence_operators(*self.find_context(at, behind=True))  # not who tells it
            if is_misattributed(self.words.text, told, chain.from_iterable(piece.forces for piece in self.pieces)):
                return True
            around = self._sentence_operators(*self.find_context(at))
            if there:
                agrees = any(_strengths_agree(operator, other, self.words.text) for other in there)
            else:  # "can be the subject of partnerships": all that asks where most of it is said
                said = _RECOMMENDS.search(self.words.text, operator.start, operator.end)
                enough = any if said else all  # who reports a recommendation need not report all
                agrees = bool(around) and enough(_strengths_agree(operator, other, self.words.text) for other in around)
            if not agrees:
                return True
        if not (ruling or needed) and self._states_obligation_as_fact():
            return True
        for number, piece in enumerate(self.pieces):
            for force in piece.forces:
                if not force.in_main_clause:
                    continue
                at = piece.words.index_at(force.focus) if force.focus else None
                if at is None:
                    continue
                mine, how = self.best_claim_word(number, at)
                if how < MIN_SAME_SIMILARITY or self.best_source_word(mine)[:2] != (number, at):
                    continue
                here = _governing_operator(self.words, ruling, mine)
                nouns = _governing_operator(self.words, needed, mine)
                if not any(_strengths_agree(own, force, self.words.text) for own in (here, nouns) if own):
                    return True
        return False

    def _operator_text(self, operator: Operator) -> str:
        return self.words.text[operator.start : operator.end].strip().lower()

    def is_translated_name(self, span: tuple[int, int]) -> bool:
        """Whether a name matches a capitalized word of the passages, as its translation does."""
        at = self.words.index_at(span)
        if at is None or self.words.text[slice(*span)].isupper():  # an acronym is itself, or another
            return False
        piece, word, how = self.best_source_word(at)
        other = self.pieces[piece].words
        start, end = other.spans[word]
        if find_state_code(self.words.text[slice(*span)]) and find_state_code(other.text[start:end]):
            return False  # another State
        several = sum(word[:1].isupper() for word in self.words.text[max(0, span[0] - 30) : span[1] + 30].split()) > 1
        least = MIN_LIKE_SIMILARITY if several else MIN_SAME_SIMILARITY
        return how >= least and other.text[start].isupper() and not _OPENS.search(other.text[:start])

    def has_opposite(self, turned: Sequence[Pole]) -> bool:
        """Whether the passages have the opposite of a polar word of the claim, or lack one of STANDALONE_CLASSES."""
        there = {(pole.word_class, pole.name) for piece in self.pieces for pole in piece.poles}
        classes = {name for name, _ in there} | STANDALONE_CLASSES
        for pole in turned:
            if pole.word_class in classes and (pole.word_class, pole.name) not in there:
                return True
            at = self.words.index_at(pole.focus) if pole.focus else None
            if at is None or pole.word_class not in _MODIFIER_CLASSES:
                continue
            number, word, how = self.best_source_word(at)
            piece = self.pieces[number]
            place = piece.words.spans[word][0]
            distances = [
                (abs(other.focus[0] - place), other.name)
                for other in piece.poles
                if other.word_class == pole.word_class and other.focus
            ]
            distance, name = min(distances, key=itemgetter(0), default=(0, pole.name))
            if how >= MIN_LIKE_SIMILARITY and distance <= _MAX_FOCUS_DISTANCE and name != pole.name:
                return True
        return False

    def _governing_operators(self, number: int, word: int, *, inverted: bool) -> list[Operator]:
        """The modal operators that govern a passage's word: a verb, a noun, or both."""
        piece = self.pieces[number]
        found = (
            _governing_operator(piece.words, some, word, inverted=inverted) for some in (piece.forces, piece.needs)
        )
        return [operator for operator in found if operator]

    def _sentence_operators(self, number: int, word: int) -> list[Operator]:
        """The modal operators in the sentence of a passage's word: its verbs, or else its nouns."""
        piece = self.pieces[number]
        begins, ends = _sentence_of(piece.words, word)
        verbs = [force for force in piece.forces if begins <= force.start < ends]
        return verbs or [need for need in piece.needs if begins <= need.start < ends]

    def _states_obligation_as_fact(self) -> bool:
        """Whether a claim without modals states as fact what its passages put under a modal, for most of its words."""
        found = [self.best_source_word(at) for at in self.claim_words if self.words.content_mask[at]]
        answering = [(piece, word) for piece, word, how in found if how >= MIN_LIKE_SIMILARITY]
        ruled = 0
        for number, word in answering:
            piece = self.pieces[number]
            ruling = _governing_operator(piece.words, [force for force in piece.forces if force.in_main_clause], word)
            ruled += ruling is not None and ruling.start < piece.words.spans[word][0]
        return ruled > OBLIGATION_SHARE * len(answering)

    def subject_differs(self, asked: Sequence[Operator], turned: Sequence[Pole], text: str) -> bool:
        """Whether the claim asks an actor whom its passages do not ask (nor name, where it is put in the passive)."""
        for operator in asked:
            mine = [word for word in _subject_words(self.words, operator, text, asked) if word in self.claim_words]
            at = self.words.index_at(operator.focus) if operator.focus else None
            if not mine or at is None:
                continue
            number, word, _ = self.best_source_word(at)
            piece = self.pieces[number]
            ruling = _governing_operator(piece.words, piece.forces, word)
            bears_on = piece.words.index_at(ruling.focus) if ruling and ruling.focus else None
            if ruling is None or bears_on is None or abs(bears_on - word) > _MAX_WORD_DISTANCE:
                continue
            theirs = _subject_words(piece.words, ruling, piece.words.text, piece.forces)
            if not theirs:
                continue
            focus = text[slice(*operator.focus)] if operator.focus else ""
            if _PASSIVE.match(text, operator.end) or focus.endswith("se"):
                theirs = np.flatnonzero(piece.words.content_mask).tolist()
            if float(self.similarities[number][np.ix_(mine, theirs)].max()) < MIN_SAME_SIMILARITY:
                return True
            who = _named_actors(piece.words, theirs, piece.poles)
            if who and not _named_actors(self.words, mine, turned) <= who:
                return True
        return False


def _named_actors(words: WordVectors, some: Sequence[int], turned: Sequence[Pole]) -> set[str]:
    """The kinds of actors (antonyms.py) that some of the words name."""
    there = {words.index_at((pole.start, pole.end)): pole.name for pole in turned if pole.word_class == ACTOR_CLASS}
    return {there[at] for at in some if at in there}


def _subject_words(words: WordVectors, modal: Operator, text: str, others: Sequence[Operator]) -> list[int]:
    """The content words of a modal's subject: in front of it, in its clause, behind the modal before."""
    begins = max((found.end() for found in _SUBJECT_OPENS.finditer(text, 0, modal.start)), default=0)
    begins = max([begins, *(other.end for other in others if other.end <= modal.start)])
    return [
        at
        for at, (start, end) in enumerate(words.spans)
        if begins <= start < modal.start and is_content_word(text[start:end])
    ]


def _strengths_agree(here: Operator, there: Operator, text: str) -> bool:
    """Whether the claim's strength may render the passage's: "should" for "deben", never the other way round."""
    if here.is_negated != there.is_negated or there.is_tentative not in (None, is_tentative(text, here.end)):
        return False
    if here.strength == there.strength:
        return True
    return there.strength is Strength.OBLIGATION and bool(_SHOULD.search(text, here.start, here.end))


def _sentence_of(words: WordVectors, at: int) -> tuple[int, int]:
    """The span of a word's sentence, or of the part of it between semicolons and colons."""
    place = words.spans[at][0]
    return next(span for span in find_sentences(words.text, Boundary.CLAUSE) if span[0] <= place < span[1])


def _negation_scope(words: WordVectors, some: Sequence[Operator]) -> set[int]:
    """The words in the scope of negations: from the focus to the end of the clause, seven at most."""
    under: set[int] = set()
    for operator in some:
        if operator.focus is None or (first := words.index_at(operator.focus)) is None:
            continue
        under.add(first)
        if operator.focus[0] <= operator.start:  # a word that negates itself
            continue
        for at in range(first + 1, min(first + _MAX_SCOPE, len(words.spans))):
            if _CLAUSE_END.search(words.text, words.spans[at - 1][1], words.spans[at][0]):
                break
            under.add(at)
    return under


def _governing_operator(
    words: WordVectors, some: Sequence[Operator], at: int, *, inverted: bool = True
) -> Operator | None:
    """The operator that governs a word: the last before it in its sentence, or else the first behind it.

    Not one behind, where the word is no subject of it (``inverted`` False).
    """
    place = words.spans[at][0]
    begins, ends = _sentence_of(words, at)
    own = [operator for operator in some if begins <= operator.start < ends]
    before = [operator for operator in own if operator.start <= place]
    return before[-1] if before else own[0] if own and inverted else None


def _negated_subjects(piece: PassageWindow) -> set[int]:
    """The words in front of negations in their clauses: "deportation and criminalization are not the answer"."""
    words = piece.words
    found: set[int] = set()
    for negation in piece.negations:
        begins = max((end.end() for end in _CLAUSE_END.finditer(words.text, 0, negation.start)), default=0)
        found |= {at for at, (start, end) in enumerate(words.spans) if begins <= start and end <= negation.start}
    return found
