"""Conversation state, and the rewriting of a follow-up question into one that stands alone.

Only words and passage ids are kept, of a few turns. The rewritten question is what is searched and
shown, and it can be asked again.
"""

from dataclasses import dataclass, replace

from ingest.lexicon.language import detect
from retrieval.query import follow_up_patterns, patterns
from retrieval.query.cursor import composed, folded
from retrieval.query.follow_up import LAST, Form, Lean, read
from retrieval.results import Answer, Status
from retrieval.text.lexicon import content_words

REMEMBERED = 8  # turns: the first, and the last ones
MOST_SHOWN = 50  # passages of a turn
AT_ONCE = 5  # passages that "it" can mean
LONGEST = 2_000  # characters of a question
_CLEAR = 3  # words that tell their language
_LIST_ALL = {
    "es": "Lista todas las recomendaciones: {}",
    "en": "List all recommendations: {}",
    "fr": "Liste toutes les recommandations : {}",
    "pt": "Liste todas as recomendações: {}",
    "ar": "كل التوصيات: {}",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and answer, as the conversation keeps it."""

    question: str  # as asked
    searched: str  # as searched, whole
    language: str  # of the answer's sentences, ISO 639-1
    answered: bool
    shown: tuple[tuple[int, str], ...] = ()  # marks and passage ids; with a refusal, of what was offered
    more: bool = False  # whether more match than were shown
    topic: str = ""  # the last question that had a subject of its own
    narrowed: bool = False  # whether the question narrowed the topic

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(one for _, one in self.shown)

    @property
    def pinned(self) -> bool:
        """Whether passages were asked for by their ids."""
        return bool(patterns.ID.search(self.searched))


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question rewritten to stand alone.

    Where ``alone`` is given, it is ambiguous whether the earlier subject goes on: then both are
    searched, and ``joined_first`` says which one is preferred if both have an answer.
    """

    question: str
    alone: str = ""
    joined_first: bool = True
    demanded: bool = False  # by an "it": any passage that answers the joined question will do
    language: str | None = None  # of the answer; None: of the question


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns kept, oldest first: the first of all, and the last few."""

    turns: tuple[Turn, ...] = ()
    count: int = 0  # of all turns

    def and_then(self, answer: Answer) -> "Conversation":
        """Returns the conversation with the answer as a further turn; turns beyond MAX_TURNS are dropped."""
        lean = read(answer.question)
        whole = self.turns and lean.form not in (Form.ALONE, Form.BACK, Form.CORRECTION, Form.REPLACED, Form.ABOUT_IT)
        before = self.turns[-1] if self.turns else None
        goes_on = before is not None and answer.searched.startswith(_body(before.topic))
        narrowed = before is not None and (
            lean.form is Form.NARROWED or goes_on or (lean.form is Form.REPLACED and before.narrowed)
        )
        topic = before.topic if before and (whole or narrowed) else answer.searched
        citations = (*answer.citations, *(one for some in answer.borderline for one in some.citations))
        turn = Turn(
            question=answer.question[:LONGEST],
            searched=answer.searched[:LONGEST],
            language=answer.language,
            answered=answer.status is Status.ANSWERED,
            shown=tuple((one.mark, one.passage.id) for one in (citations or answer.nearest)[:MOST_SHOWN]),
            more=answer.total > len(answer.citations) > 0,
            topic=topic[:LONGEST],
            narrowed=narrowed,
        )
        kept = (*self.turns, turn)
        return Conversation(kept if len(kept) <= REMEMBERED else (kept[0], *kept[1 - REMEMBERED :]), self.count + 1)

    def turn(self, number: int) -> Turn | None:
        """Returns a turn by its number, from 1; None where it is no longer kept."""
        at = number - 1 if number == 1 else number - 1 - (self.count - len(self.turns))
        return self.turns[at] if 0 <= at < len(self.turns) and (number == 1 or at > 0) else None


ALONE = Conversation()


def resolve(question: str, conversation: Conversation) -> Resolved:
    """Resolves a question against the conversation: a follow-up is rewritten to stand alone, any other is kept."""
    if not conversation.turns:
        return Resolved(question)
    last = conversation.turns[-1]
    lean = read(question)
    resolved = _resolved(question, lean, conversation)
    if len(resolved.question) > LONGEST:
        resolved = Resolved(resolved.alone or question)
    whole = lean.form is Form.ALONE and resolved.question == question
    language = None if whole and len(question.split()) >= _CLEAR else spoken(question, last.language)
    return replace(resolved, language=language)


def spoken(question: str, before: str) -> str:
    """Detects a question's language; of few words, it is the conversation's unless the script or marks say otherwise.

    >>> spoken("sí", "fr"), spoken("and for women?", "es"), spoken("[2]", "pt"), spoken("والنساء؟", "en")
    ('fr', 'en', 'pt', 'ar')
    """
    words = [word for word in question.split() if any(one.isalpha() for one in word)]
    if len(words) >= _CLEAR or "¿" in question or any("\u0600" <= one <= "\u06ff" for one in question):
        return detect(question, expected=before)
    return detect(question, expected=before) if len(words) == _CLEAR - 1 else before


def _resolved(question: str, lean: Lean, conversation: Conversation) -> Resolved:
    last = conversation.turns[-1]
    answered = next((one for one in reversed(conversation.turns) if one.shown and one.answered), None)
    shown = last if last.shown and last.answered else answered
    match lean.form:
        case Form.BACK:
            return Resolved(_earlier(lean, conversation) or lean.words or question)
        case Form.CORRECTION:
            return Resolved(_asked_anew(last.topic, lean.words))
        case Form.YES if last.shown and not last.answered:
            return Resolved(" ".join(last.ids))
        case Form.YES if last.more:
            return Resolved(_all_on(last))
        case Form.REST if last.shown and not last.answered:
            return Resolved(" ".join(last.ids))
        case Form.REST:
            return Resolved(_all_on(last))
        case Form.WHY if last.pinned:
            return Resolved(f"{question} {' '.join(last.ids)}")
        case Form.WHY:
            return Resolved(f"{question} {last.topic}")
        case Form.MARKED:
            return Resolved(_with_ids(lean, conversation))
        case Form.SHOWN if shown and len(shown.shown) <= AT_ONCE:
            return Resolved(f"{question} {' '.join(shown.ids)}")
        case Form.SHOWN:
            return Resolved(_joined(last.topic, question))
        case Form.NARROWED:
            return Resolved(_joined(last.topic, lean.words), _asked_anew(last.topic, lean.bare))
        case Form.REPLACED:
            anew = _asked_anew(last.topic, lean.words)
            return Resolved(_joined(last.topic, lean.words), anew, joined_first=last.narrowed)
        case Form.ABOUT_IT if last.pinned:
            return Resolved(f"{question} {' '.join(last.ids)}")
        case Form.ABOUT_IT:
            return Resolved(_joined(last.topic, lean.words), lean.words, demanded=True)
    return Resolved(lean.words or question)


def _earlier(lean: Lean, conversation: Conversation) -> str:
    """Finds the earlier question that is asked for again, by its number or by shared content words; "" for none."""
    past = conversation.turns
    if lean.pointed:
        mark = lean.pointed[0].mark
        turn = conversation.turn(mark) if mark != LAST else past[-1]
        return turn.searched if turn else ""
    if lean.previous:
        return past[-2 if len(past) > 1 else -1].searched
    asked = content_words(lean.words)
    best, at = max((len(asked & content_words(one.searched)), at) for at, one in enumerate(past))
    return past[at].searched if best else ""


def _with_ids(lean: Lean, conversation: Conversation) -> str:
    """Replaces references ("the second one") by passage ids; an unknown one makes the whole question its bare mark."""
    turn = next((one for one in reversed(conversation.turns) if one.shown), None)
    marks = dict(turn.shown) if turn else {}
    text = lean.words
    for one in reversed(lean.pointed):
        passage = marks.get(one.mark if one.mark != LAST else max(marks, default=0))
        if passage is None:
            return f"[{one.mark}]"
        text = " ".join((text[: one.start].rstrip(), passage, text[one.end :].lstrip()))
    return text.strip()


def _all_on(turn: Turn) -> str:
    """Rewrites the topic as a question for all recommendations on it."""
    if any(one.search(_flat(turn.topic)) for one in patterns.ALL):
        return turn.topic
    return _LIST_ALL.get(spoken(turn.topic, turn.language), _LIST_ALL["en"]).format(turn.topic)


def _joined(topic: str, words: str) -> str:
    """Appends words to the topic, before its closing punctuation.

    >>> _joined("¿Qué se recomendó sobre la detención?", "para las mujeres")
    '¿Qué se recomendó sobre la detención, para las mujeres?'
    """
    return f"{_body(topic)}, {_body(words)}{topic[len(_body(topic)) :].strip()}"


def _body(question: str) -> str:
    return question.rstrip(" ?.!؟")


def _asked_anew(topic: str, words: str) -> str:
    """Asks for another subject in the topic's wording where that is a list request; else returns the words as they are.

    >>> _asked_anew("List all recommendations on circular migration", "return migration")
    'List all recommendations on return migration'
    >>> _asked_anew("What was recommended on circular migration?", "return migration")
    'return migration'
    """
    opening = (
        follow_up_patterns.ALL_OPENING.match(_flat(topic))
        if any(one.search(_flat(topic)) for one in patterns.ALL)
        else None
    )
    if (
        opening is None
        or follow_up_patterns.INTERROGATIVE.match(_flat(words))
        or detect(topic) != spoken(words, detect(topic))
    ):
        return words
    return f"{composed(topic)[: opening.end()]}{words}"


def _flat(text: str) -> str:
    return folded(composed(text)).replace("’", "'")
