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

from ingest.lexicon.language import detect_passage_language
from ingest.lexicon.tables import WordTables
from ingest.report import Passage, Report, normalize_for_display
from retrieval.models.calibration import Calibration
from retrieval.models.nli import EntailmentCheck
from retrieval.results import Citation, Layer, Statement
from retrieval.text.numbers import find_figures, find_missing_figures
from retrieval.text.sentence_stream import split_stream
from retrieval.verification.alignment import WordEmbedder, WordVectors, compute_bigram_vectors, embed_words, score_words
from retrieval.verification.antonyms import find_poles
from retrieval.verification.claims import Claim, ParsedSentence, is_content_word, parse_claims
from retrieval.verification.consistency import Alignment, annotate_window
from retrieval.verification.entities import find_unsupported_names
from retrieval.verification.modality import (
    find_instructions,
    find_modal_nouns,
    find_modal_operators,
    find_negations,
    is_supported_language,
)
from retrieval.verification.quotes import find_citation_fault, find_citations, format_mark
from retrieval.verification.swaps import has_swapped_figures

MIN_TRANSLATION_RATIO = 0.5  # characters of a translation, of its original's; Arabic takes two thirds of Spanish's
MAX_SENTENCE_LENGTH = 600  # characters of a sentence
# Cosines are shares of what a text and its translation between the two languages have on average (calibration.py)
MIN_WORD_SIMILARITY = 0.5  # below which a word stands alone
MIN_WINDOW_SIMILARITY = 0.7  # mean over a word and its neighbours: additions have more than one word
MIN_MEAN_SIMILARITY = 0.76  # mean over the words
OTHER_PASSAGE_MARGIN = 0.03  # by how much another passage that was given may fit better
CONTRIBUTION_MARGIN = 0.1  # by how much better one of several passages must answer to a word to be cited for it, or
REDUNDANCY_MARGIN = 0.07  # how far behind all of them it may be alone

