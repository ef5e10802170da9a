"""The proof of a written sentence: it is shown only where the passages it cites say what it says.

A sentence is refused at the first thing that cannot be shown to be so: a mark, words in quotation marks, a
number, a name, a word that no word of its passages answers to, a passage that another one given fits better, a
negation or a strength that its passages have elsewhere, or not at all. When in doubt it is refused: what is lost
is a nicer sentence, and the quotes stand anyway.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property

import numpy as np

from ingest.language import passage_language
from ingest.report import Passage, Report, Strength, for_reading
from retrieval.alignment import WordEmbedder, Words, answered, pairs, words_of
from retrieval.answer import Citation, Layer, Statement
from retrieval.calibration import Calibration
from retrieval.claims import Claim, Sentence, claims_of, tells
from retrieval.entailment import Entails
from retrieval.figures import figures, missing
from retrieval.mentions import foreign
from retrieval.operators import NOMINAL, Operator, forces, known, needs, negations
from retrieval.opposites import WHO, Pole, poles
from retrieval.proof import mark, marks_in, refusal
from retrieval.splitter import sentences
from retrieval.words import fold

SHORTEST = 0.5  # characters of a translation, of its original's; Arabic takes two thirds of Spanish's
LONGEST = 600  # characters of a sentence
# Cosines are shares of what a text and its translation between the two languages have on average (calibration.py)
ANSWERS = 0.68  # from which on a word of a source answers to a word of a sentence
HARDLY = 0.5  # below which a word stands alone
AROUND = 0.7  # mean over a word and its neighbours: what is added to a true sentence is more than one word
TOGETHER = 0.76  # mean over the words
BEHIND = 0.03  # by how much another passage that was given may fit better
ADDS = 0.1  # by how much better one of several passages must answer to a word to be cited for it, or
ALIKE = 0.07  # how far behind all of them it may be alone
SAME = 0.72  # of words that mean the same
LIKE = 0.6  # of words that may
NEARLY_ALL = 0.75  # share of a sentence's words
COGNATE = 0.7  # share of letters in common from which on words are taken for the same
_BESIDE = 8  # words on each side of one
_SCOPE = 7  # words behind a negation that it may bear on

_STRAY_MARK = re.compile(r"[\[\]【】［］〔〕⟦⟧]")
_MARKUP = re.compile(
    r"[<>`|{}\\]|https?:|www\.|\]\(|\*\*|^\s*(?:system|assistant|user|human|ai|question|answer|passages?|language)\s*:",
    re.IGNORECASE,
)
_QUOTES = re.compile(
    r"«([^«»]*)»|“([^“”„]*)”|„([^“”„]*)[“”]|\"([^\"]*)\"|(?<!\w)‘([^‘’]*)’(?!\w)|(?<!\w)'([^']*)'(?!\w)|‹([^‹›]*)›|「([^「」]*)」"
)
_OPENS = re.compile(r"(?:^|[.!?:;•]\s*|\d\.\s*)$")  # in front of a word that has its capital from its place
_QUOTE_SIGN = re.compile(r"[«»“”„\"‹›「」]")
_SENTENCE_END = re.compile(r"[.!?؟;:…]\s")
_CLAUSE_END = re.compile(r"[.!?؟;:…()—,،]")
_ANAPHORA = re.compile(  # begins a sentence that leans on the one before it
    r"^\W*(?:it|they|this|these|those|such|he|she|its|their|the (?:latter|former|same)|however|but|instead|otherwise|"
    r"ell[oa]s?|est[eao]s?|es[eao]s?|esto|dich[oa]s?|su|sus|sin embargo|pero|en cambio|no obstante|"
    r"ils?|elles?|ce(?:ci|la|t|tte|s)?|leurs?|cependant|mais|toutefois|"
    r"el[ea]s?|ess[ea]s?|isto|isso|seus?|suas?|no entanto|mas|porém|"
    r"هذا|هذه|هؤلاء|لكن|هو|هي|هم)\b",
    re.IGNORECASE,
)
_BEAR_ON = frozenset({"amount", "force", "leave"})  # classes of words that are said of the next one
_CLOSE = 2  # words
_NEAR = 25  # characters between a word and what such a word is said of
_SHOULD = re.compile(r"should|ought|deber[ií]|devr|dever|ينبغي", re.IGNORECASE)
_PASSIVE = re.compile(r"\s+(?:not\s+|no\s+|pas\s+|não\s+)?(?:be|ser|être|estar)\b", re.IGNORECASE)
_SUBJECT_OPENS = re.compile(r"[.!?؟;:…,،]\s|\b(?:that|que|while|mientras|tandis|أن)\s", re.IGNORECASE)


class Reason(StrEnum):
    """Why a sentence is not shown; a closed set."""

    TOO_LONG = "too long"
    MARKUP = "carries markup or characters that cannot be seen"
    NO_MARK = "cites nothing"
    BAD_MARK = "a mark that is none"
    NO_SUCH_PASSAGE = "cites what was not given"
    UNPROVED_PASSAGE = "cites a passage that is not in the source"
    LANGUAGE = "in a language whose negations are not known here"
    QUOTE = "words in quotation marks that are not in the passage"
    FIGURE = "a number or date that is not in the passage"
    NAME = "a name that is not in the passage"
    WORDS = "says what the passage does not"
    OTHER_PASSAGE = "another passage says it, or not all of those cited do"
    NEGATION = "a negation more or less than the passage"
    OPPOSITE = "the opposite of what the passage says"
    SUBJECT = "asks somebody else than the passage does"
    STRENGTH = "stronger or weaker than the passage"
    ENTAILMENT = "does not follow from the passage"
    AGAIN = "said before"
    PARTIAL = "not all of the passage"
    LEANS = "leans on a sentence that was not shown"


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A stretch of a passage that was embedded at once."""

    words: Words
    negations: tuple[Operator, ...]
    forces: tuple[Operator, ...]
    needs: tuple[Operator, ...]
    poles: tuple[Pole, ...]


