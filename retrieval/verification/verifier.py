"""Verifies a sentence that a chat model wrote: whether the passages it cites entail each of its claims.

It is rejected at the first failed check: its form and marks, quoted words, numbers, names, words without a similar
word in the cited passages, another passage that fits better, negation, strength, opposites, who is asked. In doubt it
is rejected: what is lost is a nicer sentence, and the quotes stand anyway.
Long because each check relies on those before it, and the thresholds and patterns stand beside them.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import cached_property

import numpy as np

from ingest.lexicon.language import passage_language
from ingest.report import Passage, Report, for_reading
from retrieval.models.calibration import Calibration
from retrieval.models.nli import Entails
from retrieval.results import Citation, Layer, Statement
from retrieval.text.numbers import figures, missing
from retrieval.text.sentence_stream import sentences
from retrieval.verification.alignment import WordEmbedder, Words, answered, pairs, words_of
from retrieval.verification.antonyms import poles
from retrieval.verification.claims import Claim, Sentence, claims_of, tells
from retrieval.verification.consistency import Aligned, piece_of
from retrieval.verification.entities import foreign
from retrieval.verification.modality import forces, known, needs, negations
from retrieval.verification.quotes import mark, marks_in, refusal

SHORTEST = 0.5  # characters of a translation, of its original's; Arabic takes two thirds of Spanish's
LONGEST = 600  # characters of a sentence
# Cosines are shares of what a text and its translation between the two languages have on average (calibration.py)
HARDLY = 0.5  # below which a word stands alone
AROUND = 0.7  # mean over a word and its neighbours: what is added to a true sentence is more than one word
TOGETHER = 0.76  # mean over the words
BEHIND = 0.03  # by how much another passage that was given may fit better
ADDS = 0.1  # by how much better one of several passages must answer to a word to be cited for it, or
ALIKE = 0.07  # how far behind all of them it may be alone

_STRAY_MARK = re.compile(r"[\[\]]|[(（]\s*\d{1,4}\s*[)）]")
_OPENED = frozenset({"Ps", "Pe", "No"})  # brackets and raised digits: what may look like a mark
_IGNORED = re.compile(  # code points that show nothing, of categories that show something
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
_WHOLE = re.compile(r"[\"'«“‘¿¡(\[]*(?:\d|[^\W\d_])")  # how a sentence begins
_MARKUP = re.compile(
    r"[<>`|{}\\$~^]|__|&#?\w+;|//|\bdata:|https?:|www\.|\]\(|\*\*|^\s*(?:system|assistant|user|human|ai|question|answer|passages?|language)\s*:",
    re.IGNORECASE,
)
_QUOTES = re.compile(
    r"«([^«»]*)»|“([^“”„]*)”|„([^“”„]*)[“”]|\"([^\"]*)\"|(?<!\w)‘([^‘’]*)’(?!\w)|(?<!\w)'([^']*)'(?!\w)|‹([^‹›]*)›|「([^「」]*)」"
)
_QUOTE_SIGN = re.compile(r"[«»“”„\"‹›「」]")
_DENIES = re.compile(  # of a whole statement that it is so: what is left to compare is the statement
    r"\b(?:not|n['’]t) (?:true|so|correct|right|the case)\b|\buntrue\b|\b(?:is|was) (?:false|wrong)\b|\bno (?:es|era) (?:cierto|verdad|así)\b|"
    r"\bfals[oa] que\b|\bn['’]est pas (?:vrai|exact|le cas)\b|\bfaux que\b|\bnão é (?:verdade|certo|assim)\b|ليس(?:ت)? (?:من ال)?صحيح|"
    r"\b(?:nobody|no one|nadie|personne n[e'’]|ninguém)\b|لا أحد|لم يقل",
    re.IGNORECASE,
)
_ANAPHORA = re.compile(  # begins a sentence that leans on the one before it
    r"^\W*(?:it|they|this|these|those|such|he|she|its|their|the (?:latter|former|same)|however|but|instead|otherwise|"
    r"ell[oa]s?|est[eao]s?|es[eao]s?|esto|dich[oa]s?|su|sus|sin embargo|pero|en cambio|no obstante|"
    r"ils?|elles?|ce(?:ci|la|t|tte|s)?|leurs?|cependant|mais|toutefois|"
    r"el[ea]s?|ess[ea]s?|isto|isso|seus?|suas?|no entanto|mas|porém|"
    r"هذا|هذه|هؤلاء|لكن|هو|هي|هم)\b",
    re.IGNORECASE,
)


class Reason(StrEnum):
    """Why a sentence is rejected; a closed set."""

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
    FRAGMENT = "is no whole sentence"
    EMPTY = "says nothing"
    UNPROVABLE = "the proof itself failed"
    AGAIN = "said before"
    PARTIAL = "not all of the passage"
    LEANS = "leans on a sentence that was not shown"


class _Evidence:
    """A passage prepared for comparison: its text, context (headings, lead-in, number) and word vectors."""

    def __init__(self, passage: Passage, pieces: Sequence[Words]) -> None:
        self.passage = passage
        self.pieces = tuple(piece_of(one, passage.language) for one in pieces)
        stating = tuple(one for one in self.pieces if one.words.text not in passage.headings)
        self.stating = stating or self.pieces  # a title is its own heading
        self.text = for_reading(passage.text)
        self.context = " \n ".join((*passage.headings, passage.lead_in, self.text, passage.number))
        self.vectors = np.concatenate([each for one in self.pieces for each in (one.words.vectors, pairs(one.words))])

    @cached_property
    def figures(self) -> list[frozenset[str]]:
        return figures(self.context, self.passage.language)


class Prover:
    """Verifies sentences against the passages that a chat model was given, which they cite by mark, from 1."""

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
        """Verify a sentence; returns it as a statement with its citations, or why it is rejected."""
        read = claims_of(sentence)
        reason = next(self._faults(sentence, read), None)
        if reason:
            return reason
        marks = dict.fromkeys(one for claim in read.claims for one in claim.marks)
        cited = tuple(replace(self._citations[one], telling=()) for one in marks)
        return Statement(sentence, cited, Layer.WRITTEN)

    def translates(self, text: str, number: int) -> Reason | None:
        """Verify a translation of the passage with mark ``number``; returns why it is rejected, None when it is not."""
        whole = " ".join(text.split())
        for sentence in sentences([whole]):
            found = self.statement(f"{sentence.rstrip()} {mark(number)}")
            if isinstance(found, Reason):
                return found
        least = SHORTEST * len(self._evidence[number].text)
        return Reason.PARTIAL if len(whole) < least else None

    @staticmethod
    def leans(sentence: str) -> bool:
        """Whether a sentence begins with an anaphor or a connective that refers to the one before it."""
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
        """Run all checks on a sentence, the cheapest first; each may rely on those before it having passed."""
        if len(sentence) > LONGEST:
            yield Reason.TOO_LONG
        unseen = _IGNORED.search(sentence) or any(unicodedata.category(one) in _UNSEEN for one in sentence)
        if unseen or _MARKUP.search(sentence):
            yield Reason.MARKUP
        begins = _WHOLE.match(sentence)
        if begins is None or sentence[begins.end() - 1].islower():
            yield Reason.FRAGMENT
        quoted = list(_QUOTES.finditer(read.text))
        outside = _blanked(read.text, [one.span() for one in quoted])
        odd = any(unicodedata.category(one) in _OPENED and one not in "()" for one in outside)
        if odd or _STRAY_MARK.search(outside):
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
        if _DENIES.search(outside):
            yield Reason.NEGATION
        language = passage_language(outside, self._language)
        if not known(language):
            yield Reason.LANGUAGE
        for claim in read.claims:
            yield from self._unsaid(read.text, claim, quoted, language)
        yield from self._unmeant(read, outside, quoted, language)

    def _unsaid(self, text: str, claim: Claim, quoted: Sequence[re.Match[str]], language: str) -> Iterator[Reason]:
        """Check quoted words and numbers, which the cited passages must have literally."""
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
        """Check words, names, negation, strength, opposites, subject and entailment against the cited passages."""
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
                if not any(claim.start <= one.start() < claim.end for one in quoted):
                    yield Reason.EMPTY
                continue
            yield from self._unanswered(words, told, claim, language)
            source_language = cited[0].passage.language
            inside = _blanked(read.text, _complement(within, len(read.text)))
            denied = [*negations(outside, language), *(negations(inside, source_language) if within else [])]
            asked = [*forces(outside, language), *(forces(inside, source_language) if within else [])]
            needed = needs(outside, language)
            turned = poles(read.text)
            some = Aligned(
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


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _complement(spans: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    edges = [0, *(edge for span in spans for edge in span), length]
    return list(zip(edges[::2], edges[1::2], strict=True))
