"""Adds a chat model's sentences, or translations, to an answer of quotes, each verified before it is shown.

The model can only add. It may be slow, dead, hostile or wrong: what it costs is its time-out, and what it
writes that fails verification is counted and not shown. Where too little is left, the quotes are the answer.
"""

import logging
import re
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from retrieval.answer.templates import AnswerTemplates, templates_for
from retrieval.generation import prompts
from retrieval.generation.chat_model import ChatModel, Prices, Usage
from retrieval.generation.errors import ChatFailed, FailureKind
from retrieval.results import Answer, Citation, Layer, Statement, Status, Translation, Writing
from retrieval.text.sentence_stream import SentenceStream
from retrieval.verification.modality import is_supported_language
from retrieval.verification.verifier import RejectionReason, Verifier

log = logging.getLogger("relatoria")

VerifierFactory = Callable[[Sequence[Citation], str], Verifier]  # passages and language

MAX_SENTENCES = 20  # that are read of one answer
DEFAULT_PROMPT_CHARACTERS = 24_000  # of messages, where nobody says how much a model can read
CHARACTERS_PER_TOKEN = 3  # characters of a token, at the least, in the languages we know
MIN_KEPT_SHARE = 1 / 3  # of its sentences that must be let through, or the quotes stand alone
_TRANSLATION_LINE = re.compile(r"^[^\S\n]*\[(\d{1,4})\]\s*(\S.*)$", re.MULTILINE)
_FALLBACK = "en"


@dataclass(slots=True)
class _Tally:
    """The sentences so far: kept, dropped by reason, and the problem that ended them."""

    kept: list[Statement]
    dropped: Counter[str]
    problem: str = ""

    @property
    def is_enough(self) -> bool:
        finished = len(self.kept) + sum(self.dropped.values())
        return bool(self.kept) and len(self.kept) >= MIN_KEPT_SHARE * finished


