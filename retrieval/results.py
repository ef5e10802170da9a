"""The value types of a result: hits with scores, and answers with statements, citations and provenance."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ingest.report import Passage

LEXICAL_WEIGHT = 0.125  # flat between 0.07 and 0.2 on XQuAD; docs/search.md


class ExactMatch(StrEnum):
    """Why a passage matches regardless of its score."""

    RECORD = "record"  # the question names it by number or id
    PHRASE = "phrase"  # it has the phrase that the question quotes, or is
    FILTER = "filter"  # the question asks for all that its filter admits


@dataclass(frozen=True, slots=True)
class Score:
    """The retrieval scores of a hit; hits are ranked by ``total``, their weighted sum less the handicap."""

    late: float  # late interaction, -1 to 1
    lexical: float  # share of the question's words that the passage covers, 0 to 1
    dense: float | None  # cosine, -1 to 1; None of a passage that is not among the nearest
    weighted_late: float = 0.0  # late interaction where a word counts by how little other passages answer it
    answers: float | None = None  # log-odds that it answers, of the reader of pairs; None where it has not read
    has_every_word: bool = False  # whether the passage has all words of the question
    handicap: float = 0.0  # of facts about the report, which are found by labels of ours

    @property
    def total(self) -> float:
        return self.late + LEXICAL_WEIGHT * self.lexical - self.handicap


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage with its score, its rank and the probability that it answers."""

    passage: Passage
    score: Score
    rank: int  # from 1
    exact: ExactMatch | None = None
    probability: float = 1.0  # that it answers; see calibration.py
    nearness: float = 1.0  # the same by what late interaction and words alone tell
    reranker_score: float | None = None  # how probably it answers, to a re-ranker that has read it, 0 to 1


class Status(StrEnum):
    """The outcome of a question; a closed set."""

    ANSWERED = "answered"
    RELATED = "related"  # what is quoted comes near, and does not say what is asked
    NOTHING_FOUND = "nothing_found"  # about these reports' subjects, but they do not say
    OUT_OF_SCOPE = "out_of_scope"  # not about these reports at all
    GREETING = "greeting"  # said to the product itself: it says what can be asked
    NOT_UNDERSTOOD = "not_understood"  # no words to search for
    TIMED_OUT = "timed_out"  # the search was stopped: it is not known what the reports say
    FAILED = "failed"


class Fate(StrEnum):
    """What became of a hypothesis; a closed set."""

    USED = "used"
    NEGATED = "negated"  # what it matches is left out
    LEFT_NOTHING = "left nothing"
    BETTER = "a better one"  # was found for the same words


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A link of words of a question to values that the index has."""

    words: str  # of the question that it rests on; empty where it was set beside the question
    facet: str  # "reports", "addressee", "numbers" …
    values: tuple[str, ...] = ()
    fate: Fate = Fate.USED


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a question was read, and what its answer was measured against."""

    question: str  # as resolved against the conversation
    subject: str  # what of it was searched for
    hypotheses: tuple[Hypothesis, ...]  # reports by their titles
    language: str  # of our sentences, ISO 639-1
    decided_by: str  # who decided on it
    first: Mapping[str, float] = field(default_factory=dict, hash=False)  # the best score by measure, 0 to 1
    thresholds: Mapping[str, float] = field(default_factory=dict, hash=False)  # what such scores must reach, by name


class Layer(StrEnum):
    """The source of a statement's words; layers are never mixed."""

    QUOTE = "quote"  # the report's, a passage from end to end
    RECORD = "record"  # ours around words of the report: who, to whom, how strongly, when
    WRITTEN = "written"  # a chat model's, proved against the passages it cites


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote with its span: ``quote`` is ``report.text[start:end]``, or verification rejects it."""

    mark: int  # the n of "[n]", from 1
    passage: Passage
    quote: str
    start: int  # characters in the report's text, half-open
    end: int
    highlights: tuple[tuple[int, int], ...] = ()  # the sentences of it that answer, as start and end; empty: all of it

    @classmethod
    def whole(cls, mark: int, passage: Passage) -> "Citation":
        """A citation that quotes the passage from end to end."""
        return cls(mark, passage, passage.text, passage.start, passage.end)


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence or quote of the answer as the reader sees it; frame sentences are templates without citations."""

    text: str
    citations: tuple[Citation, ...] = ()
    layer: Layer = Layer.QUOTE  # of a statement with citations

    @property
    def is_frame(self) -> bool:
        return not self.citations