_STRAY_MARK = re.compile(r"[\[\]]|[(（]\s*\d{1,4}\s*[)）]")
_BRACKET_CATEGORIES = frozenset({"Ps", "Pe", "No"})  # brackets and raised digits: what may look like a mark
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_INVISIBLE = re.compile(  # code points that show nothing, of categories that show something
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
_SENTENCE_START = re.compile(r"[\"'«“‘¿¡(\[]*(?:\d|[^\W\d_])")  # how a sentence begins
_MARKUP = re.compile(
    r"[<>`|{}\\~^]|(?<![\dA-Z])(?<!\d\s)\$(?!\s?\d)|\$[^\d$]+\$|__|&#?\w+;|//|\bdata:|https?:|www\.|\]\(|\*\*|^\s*(?:system|assistant|user|human|ai|question|answer|passages?|language)\s*:",
    re.IGNORECASE,
)
_VOWEL_SIGNS = re.compile("[\u064b-\u0652]")  # of Arabic, which few write
_QUOTES = re.compile(
    r"«([^«»]*)»|“([^“”„]*)”|„([^“”„]*)[“”]|\"([^\"]*)\"|(?<!\w)‘([^‘’]*)’(?!\w)|(?<!\w)'([^']*)'(?!\w)|‹([^‹›]*)›|「([^「」]*)」"
)
_QUOTE_SIGN = re.compile(r"[«»“”„\"‹›「」]")
_TABLES = WordTables("retrieval.verification", "verifier")
_DENIAL = re.compile(_TABLES.pattern("denial"), re.IGNORECASE)
_ANAPHORA = _TABLES.compile(r"^\W*{anaphora}\b", re.IGNORECASE)


class RejectionReason(StrEnum):
    """Why a sentence is rejected; a closed set."""

    TOO_LONG = "too long"
    MARKUP = "carries markup or characters that cannot be seen"
    NO_MARK = "cites nothing"
    BAD_MARK = "a mark that is none"
    NO_SUCH_PASSAGE = "cites what was not given"
    UNVERIFIED_PASSAGE = "cites a passage that is not in the source"
    LANGUAGE = "in a language whose negations are not known here"
    QUOTE = "words in quotation marks that are not in the passage"
    FIGURE = "a number or date that is not in the passage"
    NAME = "a name that is not in the passage"
    UNSUPPORTED_WORDS = "says what the passage does not"
    OTHER_PASSAGE = "another passage says it, or not all of those cited do"
    NEGATION = "a negation more or less than the passage"
    OPPOSITE = "the opposite of what the passage says"
    SUBJECT = "asks somebody else than the passage does"
    STRENGTH = "stronger or weaker than the passage"
    ENTAILMENT = "does not follow from the passage"
    FRAGMENT = "is no whole sentence"
    EMPTY = "says nothing"
    VERIFIER_FAILED = "the proof itself failed"
    REPEATED = "said before"
    PARTIAL = "not all of the passage"
    ANAPHORIC = "leans on a sentence that was not shown"


class _Evidence:
    """A passage prepared for comparison: its text, context (headings, lead-in, number) and word vectors."""

    def __init__(self, passage: Passage, pieces: Sequence[WordVectors]) -> None:
        self.passage = passage
        self.pieces = tuple(annotate_window(piece, passage.language) for piece in pieces)
        stating = tuple(piece for piece in self.pieces if piece.words.text not in passage.headings)
        self.body_pieces = stating or self.pieces  # a title is its own heading
        self.text = normalize_for_display(passage.text)
        self.context = " \n ".join((*passage.headings, passage.lead_in, self.text, passage.number))
        self.vectors = np.concatenate(
            [vectors for piece in self.pieces for vectors in (piece.words.vectors, compute_bigram_vectors(piece.words))]
        )

    @cached_property
    def figures(self) -> list[frozenset[str]]:
        return find_figures(self.context, self.passage.language)


class Verifier:
    """Verifies sentences against the passages that a chat model was given, which they cite by mark, from 1."""

    def __init__(
        self,
        citations: Sequence[Citation],
        *,
        source: Callable[[str], Report | None],
        embedder: WordEmbedder,
        calibration: Calibration,
        language: str,
        entails: EntailmentCheck | None = None,
    ) -> None:
        self._citations = {citation.mark: citation for citation in citations}
        self._source = source
        self._embedder = embedder
        self._calibration = calibration
        self._language = language
        self._entails = entails
        self._evidence = {
            citation.mark: made for citation, made in zip(citations, self._build_evidence(citations), strict=True)
        }

    def verify_sentence(self, sentence: str) -> Statement | RejectionReason:
        """Verify a sentence; returns it as a statement with its citations, or why it is rejected."""
        read = parse_claims(_VOWEL_SIGNS.sub("", sentence))
        reason = next(self._find_faults(sentence, read), None)
        if reason:
            return reason
        marks = dict.fromkeys(mark for claim in read.claims for mark in claim.marks)
        cited = tuple(replace(self._citations[mark], highlights=()) for mark in marks)
        return Statement(sentence, cited, Layer.WRITTEN)

    def check_translation(self, text: str, number: int) -> RejectionReason | None:
        """Verify a translation of the passage with mark ``number``; returns why it is rejected, None when it is not."""
        whole = " ".join(text.split())
        for sentence in split_stream([whole]):
            found = self.verify_sentence(f"{sentence.rstrip()} {format_mark(number)}")
            if isinstance(found, RejectionReason):
                return found
        least = MIN_TRANSLATION_RATIO * len(self._evidence[number].text)
        return RejectionReason.PARTIAL if len(whole) < least else None

    @staticmethod
    def is_anaphoric(sentence: str) -> bool:
        """Whether a sentence begins with an anaphor or a connective that refers to the one before it."""
        return bool(_ANAPHORA.match(sentence))

    def _build_evidence(self, citations: Sequence[Citation]) -> Iterator[_Evidence]:
        texts: list[tuple[int, str]] = []
        for at, citation in enumerate(citations):
            passage = citation.passage
            above = [normalize_for_display(passage.lead_in)] if passage.lead_in else []
            for text in (normalize_for_display(passage.text), *above, *passage.headings):
                texts += [(at, piece) for piece in self._embedder.windows(text) if piece.strip()]
        languages = [citations[at].passage.language for at, _ in texts]
        words = embed_words([text for _, text in texts], languages, self._embedder, self._calibration)
        for at, citation in enumerate(citations):
            yield _Evidence(citation.passage, [made for (of, _), made in zip(texts, words, strict=True) if of == at])

    def _find_faults(self, sentence: str, read: ParsedSentence) -> Iterator[RejectionReason]:
        """Run all checks on a sentence, the cheapest first; each may rely on those before it having passed."""
        if len(sentence) > MAX_SENTENCE_LENGTH:
            yield RejectionReason.TOO_LONG
        unseen = any(unicodedata.category(character) in _INVISIBLE_CATEGORIES for character in sentence)
        if unseen or _INVISIBLE.search(sentence) or _MARKUP.search(sentence):
            yield RejectionReason.MARKUP
        begins = _SENTENCE_START.match(sentence)
        if begins is None or sentence[begins.end() - 1].islower():
            yield RejectionReason.FRAGMENT
        quoted = list(_QUOTES.finditer(read.text))
        outside = _blank_out(read.text, [match.span() for match in quoted])
        odd = any(unicodedata.category(character) in _BRACKET_CATEGORIES for character in re.sub("[()]", "", outside))
        if odd or _STRAY_MARK.search(outside):
            yield RejectionReason.BAD_MARK
        if not read.claims:
            yield RejectionReason.NO_MARK
        marks = [mark for claim in read.claims for mark in claim.marks]
        if any(mark not in self._citations for mark in marks):
            yield RejectionReason.NO_SUCH_PASSAGE
        if any(
            find_citation_fault(self._citations[mark], self._source(self._citations[mark].passage.report_id))
            for mark in marks
        ):
            yield RejectionReason.UNVERIFIED_PASSAGE
        if find_citations(read.text) or (_QUOTE_SIGN.search(outside)):
            yield RejectionReason.QUOTE
        if _DENIAL.search(outside):
            yield RejectionReason.NEGATION
        language = detect_passage_language(outside, self._language)
        if not is_supported_language(language):
            yield RejectionReason.LANGUAGE
        for claim in read.claims:
            yield from self._check_literals(read.text, claim, quoted, language)
        yield from self._check_meaning(read, outside, quoted, language)

    def _check_literals(
        self, text: str, claim: Claim, quoted: Sequence[re.Match[str]], language: str
    ) -> Iterator[RejectionReason]:
        """Check quoted words and numbers, which the cited passages must have literally."""
        cited = [self._evidence[mark] for mark in claim.marks]
        for match in quoted:
            if claim.start <= match.start() < claim.end:
                words = normalize_for_display(next(filter(None, match.groups()), "")).rstrip(".,;:").strip()
                if not words or not any(words in evidence.text for evidence in cited):
                    yield RejectionReason.QUOTE
        there = [figure for evidence in cited for figure in evidence.figures]
        if find_missing_figures(find_figures(text[claim.start : claim.end], language), there):
            yield RejectionReason.FIGURE

    def _check_meaning(
        self, read: ParsedSentence, outside: str, quoted: Sequence[re.Match[str]], language: str
    ) -> Iterator[RejectionReason]:
        """Check words, names, negation, strength, opposites, subject and entailment against the cited passages."""
        words = embed_words([read.text], [language], self._embedder, self._calibration)[0]
        inside = "".join(quote if kept == " " else " " for quote, kept in zip(read.text, outside, strict=True))
        for claim in read.claims:
            cited = [self._evidence[mark] for mark in claim.marks]
            content = [
                at
                for at, (start, end) in enumerate(words.spans)
                if claim.start <= start < claim.end
                and is_content_word(read.text[start:end])
                and not read.text[start:end].isdigit()
            ]
            if not content:
                if not any(claim.start <= match.start() < claim.end for match in quoted):
                    yield RejectionReason.EMPTY
                continue
            yield from self._check_support(words, content, claim, language)
            source_language = cited[0].passage.language
            denied = [*find_negations(outside, language), *find_negations(inside, source_language)]
            orders = [order for order in find_instructions(outside, language) if order.in_main_clause]
            asked = [*orders, *find_modal_operators(outside, language)]
            asked += find_modal_operators(inside, source_language)
            needed = find_modal_nouns(outside, language)
            turned = find_poles(read.text)
            alignment = Alignment(
                words,
                claim,
                [
                    (piece, self._calibration.closeness(language, evidence.passage.language))
                    for evidence in cited
                    for piece in evidence.body_pieces
                ],
            )
            if has_swapped_figures(alignment, language):
                yield RejectionReason.FIGURE
            said = read.text[claim.start : claim.end]
            names = find_unsupported_names(said, " \n ".join(evidence.context for evidence in cited))
            if any(not alignment.is_translated_name((start + claim.start, end + claim.start)) for start, end in names):
                yield RejectionReason.NAME
            if alignment.negation_differs(
                [negation for negation in denied if claim.start <= negation.start < claim.end]
            ):
                yield RejectionReason.NEGATION
            ruling = [operator for operator in asked if operator.start < claim.end]
            own = [operator for operator in ruling if claim.start <= operator.start]
            if alignment.strength_differs(own, ruling, [noun for noun in needed if noun.start < claim.end]):
                yield RejectionReason.STRENGTH
            if alignment.has_opposite([pole for pole in turned if claim.start <= pole.start < claim.end]):
                yield RejectionReason.OPPOSITE
            if alignment.subject_differs(own, turned, outside):
                yield RejectionReason.SUBJECT
            if self._entails and not any(self._entails(evidence.text, said.strip()) for evidence in cited):
                yield RejectionReason.ENTAILMENT

    def _check_support(
        self, words: WordVectors, content: Sequence[int], claim: Claim, language: str
    ) -> Iterator[RejectionReason]:
        """Check that a claim's content words have similar ones in the passages it cites, and no better elsewhere."""
        best = {
            mark: score_words(words, content, evidence.vectors)
            / self._calibration.closeness(language, evidence.passage.language)
            for mark, evidence in self._evidence.items()
        }
        cited = np.max([best[mark] for mark in claim.marks], axis=0)
        mean = float(cited.mean())
        around = [float(cited[max(0, at - 1) : at + 2].mean()) for at in range(len(content))]
        if (
            min(around) < MIN_WINDOW_SIMILARITY
            or float(cited.min()) < MIN_WORD_SIMILARITY
            or mean < MIN_MEAN_SIMILARITY
        ):
            yield RejectionReason.UNSUPPORTED_WORDS
        if any(
            float(scores.mean()) > mean + OTHER_PASSAGE_MARGIN
            for mark, scores in best.items()
            if mark not in claim.marks
        ):
            yield RejectionReason.OTHER_PASSAGE
        if len(claim.marks) > 1:
            for mark in claim.marks:
                others = np.max([best[other] for other in claim.marks if other != mark], axis=0)
                own = int((best[mark] > others + CONTRIBUTION_MARGIN).sum())  # words that this passage alone says
                if own < max(2, len(content) / 5) and float(best[mark].mean()) < mean - REDUNDANCY_MARGIN:
                    yield RejectionReason.OTHER_PASSAGE


def _blank_out(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
