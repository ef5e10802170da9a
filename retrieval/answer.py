"""The values an answer is made of: statements, the citations they rest on, and where all of it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ingest.report import Passage
from retrieval.search import Hit


class Status(StrEnum):
    """How a question ended; a closed set."""

    ANSWERED = "answered"
    NOTHING_FOUND = "nothing_found"  # about these reports' subjects, but they do not say
    OUT_OF_SCOPE = "out_of_scope"  # not about these reports at all
    NOT_UNDERSTOOD = "not_understood"  # no words to search for
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote with its place: ``quote`` is ``report.text[start:end]``, or the proof refuses it."""

    mark: int  # the n of "[n]", from 1
    passage: Passage
    quote: str
    start: int  # characters in the report's text, half-open
    end: int

    @classmethod
    def whole(cls, mark: int, passage: Passage) -> "Citation":
        """The passage quoted from end to end."""
        return cls(mark, passage, passage.text, passage.start, passage.end)


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence or quote of the answer as the reader sees it; frame sentences are ours and cite nothing."""

    text: str
    citations: tuple[Citation, ...] = ()

    @property
    def frame(self) -> bool:
        return not self.citations


@dataclass(frozen=True, slots=True)
class Provenance:
    """What an answer was made from and with, to check it again later."""

    index: str  # fingerprint of the index, SHA-256
    reports: Mapping[str, str]  # report id to the SHA-256 of its file, of the reports that are cited or near
    embedding_model: str
    chat_model: str | None
    version: str
    date: str  # ISO 8601, UTC
    reranker: str | None = None  # by name, where one has read the hits


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reports say to a question, or that they do not."""

    question: str
    searched: str  # the question as it was searched
    language: str  # of the frame sentences, ISO 639-1
    status: Status
    statements: tuple[Statement, ...]
    nearest: tuple[Citation, ...] = ()  # with a refusal: what comes closest, proved like any quote
    borderline: tuple[Statement, ...] = ()  # what may match too, of a complete answer: a sentence of ours, then quotes
    total: int = 0  # recommendations that match in all
    of: int = 0  # recommendations among which they were searched
    hits: tuple[Hit, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)  # what the proof refused, by reason
    provenance: Provenance | None = None

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations by mark."""
        return tuple(one for statement in self.statements for one in statement.citations)

    @property
    def text(self) -> str:
        """The answer as plain text, a paragraph a statement."""
        return "\n\n".join(statement.text for statement in (*self.statements, *self.borderline))