@dataclass(frozen=True, slots=True)
class Translation:
    """A chat model's translation of a quote, to be shown under it and labelled as what it is."""

    mark: int  # of the citation
    text: str
    language: str  # ISO 639-1


@dataclass(frozen=True, slots=True)
class Writing:
    """Statistics of a chat model's run for one answer: evidence given, sentences kept and dropped, tokens and cost."""

    model: str  # as it was asked for: "openai:gpt-5"
    given: int = 0  # passages it was given, each whole
    left_out: int = 0  # passages that its context had no room for
    kept: int = 0  # sentences that the proof let through
    dropped: Mapping[str, int] = field(default_factory=dict, hash=False)  # sentences that it did not, by reason
    problem: str = ""  # why the model could not be used, or ended early, in one English sentence; empty: it did not
    attempts: int = 0  # calls, retries among them
    seconds: float = 0.0
    tokens_in: int | None = None  # as the server counts them; None where it does not
    tokens_out: int | None = None
    cost: float | None = None  # in the currency of the prices given; None without prices


@dataclass(frozen=True, slots=True)
class Provenance:
    """What reproduces an answer: index fingerprint, report hashes, models, version and date."""

    index: str  # fingerprint of the index, SHA-256
    reports: Mapping[str, str] = field(
        hash=False
    )  # report id to the SHA-256 of its file, of the reports that are cited or near
    embedding_model: str
    chat_model: str | None
    version: str
    date: str  # ISO 8601, UTC
    reranker: str | None = None  # by name, where one has read the hits


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question, or a refusal with the nearest passages."""

    question: str
    searched: str  # the question as it was searched, whole: with what the conversation adds to it
    language: str  # of the frame sentences, ISO 639-1
    status: Status
    statements: tuple[Statement, ...]
    nearest: tuple[Citation, ...] = ()  # with a refusal: what comes closest, proved like any quote
    borderline: tuple[Statement, ...] = ()  # what may match too, of a complete answer: a sentence of ours, then quotes
    total: int = 0  # recommendations that match in all
    total_searched: int = 0  # recommendations among which they were searched
    hits: tuple[Hit, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict, hash=False)  # what the proof refused, by reason
    translations: tuple[Translation, ...] = ()
    writing: Writing | None = None  # None where no chat model was asked
    provenance: Provenance | None = None
    named: tuple[str, ...] = ()  # ids of the reports that the question, or the conversation before it, names
    form: str = ""  # of follow-up, a value of FollowUpForm: it is read where the search is
    explanation: Explanation | None = None

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations in order of mark, each mark once; a quote takes precedence over a record statement."""
        by_mark: dict[int, Citation] = {}
        for statement in sorted(self.statements, key=lambda part: part.layer is Layer.RECORD):
            for citation in statement.citations:
                by_mark.setdefault(citation.mark, citation)
        return tuple(by_mark[number] for number in sorted(by_mark))

    @property
    def sources(self) -> tuple[Citation, ...]:
        """What stands beside the answer, by mark: its citations, borderline quotes and the nearest passages."""
        borderline = (citation for statement in self.borderline for citation in statement.citations)
        by_mark = {citation.mark: citation for citation in (*borderline, *self.citations, *self.nearest)}
        return tuple(by_mark[number] for number in sorted(by_mark))

    @property
    def text(self) -> str:
        """The answer as plain text, a paragraph a statement."""
        return "\n\n".join(statement.text for statement in (*self.statements, *self.borderline))
