"""Composes an Answer from a SearchResult: verified verbatim quotes, in our own sentences, or a refusal."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.report import Kind, Passage, Report
from retrieval.answer.highlights import Highlighter, highlight_nothing
from retrieval.answer.record_facts import compose_catalogue_fact, compose_record_facts
from retrieval.answer.selection import CompleteAnswer, group_by_section, select_answering, select_complete
from retrieval.answer.templates import AnswerTemplates, join_names, render_opening, templates_for
from retrieval.query.intents import Attribute
from retrieval.results import Answer, Citation, ExactMatch, Statement, Status
from retrieval.search.search import SearchResult
from retrieval.verification.quotes import escape_marks, find_citation_fault, quote_statement, verify_quotes

ReportLookup = Callable[[str], Report | None]

MAX_QUOTES = 5  # quotes in one answer
MAX_NEAREST = 3  # named with a refusal
MAX_TITLES = 3  # reports by their titles; more by their number
_WORD = re.compile(r"[^\W\d_]{2}")
_WITHOUT_SPACES = 0x2E80  # from here on a letter can be a word


@dataclass(frozen=True, slots=True)
class Composer:
    """What composing needs: report lookup, ids of the reports asked, templates of a language, sentence highlighter."""

    source: ReportLookup
    asked: Sequence[str]
    frames: AnswerTemplates
    highlighter: Highlighter

    def name_reports(self, report_ids: Iterable[str]) -> str:
        """Names up to three reports by their titles, more by their count."""
        ids = sorted(set(report_ids))
        reports = [self.source(id_) for id_ in ids] if len(ids) <= MAX_TITLES else []
        titles = [f"«{escape_marks(report.metadata.title or report.id)}»" for report in reports if report]
        if not titles or len(titles) < len(ids):
            return self.frames.reports.format(count=len(ids))
        return join_names(titles, self.frames)

    def quote_passages(self, passages: Sequence[Passage], first: int = 1) -> list[Statement]:
        """Quotes the passages whole, with marks from ``first`` on, and highlights the sentences that answer."""
        told = self.highlighter(passages)
        return [
            quote_statement(replace(Citation.whole(mark, passage), highlights=spans))
            for mark, (passage, spans) in enumerate(zip(passages, told, strict=True), start=first)
        ]


def compose(
    found: SearchResult,
    *,
    source: ReportLookup,
    asked: Sequence[str],
    language: str,
    telling: Highlighter = highlight_nothing,
) -> Answer:
    """Composes the answer to a searched question; every quote is verified against ``source``.

    ``source`` looks up a report as stored, by id; ``asked`` are the ids of the reports asked, named
    in the opening sentence; ``language`` is that of our sentences, English where there are no
    templates for it; ``telling`` highlights the sentences of a quote that answer.
    """
    spoken, frames = templates_for(language)
    using = Composer(source, asked, frames, telling)
    answer = Answer(found.question, found.question, spoken, Status.NOT_UNDERSTOOD, (), hits=found.hits)
    if not _has_words(found.question) and not any(hit.exact for hit in found.hits):
        return replace(answer, statements=(Statement(frames.not_understood),))
    if found.missing:
        return _refuse(answer, found, using)
    if found.wanted.attribute and found.wanted.attribute.of_report:
        return _answer_with_report_fact(answer, found, found.wanted.attribute, using)
    whole = select_complete(found)
    matching = list(whole.clear) if whole else select_answering(found)
    if not matching:
        return _refuse(answer, found, using)
    shown = matching if whole else matching[:MAX_QUOTES]
    borderline = group_by_section(whole.borderline) if whole else []
    quotes = using.quote_passages([hit.passage for hit in group_by_section(shown)])
    near = using.quote_passages([hit.passage for hit in borderline], first=len(quotes) + 1)
    proved, beside = verify_quotes(quotes, source), verify_quotes(near, source)
    dropped = dict(proved.dropped + beside.dropped)
    if not proved.statements:
        return replace(answer, status=Status.FAILED, statements=(Statement(frames.unproved),), dropped=dropped)
    total = CompleteAnswer(tuple(matching), ()).total
    records: tuple[Statement, ...] = ()
    if found.wanted.attribute:
        said = compose_record_facts(
            found.wanted.attribute, [statement.citations[0] for statement in proved.statements], frames
        )
        records = verify_quotes(said, source).statements
    first = Statement(
        _compose_opening(found, [statement.citations[0].passage for statement in proved.statements], total, using)
    )
    return replace(
        answer,
        status=Status.ANSWERED,
        statements=(*records, first, *proved.statements),
        borderline=(Statement(frames.borderline), *beside.statements) if beside.statements else (),
        total=total,
        total_searched=found.of,
        dropped=dropped,
    )


def _compose_opening(found: SearchResult, passages: Sequence[Passage], total: int, using: Composer) -> str:
    """Renders the opening sentence: "N of M" where the filter alone is the question, else how many answer."""
    frames = using.frames
    cited = using.name_reports(passage.report_id for passage in passages)
    named = any(hit.exact in (ExactMatch.RECORD, ExactMatch.PHRASE) for hit in found.hits)
    counted = bool(found.of) and all(passage.recommends for passage in passages)
    if found.wanted.is_exhaustive and not found.wanted.subject and not named and counted:
        return frames.all_recommendations.format(total=total, of=found.of, reports=cited)
    asked = using.name_reports(using.asked)
    narrowed = replace(found.wanted.filter.with_defaults(found.where), reports=(), recommends=False)
    if narrowed and found.wanted.subject:
        asked, cited = (frames.filtered.format(reports=one) for one in (asked, cited))
    return render_opening(frames, passages, total=total, of=found.of, asked=asked, cited=cited)


def _answer_with_report_fact(answer: Answer, found: SearchResult, attribute: Attribute, using: Composer) -> Answer:
    """Answers with a fact of the report: quoted from its text, or its catalogue entry above a quote of its title."""
    hit = found.hits[0]
    name = using.name_reports([hit.passage.report_id])
    proved = verify_quotes(using.quote_passages([hit.passage]), using.source)
    report = using.source(hit.passage.report_id)
    if report is None or not proved.statements:
        failed = (Statement(using.frames.unproved),)
        return replace(answer, status=Status.FAILED, statements=failed, dropped=dict(proved.dropped))
    states_it = hit.passage.id.endswith(f"#{attribute}")
    stated = Statement(using.frames.fact.format(reports=name))
    first = stated if states_it else compose_catalogue_fact(attribute, report, name, using.frames)
    return replace(answer, status=Status.ANSWERED, statements=(first, *proved.statements), total_searched=found.of)


def _refuse(answer: Answer, found: SearchResult, using: Composer) -> Answer:
    frames = using.frames
    best = max((hit.score.late for hit in found.hits), default=0.0)
    in_scope = found.calibration.scope_threshold if found.calibration else 1.0
    narrowed = found.missing or bool(found.where or found.wanted.filter)
    status = Status.NOTHING_FOUND if narrowed or best >= in_scope else Status.OUT_OF_SCOPE
    missing = frames.no_such_record if found.missing else frames.nothing_found
    sentence = missing if status is Status.NOTHING_FOUND else frames.out_of_scope
    near = [hit.passage for hit in found.hits if hit.passage.kind is Kind.RECOMMENDATION][:MAX_NEAREST]
    nearest = [Citation.whole(mark, passage) for mark, passage in enumerate(near, start=1)]
    return replace(
        answer,
        status=status,
        statements=(Statement(sentence.format(reports=using.name_reports(using.asked))),),
        nearest=tuple(one for one in nearest if find_citation_fault(one, using.source(one.passage.report_id)) is None),
    )


def _has_words(question: str) -> bool:
    """Whether there is something to search for: two letters together, or one of a script without spaces."""
    return bool(_WORD.search(question)) or any(ord(one) >= _WITHOUT_SPACES and one.isalpha() for one in question)
