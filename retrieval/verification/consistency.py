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

import numpy as np

from ingest.report import Strength
from retrieval.text.terms import fold
from retrieval.verification.alignment import Words
from retrieval.verification.antonyms import ALONE, WHO, Pole, poles
from retrieval.verification.claims import Claim, tells
from retrieval.verification.modality import NOMINAL, Operator, forces, needs, negations

# Cosines are shares of what a text and its translation between the two languages have on average (calibration.py)
ANSWERS = 0.68  # from which on a word of a source answers to a word of a sentence
SAME = 0.72  # of words that mean the same
LIKE = 0.6  # of words that may
NEARLY_ALL = 0.9  # share of a sentence's words
DUTY = 0.6  # share of a claim's words
COGNATE = 0.7  # share of letters in common from which on words are taken for the same
_BESIDE = 8  # words on each side of one
_SCOPE = 7  # words behind a negation that it may bear on
_SENTENCE_END = re.compile(r"[.!?؟;:…]\s")
_CLAUSE_END = re.compile(r"[.!?؟;:…()—,،]")
_BEAR_ON = frozenset({"amount", "force", "leave"})  # classes of words that are said of the next one
_CLOSE = 2  # words
_NEAR = 25  # characters between a word and what such a word is said of
_SHOULD = re.compile(r"should|ought|deber[ií]|devr|dever|ينبغي", re.IGNORECASE)
_DEMANDS = re.compile(r"exig|requi|demand|impos|oblig", re.IGNORECASE)
_RECOMMENDS = re.compile(r"recom|sug[gie]|propo|propu|[يتن](?:وصي|قترح)", re.IGNORECASE)
_PASSIVE = re.compile(r"\s+(?:not\s+|no\s+|pas\s+|não\s+)?(?:be|ser|être|estar)\b", re.IGNORECASE)
_SUBJECT_OPENS = re.compile(r"[.!?؟;:…,،]\s|\b(?:that|que|while|mientras|tandis|أن)\s", re.IGNORECASE)
_OPENS = re.compile(r"(?:^|[.!?:;•]\s*|\d\.\s*)$")  # in front of a word that has its capital from its place


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A window of a passage, embedded at once, with its negations, modal operators and polar words."""

    words: Words
    negations: tuple[Operator, ...]
    forces: tuple[Operator, ...]
    needs: tuple[Operator, ...]
    poles: tuple[Pole, ...]


def piece_of(words: Words, language: str) -> Piece:
    """Annotate embedded words with the operators and polar words of their text."""
    text = words.text
    return Piece(
        words,
        tuple(negations(text, language)),
        tuple(forces(text, language)),
        tuple(needs(text, language)),
        tuple(poles(text)),
    )


class Aligned:
    """The words of a claim aligned with those of its passages' windows, by cosine similarity."""

    def __init__(self, words: Words, claim: Claim, pieces: Sequence[tuple[Piece, float]]) -> None:
        self.words = words
        self.pieces = [piece for piece, _ in pieces]
        self.mine = [at for at, (start, _) in enumerate(words.spans) if claim.start <= start < claim.end]
        self.similar = [  # (w, p) each, of the words there that say something
            np.where(piece.words.tells, words.vectors @ piece.words.vectors.T / most, -1.0) for piece, most in pieces
        ]

    def theirs(self, at: int) -> tuple[int, int, float]:
        """The most similar word of the passages to a claim's word: (window, word, similarity)."""
        found = [(float(some[at].max()), piece, int(some[at].argmax())) for piece, some in enumerate(self.similar)]
        best = max(found)
        return best[1], best[2], best[0]

    def ours(self, piece: int, at: int) -> tuple[int, float]:
        """The most similar word of the claim to a passage's word: (word, similarity)."""
        column = self.similar[piece][self.mine, at]
        best = int(column.argmax())
        return self.mine[best], float(column[best])

    def answering(self, piece: int, at: int) -> list[int]:
        """The words of the claim whose best match is this word of a passage, or its cognates."""
        found = [(mine, self.theirs(mine)) for mine in self.mine if self.words.tells[mine]]
        words = self.pieces[piece].words
        theirs = fold(words.text[slice(*words.spans[at])])
        return [
            mine
            for mine, (where, word, how) in found
            if ((where, word) == (piece, at) and how >= LIKE)
            or SequenceMatcher(None, fold(self.words.text[slice(*self.words.spans[mine])]), theirs).ratio() >= COGNATE
        ]

    def denying(self) -> Iterator[tuple[int, range]]:
        """The passages' sentences that contain a negation, each as (window, range of words)."""
        for number, piece in enumerate(self.pieces):
            begins = [_sentence(piece.words, at) for at in range(len(piece.words.spans))]
            for begin in dict.fromkeys(begins):
                own = range(begins.index(begin), len(begins) - begins[::-1].index(begin))
                last = piece.words.spans[own[-1]][1]
                if any(begin <= one.start < last for one in piece.negations):
                    yield number, own

    def says_all(self, piece: int, sentence: range) -> bool:
        """Whether the claim covers nearly all content words of a passage's sentence."""
        telling = [at for at in sentence if self.pieces[piece].words.tells[at]]
        if not telling or not self.mine:
            return False
        answered = self.similar[piece][np.ix_(self.mine, telling)].max(axis=0) >= SAME
        return float(answered.mean()) >= NEARLY_ALL

    def home(self, near: int) -> tuple[int, int]:
        """The (window, word) whose sentence matches most of the words around a claim's word."""
        around = [at for at in self.mine if abs(at - near) <= _BESIDE and self.words.tells[at]]
        found = [self.theirs(at) for at in around] or [self.theirs(near)]
        counts = Counter((piece, _sentence(self.pieces[piece].words, word)) for piece, word, _ in found)
        best = counts.most_common(1)[0][0]
        return next(
            (piece, word) for piece, word, _ in found if (piece, _sentence(self.pieces[piece].words, word)) == best
        )

    def negation_differs(self, denied: Sequence[Operator]) -> bool:
        """Whether the claim negates what its passages do not, or the other way round."""
        plain = [one for one in denied if self._said(one) not in NOMINAL]
        if len(plain) > sum(len(piece.negations) for piece in self.pieces):
            return True  # "It is not true that they do not …"
        here = _under(self.words, denied)
        there = [_under(piece.words, piece.negations) for piece in self.pieces]
        for one in denied:
            if one.focus is None or (at := self.words.at(one.focus)) is None:
                return True
            number, word, _ = self.theirs(at)
            nominal = self._said(one) in NOMINAL
            under = there[number] | (_subjects(self.pieces[number]) if nominal else set())
            if not under & {word - 1, word, word + 1}:
                return True
        for number, piece in enumerate(self.pieces):
            for one in piece.negations:
                at = piece.words.at(one.focus) if one.focus else None
                if at is None:
                    continue
                answering = self.answering(number, at)
                mine, how = self.ours(number, at)
                where, word, _ = self.theirs(mine)
                if how >= LIKE and where == number and abs(word - at) <= _CLOSE:
                    answering.append(mine)
                if answering and not here & set(answering):
                    return True
        if denied:
            return False
        return any(self._has_what_is_denied(number) for number in range(len(self.pieces))) or any(
            self.says_all(piece, sentence) for piece, sentence in self.denying()
        )

    def _has_what_is_denied(self, number: int) -> bool:
        """Whether the claim has two of the first three content words behind a negation of a passage."""
        words = self.pieces[number].words
        for one in self.pieces[number].negations:
            behind = [at for at, (start, _) in enumerate(words.spans) if start >= one.end and words.tells[at]][:3]
            near = [at for at in behind if not _CLAUSE_END.search(words.text, one.end, words.spans[at][0])]
            if len(near) < 2:
                continue
            best = np.sort(self.similar[number][np.ix_(self.mine, near)].max(axis=0))
            if best[-1] >= SAME and best[-2] >= LIKE:
                return True
        return False

    def strength_differs(
        self, asked: Sequence[Operator], ruling: Sequence[Operator], needed: Sequence[Operator]
    ) -> bool:
        """Whether the claim puts something more or less strongly than its passages."""
        for one in asked:
            if _DEMANDS.search(self.words.text, one.start, one.end) and not self._demanded():
                return True
            if one.focus is None or (at := self.words.at(one.focus)) is None:
                continue
            number, word, how = self.theirs(at)
            there = self._ruling(number, word, inverted=False) if how >= SAME else []
            if there:
                agrees = any(_agree(one, each, self.words.text) for each in there)
            else:  # "can be the subject of partnerships": all that asks where most of it is said
                there = self._asking(*self.home(at))
                said = _RECOMMENDS.search(self.words.text, one.start, one.end)
                enough = any if said else all  # who reports a recommendation need not report all
                agrees = bool(there) and enough(_agree(one, each, self.words.text) for each in there)
            if not agrees:
                return True
        if not (ruling or needed) and self._tells_a_duty():
            return True
        for number, piece in enumerate(self.pieces):
            for one in piece.forces:
                if not one.main:
                    continue
                at = piece.words.at(one.focus) if one.focus else None
                if at is None:
                    continue
                mine, how = self.ours(number, at)
                if how < SAME or self.theirs(mine)[:2] != (number, at):
                    continue
                here = _governing(self.words, ruling, mine)
                nouns = _governing(self.words, needed, mine)
                if not any(_agree(each, one, self.words.text) for each in (here, nouns) if each):
                    return True
        return False

    def _said(self, one: Operator) -> str:
        return self.words.text[one.start : one.end].strip().lower()

    def is_name(self, span: tuple[int, int]) -> bool:
        """Whether a name matches a capitalized word of the passages, as its translation does."""
        at = self.words.at(span)
        if at is None or self.words.text[slice(*span)].isupper():  # an acronym is itself, or another
            return False
        piece, word, how = self.theirs(at)
        other = self.pieces[piece].words
        start = other.spans[word][0]
        several = sum(word[:1].isupper() for word in self.words.text[max(0, span[0] - 30) : span[1] + 30].split()) > 1
        least = LIKE if several else SAME
        return how >= least and other.text[start].isupper() and not _OPENS.search(other.text[:start])

    def opposite(self, turned: Sequence[Pole]) -> bool:
        """Whether the passages have the opposite of a polar word of the claim, or lack one of STANDALONE_CLASSES."""
        there = {(one.opposites, one.name) for piece in self.pieces for one in piece.poles}
        classes = {name for name, _ in there} | ALONE
        for one in turned:
            if one.opposites in classes and (one.opposites, one.name) not in there:
                return True
            at = self.words.at(one.focus) if one.focus else None
            if at is None or one.opposites not in _BEAR_ON:
                continue
            number, word, how = self.theirs(at)
            piece = self.pieces[number]
            place = piece.words.spans[word][0]
            beside = [
                each
                for each in piece.poles
                if each.opposites == one.opposites and each.focus and abs(each.focus[0] - place) <= _NEAR
            ]
            nearest = min(beside, key=lambda each: abs((each.focus or (0, 0))[0] - place), default=None)
            if how >= LIKE and nearest and nearest.name != one.name:
                return True
        return False

    def _demanded(self) -> bool:
        """Whether the passages use a verb of demanding ("require", "exigir")."""
        return any(
            _DEMANDS.search(piece.words.text, one.start, one.end) for piece in self.pieces for one in piece.forces
        )

    def _ruling(self, number: int, word: int, *, inverted: bool) -> list[Operator]:
        """The modal operators that govern a passage's word: a verb, a noun, or both."""
        piece = self.pieces[number]
        found = (_governing(piece.words, some, word, inverted=inverted) for some in (piece.forces, piece.needs))
        return [one for one in found if one]

    def _asking(self, number: int, word: int) -> list[Operator]:
        """The modal operators in the sentence of a passage's word: its verbs, or else its nouns."""
        piece = self.pieces[number]
        sentence = _sentence(piece.words, word)
        after = _SENTENCE_END.search(piece.words.text, piece.words.spans[word][0])
        ends = after.start() if after else len(piece.words.text)
        verbs = [one for one in piece.forces if sentence <= one.start < ends]
        return verbs or [one for one in piece.needs if sentence <= one.start < ends]

    def _tells_a_duty(self) -> bool:
        """Whether a claim without modals states as fact what its passages put under a modal, for most of its words."""
        found = [self.theirs(at) for at in self.mine if self.words.tells[at]]
        answering = [(piece, word) for piece, word, how in found if how >= LIKE]
        ruled = 0
        for number, word in answering:
            piece = self.pieces[number]
            ruling = _governing(piece.words, [one for one in piece.forces if one.main], word)
            ruled += ruling is not None and ruling.start < piece.words.spans[word][0]
        return ruled > DUTY * len(answering)

    def subject_differs(self, asked: Sequence[Operator], turned: Sequence[Pole], text: str) -> bool:
        """Whether the claim asks an actor whom its passages do not ask (nor name, where it is put in the passive)."""
        for one in asked:
            mine = [each for each in _before(self.words, one, text, asked) if each in self.mine]
            at = self.words.at(one.focus) if one.focus else None
            if not mine or at is None:
                continue
            number, word, _ = self.theirs(at)
            piece = self.pieces[number]
            ruling = _governing(piece.words, piece.forces, word)
            bears_on = piece.words.at(ruling.focus) if ruling and ruling.focus else None
            if ruling is None or bears_on is None or abs(bears_on - word) > _CLOSE:
                continue
            theirs = _before(piece.words, ruling, piece.words.text, piece.forces)
            if not theirs:
                continue
            focus = text[slice(*one.focus)] if one.focus else ""
            if _PASSIVE.match(text, one.end) or focus.endswith("se"):
                theirs = [each for each in range(len(piece.words.spans)) if piece.words.tells[each]]
            if float(self.similar[number][np.ix_(mine, theirs)].max()) < SAME:
                return True
            who = _who_of(piece.words, theirs, piece.poles)
            if who and not _who_of(self.words, mine, turned) <= who:
                return True
        return False


