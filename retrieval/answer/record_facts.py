"""Composes the sentences that state an attribute of the quoted records: by whom, to whom, how strongly.

The words are slices of the report and are verified as such. What no passage states is said not to be
stated; what is known of a report from its catalogue entry only is said to come from there.
"""

from collections.abc import Sequence
from itertools import chain

from ingest.report import Metadata, Passage, Report, normalize_for_display
from retrieval.answer.templates import AnswerTemplates
from retrieval.query.intents import Attribute
from retrieval.results import Citation, Layer, Statement
from retrieval.verification.quotes import escape_marks, find_citations, format_mark


def compose_record_facts(
    attribute: Attribute, quotes: Sequence[Citation], templates: AnswerTemplates
) -> tuple[Statement, ...]:
    """Composes a RECORD statement of the attribute asked for, and a second one for passages that do not state it.

    Records whose words do not stand in the passage itself are left out.
    """
    asking = [quote for quote in quotes if quote.passage.recommends]
    silent = [quote for quote in asking if not _attribute_words(attribute, quote.passage)]
    stating = [quote for quote in asking if quote not in silent]
    slices = {quote.mark: _cite_words(quote, _attribute_words(attribute, quote.passage)) for quote in stating}
    shown = [quote for quote in stating if slices[quote.mark]]
    said: list[Statement] = []
    if shown:
        by_strength = attribute is Attribute.STRENGTH
        words = _render_by_strength(shown, slices, templates) if by_strength else _render_wordings(slices)
        citations = tuple(chain.from_iterable(slices.values()))
        said.append(Statement(templates.stated[attribute].format(words=words), citations, Layer.RECORD))
    parts = [quote for quote in silent if quote.passage.parent_id and attribute is not Attribute.STRENGTH]
    if silent and not parts and len(shown) == len(stating):  # of a part its recommendation may state it
        said.append(Statement((templates.rest if shown else templates.unstated)[attribute]))
    return tuple(said)


def compose_catalogue_fact(attribute: Attribute, report: Report, name: str, templates: AnswerTemplates) -> Statement:
    """Composes the statement of a report's catalogue value (its metadata), or that there is none."""
    value = escape_marks(_metadata_value(attribute, report.metadata))
    template = templates.catalogue if value else templates.uncatalogued
    return Statement(template.format(name=templates.facts[attribute], value=value, reports=name))


def _metadata_value(attribute: Attribute, known: Metadata) -> str:
    if attribute is Attribute.DATE:
        return known.date or str(known.year or "")
    return str(getattr(known, attribute))


def _attribute_words(attribute: Attribute, passage: Passage) -> tuple[str, ...]:
    return {
        Attribute.BY: passage.by,
        Attribute.TO: passage.addressees,
        Attribute.STRENGTH: passage.strength_words,
    }[attribute]


def _cite_words(citation: Citation, words: Sequence[str]) -> list[Citation]:
    """Cites the words as slices of the quote, under its mark; not those that contain « », or citation marks."""
    found: list[Citation] = []
    for name in dict.fromkeys(words):
        full, _, short = name.removesuffix(")").partition(" (")  # either stands in the text
        word = next(filter(citation.quote.__contains__, (name, full, short or name)), name)
        at = citation.quote.find(word)
        if at >= 0 and normalize_for_display(word) and not (set("«»") & set(word) or find_citations(word)):
            start = citation.start + at
            found.append(Citation(citation.mark, citation.passage, word, start, start + len(word)))
    return found


def _render_wordings(slices: dict[int, list[Citation]]) -> str:
    """Renders each wording once, with all its marks: "«gobiernos» [1] [2]; «países» [3]"."""
    marks: dict[str, list[str]] = {}
    for citation in chain.from_iterable(slices.values()):
        marks.setdefault(normalize_for_display(citation.quote), []).append(format_mark(citation.mark))
    return "; ".join(f"«{words}» {' '.join(some)}" for words, some in marks.items())


def _render_by_strength(
    quotes: Sequence[Citation], slices: dict[int, list[Citation]], templates: AnswerTemplates
) -> str:
    """Renders the wordings grouped by strength, the strongest first."""
    groups: list[str] = []
    for strength, name in templates.strengths.items():
        some = {quote.mark: slices[quote.mark] for quote in quotes if quote.passage.strength is strength}
        if some:
            groups.append(f"{name} ({_render_wordings(some)})")
    return ", ".join(groups)
