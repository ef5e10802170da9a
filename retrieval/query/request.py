"""The request: a question with all that is asked beside it, one value from every screen to wherever it is searched."""

from dataclasses import dataclass
from typing import TypedDict

from retrieval.index.filters import Filter
from retrieval.limits import QUESTION, RESULTS, TURNS
from retrieval.query.conversation import EMPTY_CONVERSATION, Conversation


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, as plain values: it can be sent to another process as JSON."""

    question: str
    language: str | None = None  # of our sentences, ISO 639-1; None: the question's
    fallback: str | None = None  # the language where the question's cannot be detected
    where: Filter | None = None  # only passages that it matches
    conversation: Conversation = EMPTY_CONVERSATION
    translations: bool = False  # whether a chat model is to translate the quotes
    limit: int | None = None  # passages of a search; an answer chooses its own

    def __post_init__(self) -> None:
        """Raises BeyondLimit: whichever screen or process it comes from, it passes here."""
        QUESTION.check(len(self.question))
        TURNS.check(len(self.conversation.turns))
        RESULTS.check(self.limit or 0)
        if self.where:
            self.where.check_limits()


class RequestOptions(TypedDict, total=False):
    """The fields of a Request that may be given by keyword beside a question."""

    language: str | None
    fallback: str | None
    where: Filter | None
    conversation: Conversation
    translations: bool