def _who_of(words: Words, some: Sequence[int], turned: Sequence[Pole]) -> set[str]:
    """The kinds of actors (antonyms.py) that some of the words name."""
    there = {words.at((one.start, one.end)): one.name for one in turned if one.opposites == WHO}
    return {there[at] for at in some if at in there}


def _before(words: Words, one: Operator, text: str, others: Sequence[Operator]) -> list[int]:
    """The content words of a modal's subject: in front of it, in its clause, behind the modal before."""
    begins = max((found.end() for found in _SUBJECT_OPENS.finditer(text, 0, one.start)), default=0)
    begins = max([begins, *(each.end for each in others if each.end <= one.start)])
    return [at for at, (start, end) in enumerate(words.spans) if begins <= start < one.start and tells(text[start:end])]


def _agree(here: Operator, there: Operator, text: str) -> bool:
    """Whether the claim's strength may render the passage's: "should" for "deben", never the other way round."""
    if here.denied != there.denied:
        return False
    if here.strength == there.strength:
        return True
    return there.strength is Strength.OBLIGATION and bool(_SHOULD.search(text, here.start, here.end))


def _sentence(words: Words, at: int) -> int:
    """The offset at which a word's sentence begins."""
    return max((one.end() for one in _SENTENCE_END.finditer(words.text, 0, words.spans[at][0])), default=0)


