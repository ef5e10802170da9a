"""Conversation state, and the rewriting of a follow-up question into one that stands alone.

Only words and passage ids are kept, of a few turns. The rewritten question is what is searched and
shown, and it can be asked again.
"""

from dataclasses import dataclass, replace

from ingest.lexicon.tables import LanguageTables
from retrieval.index.report_names import NO_NAMES, ReportNames
from retrieval.limits import QUESTION, TURNS
from retrieval.query import patterns
from retrieval.query.answer_language import choose_answer_language
from retrieval.query.cursor import fold_question, normalize_text
from retrieval.query.follow_up import LAST_MARK, FollowUp, FollowUpForm, detect_follow_up, subject_words
from retrieval.query.patterns import ASKING, FOLLOW_UPS, says
from retrieval.results import Answer, Status
from retrieval.text.gazetteer import find_state_code, find_states_in_any_case
from retrieval.text.lexicon import content_words

MAX_SHOWN = 50  # passages of a turn
MAX_REFERENTS = 5  # passages that "it" can mean
_FEW = 4  # words beside the State, in a question that names another one and nothing else
_MAX_REPORTS = 20  # that a conversation can be about
_LIST_ALL: dict[str, str] = LanguageTables("retrieval.text", "follow_up").entry("list_all")
_NEW_TOPIC = (  # the forms of a question that has a topic of its own
    FollowUpForm.ALONE,
    FollowUpForm.BACK,
    FollowUpForm.CORRECTION,
    FollowUpForm.REPLACED,
    FollowUpForm.ABOUT_IT,
)


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
    reports: tuple[str, ...] = ()  # ids of those that it was about, as far as that is known

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(passage_id for _, passage_id in self.shown)

    @property
    def pinned(self) -> bool:
        """Whether passages were asked for by their ids."""
        return bool(patterns.ID.search(self.searched))


