"""Streams a chat conversation: a question becomes a series of message lists, evidence first, then what a model adds."""

import threading
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, overload

from app.chat.filters import describe_filter, stale_problem
from app.chat.views import (
    answer_html,
    drop_pending,
    evidence_html,
    failure_html,
    pending_html,
    question_html,
    sources_html,
    written_html,
)
from app.i18n.labels import Labels, format_count, labels_for
from app.render.errors import LocalizedError, user_message
from ingest.errors import RelatoriaError, SearchTimedOut
from retrieval.assistant import Assistant
from retrieval.index.filters import NO_FILTER, Filter
from retrieval.limits import QUESTION
from retrieval.query.conversation import EMPTY_CONVERSATION, Conversation
from retrieval.results import Answer, Status

HISTORY_SIZE = 20  # answers of a visitor
MAX_STEPS = 12  # at most, in which an answer comes
STEP_SIZE = 8  # statements that come at once
Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChatUpdate:
    """One update of the chat: all messages so far; ``sources`` is None where it has not changed."""

    messages: list[Message]
    sources: str | None = None
    conversation: Conversation | None = None  # with the turn, once its answer is whole
    answer: Answer | None = None  # as far as it is there
    whole: bool = False  # nothing comes after it


@dataclass(frozen=True, slots=True, eq=False)
class AnswerHistory(Sequence[Answer]):
    """A visitor's last answers, oldest first; compared by identity, not by their contents."""

    items: tuple[Answer, ...] = ()

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, at: int) -> Answer: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Answer, ...]: ...
    def __getitem__(self, at: int | slice) -> Answer | tuple[Answer, ...]:
        return self.items[at]


def converse(
    assistant: Assistant,
    question: str,
    history: Sequence[Message],
    language: str,
    conversation: Conversation = EMPTY_CONVERSATION,
    *,
    where: Filter = NO_FILTER,
    step: int = STEP_SIZE,
    stop: threading.Event | None = None,
) -> Generator[ChatUpdate, None, None]:
    """Stream the turns of a question: a placeholder, the evidence with its sources, then what a chat model adds.

    ``where`` filters the records, and is shown with the question; a long answer comes ``step`` statements or more
    at a time. Setting ``stop``, or closing the generator, ends the chat model's call. A RelatoriaError becomes one
    plain sentence below what was shown before it; any other error does too, and is raised for the server's log.
    """
    labels = labels_for(language)
    asked = [
        *drop_pending(history, labels),
        _message("user", question_html(question, describe_filter(assistant, where, labels))),
    ]
    yield ChatUpdate([*asked, _message("assistant", pending_html(labels))])
    shown = asked
    answer: Answer | None = None
    sources: str | None = None
    helped, source = bool(assistant.model), cache(assistant.report)
    answers = _answers(assistant, question, language, where, conversation=conversation, stop=stop)
    try:
        for answer in answers:
            writing = helped and answer.status is Status.ANSWERED
            if sources is None:
                step = max(step, -(-len(answer.statements) // MAX_STEPS))
                for count in range(step, len(answer.statements), step):
                    yield ChatUpdate([*asked, _message("assistant", evidence_html(answer, count))])
            before, sources = sources, sources_html(answer, source)
            shown = [*asked, *_answer_messages(answer, ended=not writing, helped=helped)]
            new = None if sources == before else sources
            yield ChatUpdate(shown, new, conversation.with_answer(answer), answer, whole=not writing)
            shown = [*asked, *_answer_messages(answer, ended=True, helped=helped)]
        if answer and helped and answer.status is Status.ANSWERED:
            yield ChatUpdate(shown, answer=answer, whole=True)
    except RelatoriaError as error:
        status = Status.TIMED_OUT if isinstance(error, SearchTimedOut) else Status.FAILED
        yield _failure_turn(shown, failure_html(user_message(error, labels), labels, status), anew=answer is None)
    except Exception:
        yield _failure_turn(shown, failure_html(labels.unexpected, labels), anew=answer is None)
        raise
    finally:
        answers.close()


def length_problem(question: str, labels: Labels) -> str:
    """The message for a question that exceeds the length limit; empty where it does not."""
    count = len(" ".join(question.split()))
    if count <= QUESTION.most:
        return ""
    return labels.too_long.format(count=format_count(count), limit=format_count(QUESTION.most))


def append_answer(answers: Sequence[Answer], answer: Answer) -> AnswerHistory:
    """Append an answer, without its hits, to a visitor's last answers; the oldest beyond HISTORY_SIZE are dropped."""
    return AnswerHistory((*answers, replace(answer, hits=()))[-HISTORY_SIZE:])


def _answers(
    assistant: Assistant,
    question: str,
    language: str,
    where: Filter,
    **options: Any,
) -> Generator[Answer, None, None]:
    """Stream the answer as it grows; closing this closes the assistant's stream. Raises LocalizedError."""
    labels = labels_for(language)
    if said := length_problem(question, labels) or stale_problem(assistant, where, labels):
        raise LocalizedError(said)
    yield from assistant.stream(
        question, fallback=language, where=where or None, translations=bool(assistant.model), **options
    )


def _answer_messages(answer: Answer, *, ended: bool, helped: bool) -> list[Message]:
    """The messages of an answer: its evidence, and in one of its own what a chat model adds."""
    if not helped or answer.status is not Status.ANSWERED:
        return [_message("assistant", answer_html(answer, unaided=not helped))]
    return [_message("assistant", html) for html in (evidence_html(answer), written_html(answer, ended=ended))]


def _failure_turn(shown: Sequence[Message], html: str, *, anew: bool) -> ChatUpdate:
    """The turn of an error, below what is shown; the sources stay where there is evidence (``anew`` is False)."""
    return ChatUpdate([*shown, _message("assistant", html)], "" if anew else None)


def _message(role: str, content: str) -> Message:
    return {"role": role, "content": content}