def write(
    answer: Answer,
    model: ChatModel,
    proving: VerifierFactory,
    *,
    prices: Prices | None = None,
    stop: threading.Event | None = None,
) -> Generator[Answer, None, None]:
    """Yield the answer with one more verified sentence each time, and at the end with the counts of all.

    ``answer`` holds its evidence already; to one without quotes nothing is added, nor once ``stop`` is set.
    """
    evidence = collect_quotes(answer)
    if answer.status is not Status.ANSWERED or not evidence:
        return
    language = answer.language if is_supported_language(answer.language) else _FALLBACK
    _, frames = templates_for(answer.language)
    given = select_fitting(answer.searched, evidence, language, model)
    stop = stop or threading.Event()
    count, usage = _Tally([], Counter()), Usage()
    while given:
        prover = cache(partial(proving, given, language))  # made ready when there is something to prove
        reply = model.stream(prompts.build_answer_prompt(answer.searched, given, language), stop=stop)
        try:
            for _ in _verify_stream(reply, prover, count):
                yield _partial_answer(answer, count, frames, model)
            if reply.cut:
                count.problem = "Its answer was longer than is read."
            break
        except ChatFailed as error:
            if error.kind is FailureKind.CONTEXT_OVERFLOW and len(given) > 1 and not count.kept:
                given = given[: len(given) // 2]
                continue
            count.problem = str(error)
            break
        finally:
            usage = usage + reply.usage
            reply.close()
    if stop.is_set():
        return
    if not given:
        count.problem = "No passage fits into what the model can read at once."
    writing = Writing(
        model.name,
        given=len(given),
        left_out=len(evidence) - len(given),
        kept=len(count.kept),
        dropped=dict(count.dropped),
        problem=count.problem,
        attempts=usage.attempts,
        seconds=round(usage.seconds, 3),
        tokens_in=usage.tokens_in,
        tokens_out=usage.tokens_out,
        cost=prices.cost(usage) if prices else None,
    )
    if not count.is_enough:
        writing = replace(writing, kept=0)
    yield _final_answer(answer, count, writing, frames, model)


def translate(
    answer: Answer,
    model: ChatModel,
    proving: VerifierFactory,
    *,
    prices: Prices | None = None,
    stop: threading.Event | None = None,
) -> Answer:
    """Add verified translations of the quotes that are in another language than the answer.

    The call's usage is added to that of the writing.
    """
    foreign = [quote for quote in collect_quotes(answer) if quote.passage.language != answer.language]
    given = select_fitting("", foreign, answer.language, model)
    if not given or not is_supported_language(answer.language):
        return answer
    prover = proving(given, answer.language)
    reply = model.stream(prompts.build_translation_prompt(given, answer.language), stop=stop or threading.Event())
    try:
        text = "".join(reply)
    except ChatFailed as error:
        log.warning("No translations: %s", error)
        return replace(answer, writing=_add_usage(answer.writing, reply.usage, prices, str(error)))
    by_mark = {citation.mark: citation for citation in given}
    made: dict[int, Translation] = {}
    dropped: Counter[str] = Counter()
    for number, words in _TRANSLATION_LINE.findall(text):
        if (number := int(number)) in by_mark and number not in made:
            reason = prover.check_translation(words, number)
            if reason:
                log.info("A translation is not shown (%s): %s", reason, words[:200])
                dropped[f"translation: {reason}"] += 1
            else:
                made[number] = Translation(number, " ".join(words.split()), answer.language)
    return replace(
        answer,
        translations=tuple(made[number] for number in sorted(made)),
        writing=_add_usage(answer.writing, reply.usage, prices),
        dropped=dict(Counter(answer.dropped) + dropped),
    )


def collect_quotes(answer: Answer) -> list[Citation]:
    """Collect the quotes of an answer, each once, in the order of their marks."""
    shown = [
        citation
        for statement in (*answer.statements, *answer.borderline)
        if statement.layer is Layer.QUOTE
        for citation in statement.citations
    ]
    return sorted({citation.mark: citation for citation in shown}.values(), key=lambda citation: citation.mark)


def select_fitting(question: str, evidence: Sequence[Citation], language: str, model: ChatModel) -> list[Citation]:
    """Select the passages that fit into the model's context window, each whole, the first ones first."""
    room = DEFAULT_PROMPT_CHARACTERS if model.context is None else max(model.context * CHARACTERS_PER_TOKEN // 2, 0)
    given: list[Citation] = []
    for citation in evidence:
        messages = prompts.build_answer_prompt(question, [*given, citation], language)
        if sum(len(text) for _, text in messages) <= room:
            given.append(citation)
    return given


def _verify_stream(pieces: Iterator[str], prover: Callable[[], Verifier], count: _Tally) -> Iterator[Statement]:
    """Yield the verified sentences of a stream as each is complete; count the others."""
    splitter = SentenceStream()
    said: set[str] = set()
    leaned_on = True  # whether the sentence before is there to be leaned on

    def judged(sentence: str) -> Statement | None:
        nonlocal leaned_on
        key = re.sub(r"\W+", " ", sentence).strip().lower()
        if key in said:
            count.dropped[RejectionReason.REPEATED] += 1
            return None
        said.add(key)
        found = (
            RejectionReason.ANAPHORIC
            if not leaned_on and prover().is_anaphoric(sentence)
            else _verify(prover(), sentence)
        )
        leaned_on = isinstance(found, Statement)
        if isinstance(found, Statement):
            count.kept.append(found)
            return found
        count.dropped[found] += 1
        log.info("A sentence is not shown (%s): %s", found, sentence[:200])
        return None

    def finished() -> Iterator[str]:
        for piece in pieces:
            yield from splitter.feed(piece)
        yield from splitter.close()

    for number, sentence in enumerate(finished(), start=1):
        if shown := judged(sentence):
            yield shown
        if number == MAX_SENTENCES:
            count.problem = f"Only its first {MAX_SENTENCES} sentences were read."
            return


def _verify(prover: Verifier, sentence: str) -> Statement | RejectionReason:
    """Verify a sentence; an exception of the verifier rejects it too."""
    try:
        return prover.verify_sentence(sentence)
    except Exception:
        log.exception("The proof of a sentence failed: %s", sentence[:200])
        return RejectionReason.VERIFIER_FAILED


def _partial_answer(answer: Answer, count: _Tally, frames: AnswerTemplates, model: ChatModel) -> Answer:
    """The answer with the sentences kept so far."""
    intro = Statement(frames.written.format(model=model.name))
    return replace(answer, statements=(*answer.statements, intro, *count.kept))


def _final_answer(answer: Answer, count: _Tally, writing: Writing, frames: AnswerTemplates, model: ChatModel) -> Answer:
    """The final answer: with its sentences, or with why there are none."""
    if count.is_enough:
        more = _partial_answer(answer, count, frames, model).statements
    elif count.problem:
        more = (*answer.statements, Statement(frames.model_failed.format(problem=count.problem)))
    else:
        more = (*answer.statements, Statement(frames.unwritten))
    provenance = replace(answer.provenance, chat_model=model.name) if answer.provenance else None
    dropped = Counter(answer.dropped) + count.dropped
    return replace(answer, statements=more, writing=writing, dropped=dict(dropped), provenance=provenance)


def _add_usage(writing: Writing | None, usage: Usage, prices: Prices | None, problem: str = "") -> Writing | None:
    """Add another call's usage to that of the writing."""
    if writing is None:
        return None
    whole = Usage(writing.attempts, writing.seconds, writing.tokens_in, writing.tokens_out) + usage
    return replace(
        writing,
        problem=writing.problem or problem,
        attempts=whole.attempts,
        seconds=round(whole.seconds, 3),
        tokens_in=whole.tokens_in,
        tokens_out=whole.tokens_out,
        cost=prices.cost(whole) if prices else None,
    )
