"""A conversation on the page: what a visitor asks becomes turns of messages, evidence first, as it comes."""

import threading
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, overload

from app.chat.filters import described, problem
from app.chat.views import (
    answer_html,
    evidence_html,
    failure_html,
    pending_html,
    question_html,
    settled,
    sources_html,
    written_html,
)
from app.i18n.labels import Labels, labels_for, number
from app.render.errors import Said, told
from ingest.errors import RelatoriaError
from retrieval.assistant import LONGEST, Assistant
from retrieval.index.filters import ANY, Filter
from retrieval.query.conversation import ALONE, Conversation
from retrieval.results import Answer, Status

KEPT = 20  # answers of a visitor
STEPS = 12  # at most, in which an answer comes
STEP = 8  # statements that come at once
Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """The conversation as it is now; ``sources`` is None while it stays as it was."""

    messages: list[Message]
    sources: str | None = None
    conversation: Conversation | None = None  # with the turn, once its answer is whole
    answer: Answer | None = None  # as far as it is there
    whole: bool = False  # nothing comes after it


@dataclass(frozen=True, slots=True, eq=False)
class Answers(Sequence[Answer]):
    """A visitor's last answers, oldest first; told from others without a look at what is in them."""

    those: tuple[Answer, ...] = ()

    def __len__(self) -> int:
        return len(self.those)

    @overload
    def __getitem__(self, at: int) -> Answer: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Answer, ...]: ...
    def __getitem__(self, at: int | slice) -> Answer | tuple[Answer, ...]:
        return self.those[at]


def converse(
    assistant: Assistant,
    question: str,
    history: Sequence[Message],
    language: str,
    conversation: Conversation = ALONE,
    *,
    where: Filter = ANY,
    step: int = STEP,
    stop: threading.Event | None = None,
) -> Generator[Turn, None, None]:
    """The question with a sign of life, then the answer with its sources, a long one step by step.

    ``where`` narrows it to some of the records, which is shown with it; ``step`` statements and more come at once.

    What a chat model adds is shown below the evidence, as it comes. Once ``stop`` is set, or this is closed, the
    model is left alone. An error of ours is a plain sentence in the conversation. Any other is one too, and goes
    on to the server's log. What was shown before it stays.
    """
    labels = labels_for(language)
    asked = [*settled(history, labels), _message("user", question_html(question, described(assistant, where, labels)))]
    yield Turn([*asked, _message("assistant", pending_html(labels))])
    shown = asked
    answer: Answer | None = None
    sources: str | None = None
    helped, source = bool(assistant.model), cache(assistant.report)
    answers = _growing(assistant, question, language, where, conversation=conversation, stop=stop)
    try:
        for answer in answers:
            writing = helped and answer.status is Status.ANSWERED
            if sources is None:
                step = max(step, -(-len(answer.statements) // STEPS))
                for count in range(step, len(answer.statements), step):
                    yield Turn([*asked, _message("assistant", evidence_html(answer, count))])
            before, sources = sources, sources_html(answer, source)
            shown = [*asked, *_messages(answer, ended=not writing, helped=helped)]
            new = None if sources == before else sources
            yield Turn(shown, new, conversation.and_then(answer), answer, whole=not writing)
            shown = [*asked, *_messages(answer, ended=True, helped=helped)]
        if answer and helped and answer.status is Status.ANSWERED:
            yield Turn(shown, answer=answer, whole=True)
    except RelatoriaError as error:
        yield _failed(shown, told(error, labels), labels, anew=answer is None)
    except Exception:
        yield _failed(shown, labels.unexpected, labels, anew=answer is None)
        raise
    finally:
        answers.close()


def too_long(question: str, labels: Labels) -> str:
    """That a question is longer than can be searched, in one plain sentence; empty where it is not."""
    count = len(" ".join(question.split()))
    return labels.too_long.format(count=number(count), limit=number(LONGEST)) if count > LONGEST else ""


def remembered(answers: Sequence[Answer], answer: Answer) -> Answers:
    """A visitor's last answers, oldest first, with one more, without the hits that they were chosen from."""
    return Answers((*answers, replace(answer, hits=()))[-KEPT:])


def _growing(
    assistant: Assistant,
    question: str,
    language: str,
    where: Filter,
    **options: Any,
) -> Generator[Answer, None, None]:
    """The answer as it grows, which ends with this where this is closed. Raises Said."""
    labels = labels_for(language)
    if said := too_long(question, labels) or problem(assistant, where, labels):
        raise Said(said)
    yield from assistant.stream(
        question, fallback=language, where=where or None, translations=bool(assistant.model), **options
    )


def _messages(answer: Answer, *, ended: bool, helped: bool) -> list[Message]:
    """An answer: its evidence, and in a message of its own what a chat model adds."""
    if not helped or answer.status is not Status.ANSWERED:
        return [_message("assistant", answer_html(answer, unaided=not helped))]
    return [
        _message("assistant", evidence_html(answer)),
        _message("assistant", written_html(answer, ended=ended)),
    ]


def _failed(shown: Sequence[Message], message: str, labels: Labels, *, anew: bool) -> Turn:
    """An error below what is shown; the sources stay where there is evidence."""
    return Turn([*shown, _message("assistant", failure_html(message, labels))], "" if anew else None)


def _message(role: str, content: str) -> Message:
    return {"role": role, "content": content}