class _Evidence:
    """A passage made ready for comparison: its text for reading, with what stands above it."""

    def __init__(self, passage: Passage, pieces: Sequence[Words]) -> None:
        self.passage = passage
        self.pieces = tuple(_piece(one, passage.language) for one in pieces)
        self.stating = tuple(one for one in self.pieces if one.words.text not in passage.headings)
        self.text = for_reading(passage.text)
        self.context = " \n ".join((*passage.headings, passage.lead_in, self.text, passage.number))
        self.vectors = np.concatenate([each for one in self.pieces for each in (one.words.vectors, pairs(one.words))])

    @cached_property
    def figures(self) -> list[frozenset[str]]:
        return figures(self.context, self.passage.language)


def _piece(words: Words, language: str) -> _Piece:
    text = words.text
    return _Piece(
        words,
        tuple(negations(text, language)),
        tuple(forces(text, language)),
        tuple(needs(text, language)),
        tuple(poles(text)),
    )


class Prover:
    """Proves sentences against the passages that a model was given; marks are their places, from 1."""

    def __init__(
        self,
        citations: Sequence[Citation],
        *,
        source: Callable[[str], Report | None],
        embedder: WordEmbedder,
        calibration: Calibration,
        language: str,
        entails: Entails | None = None,
    ) -> None:
        self._citations = {one.mark: one for one in citations}
        self._source = source
        self._embedder = embedder
        self._calibration = calibration
        self._language = language
        self._entails = entails
        self._evidence = {one.mark: made for one, made in zip(citations, self._made_ready(citations), strict=True)}

    def statement(self, sentence: str) -> Statement | Reason:
        """The sentence as a statement with its citations, or why it is not shown."""
        read = claims_of(sentence)
        reason = next(self._faults(sentence, read), None)
        if reason:
            return reason
        marks = dict.fromkeys(one for claim in read.claims for one in claim.marks)
        cited = tuple(replace(self._citations[one], telling=()) for one in marks)
        return Statement(sentence, cited, Layer.WRITTEN)

    def translates(self, text: str, number: int) -> Reason | None:
        """Why a text is not shown as the translation of a passage given, or None when it may be."""
        whole = " ".join(text.split())
        for sentence in sentences([whole]):
            found = self.statement(f"{sentence.rstrip()} {mark(number)}")
            if isinstance(found, Reason):
                return found
        least = SHORTEST * len(self._evidence[number].text)
        return Reason.PARTIAL if len(whole) < least else None

    @staticmethod
    def leans(sentence: str) -> bool:
        """Whether a sentence goes on from the one before it."""
        return bool(_ANAPHORA.match(sentence))

    def _made_ready(self, citations: Sequence[Citation]) -> Iterator[_Evidence]:
        texts: list[tuple[int, str]] = []
        for at, one in enumerate(citations):
            passage = one.passage
            above = [for_reading(passage.lead_in)] if passage.lead_in else []
            for text in (for_reading(passage.text), *above, *passage.headings):
                texts += [(at, piece) for piece in self._embedder.windows(text) if piece.strip()]
        languages = [citations[at].passage.language for at, _ in texts]
        words = words_of([text for _, text in texts], languages, self._embedder, self._calibration)
        for at, one in enumerate(citations):
            yield _Evidence(one.passage, [made for (of, _), made in zip(texts, words, strict=True) if of == at])

    def _faults(self, sentence: str, read: Sentence) -> Iterator[Reason]:
        """What is wrong with a sentence, the cheapest first; each check may rely on those before it."""
        if len(sentence) > LONGEST:
            yield Reason.TOO_LONG
        if _MARKUP.search(sentence) or any(unicodedata.category(one) in _UNSEEN for one in sentence):
            yield Reason.MARKUP
        quoted = list(_QUOTES.finditer(read.text))
        outside = _blanked(read.text, [one.span() for one in quoted])
        if _STRAY_MARK.search(outside):
            yield Reason.BAD_MARK
        if not read.claims:
            yield Reason.NO_MARK
        marks = [one for claim in read.claims for one in claim.marks]
        if any(one not in self._citations for one in marks):
            yield Reason.NO_SUCH_PASSAGE
        if any(refusal(self._citations[one], self._source(self._citations[one].passage.report_id)) for one in marks):
            yield Reason.UNPROVED_PASSAGE
        if marks_in(read.text) or (_QUOTE_SIGN.search(outside)):
            yield Reason.QUOTE
        language = passage_language(outside, self._language)
        if not known(language):
            yield Reason.LANGUAGE
        for claim in read.claims:
            yield from self._unsaid(read.text, claim, quoted, language)
        yield from self._unmeant(read, outside, quoted, language)

    def _unsaid(self, text: str, claim: Claim, quoted: Sequence[re.Match[str]], language: str) -> Iterator[Reason]:
        """Quotes, figures and names that the passages do not have, letter by letter."""
        cited = [self._evidence[one] for one in claim.marks]
        for one in quoted:
            if claim.start <= one.start() < claim.end:
                words = for_reading(next(filter(None, one.groups()), "")).rstrip(".,;:").strip()
                if not words or not any(words in each.text for each in cited):
                    yield Reason.QUOTE
        said = text[claim.start : claim.end]
        there = [figure for each in cited for figure in each.figures]
        if missing(figures(said, language), there):
            yield Reason.FIGURE

    def _unmeant(
        self, read: Sentence, outside: str, quoted: Sequence[re.Match[str]], language: str
    ) -> Iterator[Reason]:
        """What the passages do not mean: words, negations, strengths; and whether they are the right passages."""
        words = words_of([read.text], [language], self._embedder, self._calibration)[0]
        within = [one.span() for one in quoted]
        for claim in read.claims:
            cited = [self._evidence[one] for one in claim.marks]
            told = [
                at
                for at, (start, end) in enumerate(words.spans)
                if claim.start <= start < claim.end
                and tells(read.text[start:end])
                and not read.text[start:end].isdigit()
            ]
            if not told:
                continue
            yield from self._unanswered(words, told, claim, language)
            source_language = cited[0].passage.language
            inside = _blanked(read.text, _complement(within, len(read.text)))
            denied = [*negations(outside, language), *(negations(inside, source_language) if within else [])]
            asked = [*forces(outside, language), *(forces(inside, source_language) if within else [])]
            needed = needs(outside, language)
            turned = poles(read.text)
            some = _Aligned(
                words,
                claim,
                [
                    (piece, self._calibration.closeness(language, each.passage.language))
                    for each in cited
                    for piece in each.stating
                ],
            )
            context = " \n ".join(each.context for each in cited)
            names = foreign(read.text[claim.start : claim.end], context)
            if any(not some.is_name((start + claim.start, end + claim.start)) for start, end in names):
                yield Reason.NAME
            if some.negation_differs([one for one in denied if claim.start <= one.start < claim.end]):
                yield Reason.NEGATION
            if some.strength_differs(
                [one for one in asked if claim.start <= one.start < claim.end],
                [one for one in asked if one.start < claim.end],
                [one for one in needed if one.start < claim.end],
            ):
                yield Reason.STRENGTH
            if some.opposite([one for one in turned if claim.start <= one.start < claim.end]):
                yield Reason.OPPOSITE
            if some.subject_differs([one for one in asked if claim.start <= one.start < claim.end], turned, outside):
                yield Reason.SUBJECT
            if self._entails and not any(
                self._entails(each.text, read.text[claim.start : claim.end].strip()) for each in cited
            ):
                yield Reason.ENTAILMENT

    def _unanswered(self, words: Words, told: Sequence[int], claim: Claim, language: str) -> Iterator[Reason]:
        best = {
            mark: answered(words, told, one.vectors) / self._calibration.closeness(language, one.passage.language)
            for mark, one in self._evidence.items()
        }
        cited = np.max([best[mark] for mark in claim.marks], axis=0)
        mean = float(cited.mean())
        around = [float(cited[max(0, at - 1) : at + 2].mean()) for at in range(len(told))]
        if min(around) < AROUND or float(cited.min()) < HARDLY or mean < TOGETHER:
            yield Reason.WORDS
        if any(float(each.mean()) > mean + BEHIND for mark, each in best.items() if mark not in claim.marks):
            yield Reason.OTHER_PASSAGE
        if len(claim.marks) > 1:
            for mark in claim.marks:
                others = np.max([best[one] for one in claim.marks if one != mark], axis=0)
                own = int((best[mark] > others + ADDS).sum())  # words that this passage alone says
                if own < max(2, len(told) / 5) and float(best[mark].mean()) < mean - ALIKE:
                    yield Reason.OTHER_PASSAGE


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class _Aligned:
    """The words of a claim beside those of its passages."""

    def __init__(self, words: Words, claim: Claim, pieces: Sequence[tuple[_Piece, float]]) -> None:
        self.words = words
        self.pieces = [piece for piece, _ in pieces]
        self.mine = [at for at, (start, _) in enumerate(words.spans) if claim.start <= start < claim.end]
        self.similar = [  # (w, p) each, of the words there that say something
            np.where(piece.words.tells, words.vectors @ piece.words.vectors.T / most, -1.0) for piece, most in pieces
        ]

    def theirs(self, at: int) -> tuple[int, int, float]:
        """The piece and the word in it that answer best to one of ours, and how well."""
        found = [(float(some[at].max()), piece, int(some[at].argmax())) for piece, some in enumerate(self.similar)]
        best = max(found)
        return best[1], best[2], best[0]

    def ours(self, piece: int, at: int) -> tuple[int, float]:
        """The word of the claim that answers best to one of theirs, and how well."""
        column = self.similar[piece][self.mine, at]
        best = int(column.argmax())
        return self.mine[best], float(column[best])

    def answering(self, piece: int, at: int) -> list[int]:
        """The words of the claim that answer to none better than to one of theirs."""
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
        """The sentences there in which something is negated, each as a piece and its words."""
        for number, piece in enumerate(self.pieces):
            begins = [_sentence(piece.words, at) for at in range(len(piece.words.spans))]
            for begin in dict.fromkeys(begins):
                own = range(begins.index(begin), len(begins) - begins[::-1].index(begin))
                last = piece.words.spans[own[-1]][1]
                if any(begin <= one.start < last for one in piece.negations):
                    yield number, own

    def says_all(self, piece: int, sentence: range) -> bool:
        """Whether the claim has nearly all that a sentence there says."""
        telling = [at for at in sentence if self.pieces[piece].words.tells[at]]
        if not telling or not self.mine:
            return False
        answered = self.similar[piece][np.ix_(self.mine, telling)].max(axis=0) >= SAME
        return float(answered.mean()) >= NEARLY_ALL

    def home(self, near: int) -> tuple[int, int]:
        """The piece and the word there that the words around one of ours answer to, most of them in its sentence."""
        around = [at for at in self.mine if abs(at - near) <= _BESIDE and self.words.tells[at]]
        found = [self.theirs(at) for at in around] or [self.theirs(near)]
        counts = Counter((piece, _sentence(self.pieces[piece].words, word)) for piece, word, _ in found)
        best = counts.most_common(1)[0][0]
        return next(
            (piece, word) for piece, word, _ in found if (piece, _sentence(self.pieces[piece].words, word)) == best
        )

    def negation_differs(self, denied: Sequence[Operator]) -> bool:
        """Whether something is negated here that is not there, or there that is not here."""
        here = _under(self.words, denied)
        there = [_under(piece.words, piece.negations) for piece in self.pieces]
        for one in denied:
            if one.focus is None or (at := self.words.at(one.focus)) is None:
                return True
            number, word, _ = self.theirs(at)
            nominal = self.words.text[one.start : one.end].strip().lower() in NOMINAL
            under = there[number] | (_subjects(self.pieces[number]) if nominal else set())
            if not under & {word - 1, word, word + 1}:
                return True
        for number, piece in enumerate(self.pieces):
            for one in piece.negations:
                at = piece.words.at(one.focus) if one.focus else None
                if at is None:
                    continue
                answering = self.answering(number, at)
                if answering and not here & set(answering):
                    return True
        return not denied and any(self.says_all(piece, sentence) for piece, sentence in self.denying())

    def strength_differs(
        self, asked: Sequence[Operator], ruling: Sequence[Operator], needed: Sequence[Operator]
    ) -> bool:
        """Whether something is asked more or less strongly here than there."""
        for one in asked:
            if one.focus is None or (at := self.words.at(one.focus)) is None:
                continue
            number, word, how = self.theirs(at)
            places = [(number, word), self.home(at)]  # "can be the subject of partnerships": where most of it is said
            there = [
                each
                for piece, place in (places if how >= SAME else places[1:])
                for some in (self.pieces[piece].forces, self.pieces[piece].needs)
                if (each := _governing(self.pieces[piece].words, some, place))
            ]
            if not any(_agree(one, each, self.words.text) for each in there):
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

    def is_name(self, span: tuple[int, int]) -> bool:
        """Whether a name is the translation of one that stands there, with a capital as it has."""
        at = self.words.at(span)
        if at is None:
            return False
        piece, word, how = self.theirs(at)
        other = self.pieces[piece].words
        start = other.spans[word][0]
        several = sum(word[:1].isupper() for word in self.words.text[max(0, span[0] - 30) : span[1] + 30].split()) > 1
        least = LIKE if several else SAME
        return how >= least and other.text[start].isupper() and not _OPENS.search(other.text[:start])

    def opposite(self, turned: Sequence[Pole]) -> bool:
        """Whether a word stands here where its opposite stands there."""
        there = {(one.opposites, one.name) for piece in self.pieces for one in piece.poles}
        classes = {name for name, _ in there} - {WHO}
        for one in turned:
            if one.opposites in classes and (one.opposites, one.name) not in there:
                return True
            if one.opposites == WHO and (WHO, one.name) not in there:
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

    def subject_differs(self, asked: Sequence[Operator], turned: Sequence[Pole], text: str) -> bool:
        """Whether somebody is asked here who is not asked there, nor spoken of where the sentence is turned round."""
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
    """Who is named by some of the words, as opposites.py knows those who are asked."""
    there = {words.at((one.start, one.end)): one.name for one in turned if one.opposites == WHO}
    return {there[at] for at in some if at in there}


