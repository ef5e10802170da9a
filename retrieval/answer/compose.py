"""Composes an Answer from a SearchResult: verified verbatim quotes, in our own sentences, or a refusal."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.report import ACTS, Passage, Report
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
    templates: AnswerTemplates
    highlighter: Highlighter

    def name_reports(self, report_ids: Iterable[str]) -> str:
        """Names up to three reports by their titles, more by their count."""
        ids = sorted(set(report_ids))
        reports = [self.source(id_) for id_ in ids] if len(ids) <= MAX_TITLES else []
        titles = [f"«{escape_marks(report.metadata.title or report.id)}»" for report in reports if report]
        if not titles or len(titles) < len(ids):
            return self.templates.reports.format(count=len(ids))
        return join_names(titles, self.templates)

    def quote_passages(self, passages: Sequence[Passage], first: int = 1) -> list[Statement]:
        """Quotes the passages whole, with marks from ``first`` on, and highlights the sentences that answer."""
        highlights = self.highlighter(passages)
        return [
            quote_statement(replace(Citation.whole(mark, passage), highlights=spans))
            for mark, (passage, spans) in enumerate(zip(passages, highlights, strict=True), start=first)
        ]


def compose(
    result: SearchResult,
    *,
    source: ReportLookup,
    asked: Sequence[str],
    language: str,
    highlighter: Highlighter = highlight_nothing,
) -> Answer:
    """Composes the answer to a searched question; every quote is verified against ``source``.

    ``source`` looks up a report as stored, by id; ``asked`` are the ids of the reports asked, named
    in the opening sentence; ``language`` is that of our sentences, English where there are no
    templates for it; ``highlighter`` highlights the sentences of a quote that answer.
    """
    spoken, templates = templates_for(language)
    composer = Composer(source, asked, templates, highlighter)
    answer = Answer(result.question, result.question, spoken, Status.NOT_UNDERSTOOD, (), hits=result.hits)
    if not _has_words(result.question) and not any(hit.exact for hit in result.hits):
        return replace(answer, statements=(Statement(templates.not_understood),))
    if result.missing:
        return _refuse(answer, result, composer)
    if result.query.attribute and result.query.attribute.of_report:
        return _answer_with_report_fact(answer, result, result.query.attribute, composer)
    whole = select_complete(result)
    matching = list(whole.clear) if whole else select_answering(result)
    if not matching:
        return _refuse(answer, result, composer)
    shown = matching if whole else matching[:MAX_QUOTES]
    borderline = group_by_section(whole.borderline) if whole else []
    quotes = composer.quote_passages([hit.passage for hit in group_by_section(shown)])
    near = composer.quote_passages([hit.passage for hit in borderline], first=len(quotes) + 1)
    proved, beside = verify_quotes(quotes, source), verify_quotes(near, source)
    dropped = dict(proved.dropped + beside.dropped)
    if not proved.statements:
        return replace(answer, status=Status.FAILED, statements=(Statement(templates.unproved),), dropped=dropped)
    total = CompleteAnswer(tuple(matching), ()).total
    records: tuple[Statement, ...] = ()
    cited = [statement.citations[0] for statement in proved.statements]
    if result.query.attribute:
        records = verify_quotes(compose_record_facts(result.query.attribute, cited, templates), source).statements
    opening = _compose_opening(result, [citation.passage for citation in cited], total, composer)
    return replace(
        answer,
        status=Status.ANSWERED,
        statements=(*records, Statement(opening), *proved.statements),
        borderline=(Statement(templates.borderline), *beside.statements) if beside.statements else (),
        total=total,
        total_searched=result.total_searched,
        dropped=dropped,
    )


def _compose_opening(result: SearchResult, passages: Sequence[Passage], total: int, composer: Composer) -> str:
    """Renders the opening sentence: "N of M" where the filter alone is the question, else how many answer."""
    templates = composer.templates
    cited = composer.name_reports(passage.report_id for passage in passages)
    named = any(hit.exact in (ExactMatch.RECORD, ExactMatch.PHRASE) for hit in result.hits)
    counted = bool(result.total_searched) and all(passage.recommends for passage in passages)
    if result.query.is_exhaustive and not result.query.subject and not named and counted:
        return templates.all_recommendations.format(total=total, of=result.total_searched, reports=cited)
    asked = composer.name_reports(composer.asked)
    narrowed = replace(result.query.filter.with_defaults(result.where), reports=(), recommends=False)
    if narrowed and result.query.subject:
        asked, cited = (templates.filtered.format(reports=reports) for reports in (asked, cited))
    return render_opening(templates, passages, total=total, of=result.total_searched, asked=asked, cited=cited)


def _answer_with_report_fact(answer: Answer, result: SearchResult, attribute: Attribute, composer: Composer) -> Answer:
    """Answers with a fact of the report: quoted from its text, or its catalogue entry above a quote of its title."""
    hit = result.hits[0]
    name = composer.name_reports([hit.passage.report_id])
    proved = verify_quotes(composer.quote_passages([hit.passage]), composer.source)
    report = composer.source(hit.passage.report_id)
    if report is None or not proved.statements:
        failed = (Statement(composer.templates.unproved),)
        return replace(answer, status=Status.FAILED, statements=failed, dropped=dict(proved.dropped))
    states_it = hit.passage.id.endswith(f"#{attribute}")
    stated = Statement(composer.templates.fact.format(reports=name))
    first = stated if states_it else compose_catalogue_fact(attribute, report, name, composer.templates)
    answer = replace(answer, status=Status.ANSWERED, total_searched=result.total_searched)
    return replace(answer, statements=(first, *proved.statements))


def _refuse(answer: Answer, result: SearchResult, composer: Composer) -> Answer:
    templates = composer.templates
    best = max((hit.score.late for hit in result.hits), default=0.0)
    in_scope = result.calibration.scope_threshold if result.calibration else 1.0
    narrowed = result.missing or bool(result.where or result.query.filter)
    status = Status.NOTHING_FOUND if narrowed or best >= in_scope else Status.OUT_OF_SCOPE
    missing = templates.no_such_record if result.missing else templates.nothing_found
    sentence = missing if status is Status.NOTHING_FOUND else templates.out_of_scope
    statement = Statement(sentence.format(reports=composer.name_reports(composer.asked)))
    near = [hit.passage for hit in result.hits if hit.passage.kind in ACTS][:MAX_NEAREST]
    citations = [Citation.whole(mark, passage) for mark, passage in enumerate(near, start=1)]
    nearest = tuple(it for it in citations if find_citation_fault(it, composer.source(it.passage.report_id)) is None)
    return replace(answer, status=status, statements=(statement,), nearest=nearest)


def _has_words(question: str) -> bool:
    """Whether there is something to search for: two letters together, or one of a script without spaces."""
    return bool(_WORD.search(question)) or any(ord(c) >= _WITHOUT_SPACES and c.isalpha() for c in question)