@dataclass(frozen=True, slots=True)
class ResolvedQuestion:
    """A question rewritten to stand alone.

    Where ``alone`` is given, it is ambiguous whether the earlier subject goes on: then both are
    searched, and ``joined_first`` says which one is preferred if both have an answer.
    """

    question: str
    alone: str = ""
    joined_first: bool = True
    demanded: bool = False  # by an "it": any passage that answers the joined question will do
    reports: tuple[str, ...] = ()  # ids of those that it goes on about, where it names none itself
    language: str | None = None  # of the answer before it
    form: FollowUpForm = FollowUpForm.ALONE


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns kept, oldest first: the first of all, and the last few."""

    turns: tuple[Turn, ...] = ()
    count: int = 0  # of all turns

    def with_answer(self, answer: Answer) -> "Conversation":
        """Returns the conversation with the answer as a further turn; beyond TURNS, turns but the first are dropped."""
        if answer.status is Status.GREETING and self.turns:
            return self
        form = answer.form or detect_follow_up(answer.question).form
        before = self.turns[-1] if self.turns else None
        goes_on = before is not None and answer.searched.startswith(_strip_punctuation(before.topic))
        narrowed = before is not None and (
            form == FollowUpForm.NARROWED or goes_on or (form == FollowUpForm.REPLACED and before.narrowed)
        )
        topic = before.topic if before and (narrowed or form not in _NEW_TOPIC) else answer.searched
        borderline = (citation for statement in answer.borderline for citation in statement.citations)
        citations = (*answer.citations, *borderline, *answer.nearest)
        shown = {citation.passage.report_id for citation in answer.citations}
        of_one = tuple(shown) if len(shown) == 1 else ()
        turn = Turn(
            question=answer.question[: QUESTION.most],
            searched=answer.searched[: QUESTION.most],
            language=answer.language,
            answered=answer.status is Status.ANSWERED,
            shown=tuple((citation.mark, citation.passage.id) for citation in citations[:MAX_SHOWN]),
            more=answer.total > len(answer.citations) > 0,
            topic=topic[: QUESTION.most],
            narrowed=narrowed,
            reports=(answer.named or of_one or (before.reports if before else ()))[:_MAX_REPORTS],
        )
        kept = (*self.turns, turn)
        return Conversation(kept if len(kept) <= TURNS.most else (kept[0], *kept[1 - TURNS.most :]), self.count + 1)

    def turn(self, number: int) -> Turn | None:
        """Returns a turn by its number, from 1; None where it is no longer kept."""
        at = number - 1 if number == 1 else number - 1 - (self.count - len(self.turns))
        return self.turns[at] if 0 <= at < len(self.turns) and (number == 1 or at > 0) else None


EMPTY_CONVERSATION = Conversation()


def resolve(question: str, conversation: Conversation, names: ReportNames = NO_NAMES) -> ResolvedQuestion:
    """Resolves a question against the conversation: a follow-up is rewritten to stand alone, any other is kept.

    ``names`` are those of the reports: where a State that reports are on is named, that one is meant.
    """
    follow_up = detect_follow_up(question)
    if not conversation.turns:
        return ResolvedQuestion(question, form=follow_up.form)
    last = conversation.turns[-1]
    swapped = _swap_state(question, last.topic or last.searched, names)
    resolved = ResolvedQuestion(swapped) if swapped else _rewrite(question, follow_up, conversation)
    if len(resolved.question) > QUESTION.most:
        resolved = ResolvedQuestion(resolved.alone or question)
    return replace(resolved, language=last.language, form=follow_up.form, reports=last.reports)


def _swap_state(question: str, topic: str, names: ReportNames) -> str:
    """The topic about another State, where a question names one and nothing else: "And Mauritius?"; else ""."""
    asked = find_states_in_any_case(question)
    if len(asked) != 1 or _names_more(question, asked[0]):
        return ""
    code, start, end = asked[0]
    bare = question[start:end].removeprefix("و")
    named = bare if find_state_code(bare) else question[start:end]
    is_reported = names.has_state(code)
    for there, begins, ends in find_states_in_any_case(topic):
        if names.has_state(there) is is_reported:
            return f"{topic[:begins]}{named}{topic[ends:]}"
    return _join_topic(topic, named)


def _names_more(question: str, state: tuple[str, int, int]) -> bool:
    """Whether more than the State is asked for."""
    _, start, end = state
    rest = f"{question[:start]} {question[end:]}"
    flat = fold_question(rest)
    if len(rest.split()) > _FEW or any(map(str.isdigit, rest)) or says(flat, "report_noun", *ASKING):
        return True
    return not content_words(rest).isdisjoint(subject_words(flat))


def _rewrite(question: str, follow_up: FollowUp, conversation: Conversation) -> ResolvedQuestion:
    last = conversation.turns[-1]
    answered = next((turn for turn in reversed(conversation.turns) if turn.shown and turn.answered), None)
    shown = last if last.shown and last.answered else answered
    match follow_up.form:
        case FollowUpForm.BACK:
            return ResolvedQuestion(_find_earlier_question(follow_up, conversation) or follow_up.words or question)
        case FollowUpForm.CORRECTION:
            return ResolvedQuestion(_ask_anew(last.topic, follow_up.words))
        case FollowUpForm.YES | FollowUpForm.REST if last.shown and not last.answered:
            return ResolvedQuestion(" ".join(last.ids))
        case FollowUpForm.YES | FollowUpForm.REST if last.more or follow_up.form is FollowUpForm.REST:
            return ResolvedQuestion(_ask_for_all(last))
        case FollowUpForm.WHY | FollowUpForm.ABOUT_IT if last.pinned:
            return ResolvedQuestion(f"{question} {' '.join(last.ids)}")
        case FollowUpForm.WHY:
            return ResolvedQuestion(f"{question} {last.topic}")
        case FollowUpForm.MARKED:
            return ResolvedQuestion(_insert_ids(follow_up, conversation))
        case FollowUpForm.SHOWN if shown and len(shown.shown) <= MAX_REFERENTS:
            return ResolvedQuestion(f"{question} {' '.join(shown.ids)}")
        case FollowUpForm.SHOWN:
            return ResolvedQuestion(_join_topic(last.topic, question))
        case FollowUpForm.NARROWED:
            return ResolvedQuestion(_join_topic(last.topic, follow_up.words), _ask_anew(last.topic, follow_up.bare))
        case FollowUpForm.REPLACED:
            anew = _ask_anew(last.topic, follow_up.words)
            return ResolvedQuestion(_join_topic(last.topic, follow_up.words), anew, joined_first=last.narrowed)
        case FollowUpForm.ABOUT_IT:
            return ResolvedQuestion(_join_topic(last.topic, follow_up.words), follow_up.words, demanded=True)
    return ResolvedQuestion(follow_up.words or question)


def _find_earlier_question(follow_up: FollowUp, conversation: Conversation) -> str:
    """Finds the earlier question that is asked for again, by its number or by shared content words; "" for none."""
    past = conversation.turns
    if follow_up.references:
        mark = follow_up.references[0].mark
        turn = conversation.turn(mark) if mark != LAST_MARK else past[-1]
        return turn.searched if turn else ""
    if follow_up.previous:
        return past[-2 if len(past) > 1 else -1].searched
    asked = content_words(follow_up.words)
    best, at = max((len(asked & content_words(turn.searched)), at) for at, turn in enumerate(past))
    return past[at].searched if best else ""


def _insert_ids(follow_up: FollowUp, conversation: Conversation) -> str:
    """Replaces references ("the second one") by passage ids; an unknown one makes the whole question its bare mark."""
    turn = next((turn for turn in reversed(conversation.turns) if turn.shown), None)
    marks = dict(turn.shown) if turn else {}
    text = follow_up.words
    for reference in reversed(follow_up.references):
        passage_id = marks.get(reference.mark if reference.mark != LAST_MARK else max(marks, default=0))
        if passage_id is None:
            return f"[{reference.mark}]"
        text = " ".join((text[: reference.start].rstrip(), passage_id, text[reference.end :].lstrip()))
    return text.strip()


def _ask_for_all(turn: Turn) -> str:
    """Rewrites the topic as a question for all recommendations on it."""
    if _asks_for_all(turn.topic):
        return turn.topic
    return _LIST_ALL.get(choose_answer_language(turn.topic, turn.language).code, _LIST_ALL["en"]).format(turn.topic)


def _asks_for_all(question: str) -> bool:
    flat = fold_question(question)
    return any(pattern.search(flat) for pattern in patterns.ASKING_FOR_ALL)


def _join_topic(topic: str, words: str) -> str:
    """Appends words to the topic, before its closing punctuation.

    >>> _join_topic("¿Qué se recomendó sobre la detención?", "para las mujeres")
    '¿Qué se recomendó sobre la detención, para las mujeres?'
    """
    return f"{_strip_punctuation(topic)}, {_strip_punctuation(words)}{topic[len(_strip_punctuation(topic)) :].strip()}"


def _strip_punctuation(question: str) -> str:
    return question.rstrip(" ?.!؟")


def _ask_anew(topic: str, words: str) -> str:
    """Asks for another subject in the topic's wording where that is a list request; else returns the words as they are.

    >>> _ask_anew("List all recommendations on circular migration", "return migration")
    'List all recommendations on return migration'
    >>> _ask_anew("What was recommended on circular migration?", "return migration")
    'return migration'
    """
    opening = FOLLOW_UPS["list_opening"].match(fold_question(topic)) if _asks_for_all(topic) else None
    if opening is None or FOLLOW_UPS["interrogative"].match(fold_question(words)):
        return words
    language = choose_answer_language(topic, None).code
    if choose_answer_language(words, language).code != language:
        return words
    return f"{normalize_text(topic)[: opening.end()]}{words}"