def _under(words: Words, some: Sequence[Operator]) -> set[int]:
    """The words in the scope of negations: from the focus to the end of the clause, seven at most."""
    under: set[int] = set()
    for one in some:
        if one.focus is None or (first := words.at(one.focus)) is None:
            continue
        under.add(first)
        if one.focus[0] <= one.start:  # a word that negates itself
            continue
        for at in range(first + 1, min(first + _SCOPE, len(words.spans))):
            if _CLAUSE_END.search(words.text, words.spans[at - 1][1], words.spans[at][0]):
                break
            under.add(at)
    return under


def _governing(words: Words, some: Sequence[Operator], at: int, *, inverted: bool = True) -> Operator | None:
    """The operator that governs a word: the last before it in its sentence, or else the first behind it.

    Not one behind, where the word is no subject of it (``inverted`` False).
    """
    place = words.spans[at][0]
    begins = _sentence(words, at)
    after = _SENTENCE_END.search(words.text, place)
    ends = after.start() if after else len(words.text)
    own = [one for one in some if begins <= one.start < ends]
    before = [one for one in own if one.start <= place]
    return before[-1] if before else own[0] if own and inverted else None


def _subjects(piece: Piece) -> set[int]:
    """The words in front of negations in their clauses: "deportation and criminalization are not the answer"."""
    words = piece.words
    found: set[int] = set()
    for one in piece.negations:
        begins = max((end.end() for end in _CLAUSE_END.finditer(words.text, 0, one.start)), default=0)
        found |= {at for at, (start, end) in enumerate(words.spans) if begins <= start and end <= one.start}
    return found
