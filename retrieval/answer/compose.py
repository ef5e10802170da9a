"""Composes an Answer from a SearchResult: verified verbatim quotes, in our own sentences, or a refusal."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from ingest.report import ACTS, DAMAGED_TEXT, NO_TEXT, Passage, Report
from retrieval.answer.highlights import Highlighter, highlight_nothing
from retrieval.answer.record_facts import compose_catalogue_fact, compose_record_facts
from retrieval.answer.selection import (
    CompleteAnswer,
    drop_same_wording,
    group_by_section,
    lacks_asked_thing,
    merge_parts,
    select_answering,
    select_beside,
    select_complete,
    select_related,
)
from retrieval.answer.templates import AnswerTemplates, join_names, render_opening, templates_for
from retrieval.index.filters import name_matches
from retrieval.index.short_names import LONG_TITLE
from retrieval.query.cursor import fold_question
from retrieval.query.intents import Attribute
from retrieval.query.patterns import says
from retrieval.results import Answer, Citation, ExactMatch, Hit, Statement, Status
from retrieval.search.search import SearchResult
from retrieval.verification.quotes import escape_marks, find_citation_fault, quote_statement, verify_quotes

ReportLookup = Callable[[str], Report | None]

MAX_QUOTES = 5  # quotes in one answer
MIN_COMPARED, MAX_COMPARED = 2, 6  # reports or authors side by side
MAX_NEAREST = 3  # named with a refusal
MAX_WHOLE_SET = 8  # quoted where the conditions of a question leave no more, and none seems to be on its subject
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
    short_names: Mapping[str, str]  # of reports, by id

    def name_reports(self, report_ids: Iterable[str]) -> str:
        """Names up to three reports by their titles, those with long ones by their short names, more by their count."""
        ids = sorted(set(report_ids))
        reports = [self.source(id_) for id_ in ids] if len(ids) <= MAX_TITLES else []
        known = [(report.metadata.title or report.id, report.id) for report in reports if report]
        names = (self.short_names.get(id_, title) if len(title) > LONG_TITLE else title for title, id_ in known)
        titles = [f"«{escape_marks(name)}»" for name in names]
        if not titles or len(titles) < len(ids):
            return self.templates.count_reports(len(ids))
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
    short_names: Mapping[str, str] = MappingProxyType({}),
) -> Answer:
    """Composes the answer to a searched question; every quote is verified against ``source``.

    ``source`` looks up a report as stored, by id; ``asked`` are the ids of the reports asked, named
    in the opening sentence; ``language`` is that of our sentences, English where there are no
    templates for it; ``highlighter`` highlights the sentences of a quote that answer; ``short_names``
    are of reports by id, for those whose titles are long.
    """
    spoken, templates = templates_for(language)
    composer = Composer(source, asked, templates, highlighter, short_names)
    answer = Answer(result.question, result.question, spoken, Status.NOT_UNDERSTOOD, (), hits=result.hits)
    answer = _answer(answer, result, composer)
    if result.query.dropped and answer.status is Status.ANSWERED:
        values = join_names([f"«{escape_marks(value)}»" for value in result.query.dropped], templates)
        left_out = Statement(templates.dropped.format(values=values))
        answer = replace(answer, statements=(left_out, *answer.statements))
    query = result.query
    counts = query.is_exhaustive and not (query.numbers or query.ids)
    if answer.status is Status.NOTHING_FOUND or (counts and answer.status is Status.ANSWERED):
        answer = replace(answer, statements=(*_name_unread_pages(answer, composer), *answer.statements))
    return answer


def _name_unread_pages(answer: Answer, composer: Composer) -> Iterator[Statement]:
    """Says which pages of the few reports asked, else of those cited, have no text or a damaged one."""
    cited = [citation.passage.report_id for citation in answer.citations]
    counted = composer.asked if len(composer.asked) <= MAX_TITLES else dict.fromkeys(cited)
    reports = list(filter(None, map(composer.source, counted)))
    for kind, template in ((NO_TEXT, composer.templates.unread), (DAMAGED_TEXT, composer.templates.damaged)):
        named: list[str] = []
        for report in reports:
            pages = [warning.page for warning in report.metadata.warnings if warning.page and warning.kind == kind]
            if pages:
                title = escape_marks(report.metadata.title or report.id)
                named.append(f"«{title}», {composer.templates.page} {report.label_pages(pages)}")
        if named:
            yield Statement(template.format(pages="; ".join(named)))


def _answer(answer: Answer, result: SearchResult, composer: Composer) -> Answer:  # noqa: PLR0911
    """Takes the first way of answering that the question and its hits allow."""
    templates, source = composer.templates, composer.source
    if result.query.greets:
        greeting = templates.greeting.format(reports=composer.name_reports(composer.asked))
        return replace(answer, status=Status.GREETING, statements=(Statement(greeting),))
    if not _has_words(result.question) and not any(hit.exact for hit in result.hits):
        return replace(answer, statements=(Statement(templates.not_understood),))
    if result.missing:
        return _refuse(answer, result, composer)
    if result.query.attribute and result.query.attribute.of_report:
        return _answer_with_report_fact(answer, result, result.query.attribute, composer)
    if result.query.compares and (compared := _compare(answer, result, composer)):
        return compared
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


def _compare(answer: Answer, result: SearchResult, composer: Composer) -> Answer | None:
    """Answers for each author, or from each report, by itself; None where there are not several to compare."""
    groups: dict[str, list[Hit]] = {}
    if len(result.query.filter.by) > 1:
        for name in result.query.filter.by:
            groups[f"«{escape_marks(name)}»"] = [
                hit for hit in result.hits if any(name_matches(name, it) for it in hit.passage.by)
            ]
    else:
        named = result.where.reports or result.query.filter.reports
        for report in named or dict.fromkeys(hit.passage.report_id for hit in select_answering(result)):
            its = [hit for hit in result.hits if hit.passage.report_id == report]
            groups[composer.name_reports([report])] = its
    if not MIN_COMPARED <= len(groups) <= MAX_COMPARED:
        return None
    statements: list[Statement] = []
    dropped: dict[str, int] = {}
    cited = 0
    for name, its in groups.items():
        shown = merge_parts(select_beside(replace(result, hits=tuple(its))))
        proved = verify_quotes(
            composer.quote_passages([hit.passage for hit in shown], first=cited + 1), composer.source
        )
        dropped |= dict(proved.dropped)
        cited += len(proved.statements)
        said = composer.templates.one_passage if proved.statements else composer.templates.nothing_found
        statements += (Statement(said.format(reports=name)), *proved.statements)
    if not cited:
        return None
    counted = replace(answer, status=Status.ANSWERED, statements=tuple(statements), dropped=dropped)
    return replace(counted, total_searched=result.total_searched)


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
    """Quotes what comes near, as what it is, or says that there is nothing, or no such record."""
    templates, reports = composer.templates, composer.name_reports(composer.asked)
    best = max((hit.score.late for hit in result.hits), default=0.0)
    in_scope = result.calibration.scope_threshold if result.calibration else 1.0
    near = [hit.passage for hit in result.hits if hit.passage.kind in ACTS][:MAX_NEAREST]
    if result.missing:
        status, sentence = Status.NOTHING_FOUND, templates.no_such_record
    elif result.query.filter.by and not result.hits and _asks_by_author_alone(result):
        status, sentence = Status.NOTHING_FOUND, templates.no_author
    elif related := _find_related(result):
        proved = verify_quotes(composer.quote_passages(related), composer.source)
        if proved.statements:
            lacks = lacks_asked_thing(result, related[0])
            said = Statement((templates.unstated_thing if lacks else templates.related).format(reports=reports))
            beside = [passage for passage in near if passage not in related][: MAX_NEAREST - len(related)]
            answer = replace(answer, nearest=_prove_nearest(beside, len(related) + 1, composer))
            return replace(
                answer, status=Status.RELATED, statements=(said, *proved.statements), dropped=dict(proved.dropped)
            )
        status, sentence = Status.NOTHING_FOUND, templates.nothing_found
    elif result.where or result.query.filter or best >= in_scope or says(fold_question(result.question), "recommends"):
        status, sentence = Status.NOTHING_FOUND, templates.nothing_found
    else:
        status, sentence = Status.OUT_OF_SCOPE, templates.out_of_scope
    names = escape_marks(join_names(result.query.filter.by, templates)) if result.query.filter.by else ""
    statement = Statement(sentence.format(reports=reports, names=names))
    return replace(answer, status=status, statements=(statement,), nearest=_prove_nearest(near, 1, composer))


def _find_related(result: SearchResult) -> list[Passage]:
    """The passages that come nearest; where the question's conditions leave few recommendations, all of these."""
    narrowed = replace(result.query.filter, reports=(), recommends=False)
    whole = merge_parts(hit for hit in result.hits if hit.passage.recommends) if narrowed else []
    if 0 < len(whole) <= MAX_WHOLE_SET:
        return sorted((hit.passage for hit in whole), key=lambda it: (it.report_id, it.start))
    return [hit.passage for hit in drop_same_wording(merge_parts(select_related(result)))][:MAX_NEAREST]


def _asks_by_author_alone(result: SearchResult) -> bool:
    """Whether the author alone leaves nothing of the reports asked."""
    query = result.query
    others = replace(query.filter, by=(), reports=(), recommends=False) or replace(result.where, reports=())
    return not (others or query.excluded or query.absent or query.places)


def _prove_nearest(passages: Sequence[Passage], first: int, composer: Composer) -> tuple[Citation, ...]:
    citations = [Citation.whole(mark, passage) for mark, passage in enumerate(passages, start=first)]
    return tuple(it for it in citations if find_citation_fault(it, composer.source(it.passage.report_id)) is None)


def _has_words(question: str) -> bool:
    """Whether there is something to search for: two letters together, or one of a script without spaces."""
    return bool(_WORD.search(question)) or any(ord(c) >= _WITHOUT_SPACES and c.isalpha() for c in question)