def _before(words: Words, one: Operator, text: str, others: Sequence[Operator]) -> list[int]:
    """The words in front of what asks, in its clause and behind the last that asked, that say who is asked."""
    begins = max((found.end() for found in _SUBJECT_OPENS.finditer(text, 0, one.start)), default=0)
    begins = max([begins, *(each.end for each in others if each.end <= one.start)])
    return [at for at, (start, end) in enumerate(words.spans) if begins <= start < one.start and tells(text[start:end])]


def _agree(here: Operator, there: Operator, text: str) -> bool:
    """Whether a strength may stand for another: "should" for "deben", never the other way round."""
    if here.strength == there.strength:
        return True
    return there.strength is Strength.OBLIGATION and bool(_SHOULD.search(text, here.start, here.end))


def _sentence(words: Words, at: int) -> int:
    """Where a word's sentence begins."""
    return max((one.end() for one in _SENTENCE_END.finditer(words.text, 0, words.spans[at][0])), default=0)


def _under(words: Words, some: Sequence[Operator]) -> set[int]:
    """The words that negations bear on: up to the end of the clause, and not far."""
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


def _governing(words: Words, some: Sequence[Operator], at: int) -> Operator | None:
    """What says how strongly a word is asked: the last before it in its sentence, or else the first behind it."""
    place = words.spans[at][0]
    begins = _sentence(words, at)
    after = _SENTENCE_END.search(words.text, place)
    ends = after.start() if after else len(words.text)
    own = [one for one in some if begins <= one.start < ends]
    before = [one for one in own if one.start <= place]
    return before[-1] if before else own[0] if own else None


def _subjects(piece: _Piece) -> set[int]:
    """The words in front of negations in their clauses: "deportation and criminalization are not the answer"."""
    words = piece.words
    found: set[int] = set()
    for one in piece.negations:
        begins = max((end.end() for end in _CLAUSE_END.finditer(words.text, 0, one.start)), default=0)
        found |= {at for at, (start, end) in enumerate(words.spans) if begins <= start and end <= one.start}
    return found


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _complement(spans: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    edges = [0, *(edge for span in spans for edge in span), length]
    return list(zip(edges[::2], edges[1::2], strict=True))
