"""Answers without a chat model: which hits answer, and the answer as their verbatim words."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from ingest.report import Kind, Report
from retrieval.answer import Answer, Citation, Statement, Status
from retrieval.complete import Complete, clear_matches, complete, once
from retrieval.frames import Frames, frames_for, opening
from retrieval.named import Exact
from retrieval.proof import prove, quote_statement, refusal, unmarked
from retrieval.search import Found, Hit

Source = Callable[[str], Report | None]

SHOWN = 5  # quotes in one answer
NEAREST = 3  # named with a refusal
_WORD = re.compile(r"[^\W\d_]{2}")
_WITHOUT_SPACES = 0x2E80  # from here on a letter can be a word


def quote(found: Found, *, source: Source, asked: Sequence[str], language: str) -> Answer:
    """The answer to a searched question, every quote proved against ``source``.

    ``source`` gives a report as stored, by id; ``asked`` are the ids of the reports asked, for
    the sentence that says what they cover; ``language`` is the one the frame should be in, where
    we speak it.
    """
    spoken, frames = frames_for(language)
    answer = Answer(found.question, found.question, spoken, Status.NOT_UNDERSTOOD, (), hits=found.hits)
    if not _has_words(found.question) and not any(hit.exact for hit in found.hits):
        return replace(answer, statements=(Statement(frames.not_understood),))
    if found.missing:
        return _refuse(answer, found, frames, source, asked)
    if whole := complete(found):
        return _whole(answer, found, whole, frames, source)
    matching = answering(found)
    if not matching:
        return _refuse(answer, found, frames, source, asked)
    shown = matching[:SHOWN]
    total = Complete(tuple(matching), ()).total
    quotes = [quote_statement(Citation.whole(mark, hit.passage)) for mark, hit in enumerate(shown, start=1)]
    proved = prove(quotes, source)
    if not proved.statements:
        failed = Statement(frames.unproved)
        return replace(answer, status=Status.FAILED, statements=(failed,), dropped=dict(proved.dropped))
    passages = [one.citations[0].passage for one in proved.statements]
    cited = sorted({passage.report_id for passage in passages})
    first = Statement(opening(frames, passages, total, _name(cited, source, frames)))
    return replace(
        answer,
        status=Status.ANSWERED,
        statements=(first, *proved.statements),
        total=total,
        of=found.of,
        dropped=dict(proved.dropped),
    )


def _whole(answer: Answer, found: Found, whole: Complete, frames: Frames, source: Source) -> Answer:
    """Every clear match, and behind them those on the border; marks go on from one group to the other."""
    quotes = [
        quote_statement(Citation.whole(mark, hit.passage))
        for mark, hit in enumerate((*whole.clear, *whole.borderline), start=1)
    ]
    clear, near = prove(quotes[: len(whole.clear)], source), prove(quotes[len(whole.clear) :], source)
    dropped = dict(clear.dropped + near.dropped)
    if not clear.statements:
        return replace(answer, status=Status.FAILED, statements=(Statement(frames.unproved),), dropped=dropped)
    passages = [one.citations[0].passage for one in clear.statements]
    name = _name(sorted({passage.report_id for passage in passages}), source, frames)
    named = any(hit.exact in (Exact.RECORD, Exact.PHRASE) for hit in whole.clear)
    counted = not named and all(passage.recommends for passage in passages)
    counts = frames.all_recommendations.format(total=whole.total, of=found.of, reports=name)
    first = counts if counted and found.of else opening(frames, passages, whole.total, name)
    return replace(
        answer,
        status=Status.ANSWERED,
        statements=(Statement(first), *clear.statements),
        borderline=(Statement(frames.borderline), *near.statements) if near.statements else (),
        total=whole.total,
        of=found.of,
        dropped=dropped,
    )


def answering(found: Found) -> list[Hit]:
    """The hits that answer, best first: likely enough, not far behind the best, each thing said once.

    A fact about the report answers alone. Of a recommendation and its parts, the better stays; the
    recommendation, where several of its parts would.
    """
    best = found.hits[0] if found.hits else None
    if best is None or found.calibration is None or best.probability < found.calibration.answers:
        return []
    if best.passage.kind is Kind.FACT:
        return [best]
    return once(dict.fromkeys([best, *(hit for hit in clear_matches(found) if hit.passage.kind is not Kind.FACT)]))


def _name(report_ids: Sequence[str], source: Source, frames: Frames) -> str:
    """One report by its title, several by their count."""
    report = source(report_ids[0]) if len(report_ids) == 1 else None
    if report is None:
        return frames.reports.format(count=len(report_ids))
    return f"«{unmarked(report.metadata.title or report.id)}»"


def _refuse(answer: Answer, found: Found, frames: Frames, source: Source, asked: Sequence[str]) -> Answer:
    best = max((hit.score.late for hit in found.hits), default=0.0)
    in_scope = found.calibration.in_scope if found.calibration else 1.0
    narrowed = found.missing or bool(found.where or found.wanted.filter)
    status = Status.NOTHING_FOUND if narrowed or best >= in_scope else Status.OUT_OF_SCOPE
    missing = frames.no_such_record if found.missing else frames.nothing_found
    sentence = missing if status is Status.NOTHING_FOUND else frames.out_of_scope
    covers = _name(asked, source, frames)
    near = [hit.passage for hit in found.hits if hit.passage.kind is Kind.RECOMMENDATION][:NEAREST]
    nearest = [Citation.whole(mark, passage) for mark, passage in enumerate(near, start=1)]
    return replace(
        answer,
        status=status,
        statements=(Statement(sentence.format(reports=covers)),),
        nearest=tuple(one for one in nearest if refusal(one, source(one.passage.report_id)) is None),
    )


def _has_words(question: str) -> bool:
    """Whether there are two letters together, or one of a script that writes without spaces."""
    return bool(_WORD.search(question)) or any(ord(one) >= _WITHOUT_SPACES and one.isalpha() for one in question)
