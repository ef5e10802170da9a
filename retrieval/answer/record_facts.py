"""Composes the sentences that state an attribute of the quoted records: by whom, to whom, how strongly.

The words are slices of the report and are verified as such. What no passage states is said not to be
stated; what is known of a report from its catalogue entry only is said to come from there.
"""

from collections.abc import Sequence

from ingest.report import Metadata, Passage, Report, normalize_for_display
from retrieval.answer.templates import AnswerTemplates
from retrieval.query.intents import Attribute
from retrieval.results import Citation, Layer, Statement
from retrieval.verification.quotes import escape_marks, find_citations, format_mark

CitationsByWording = dict[str, list[Citation]]  # words for reading, to where they stand


def compose_record_facts(
    attribute: Attribute, quotes: Sequence[Citation], frames: AnswerTemplates
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
        words = (
            _render_by_strength(shown, slices, frames) if attribute is Attribute.STRENGTH else _render_wordings(slices)
        )
        citations = tuple(one for some in slices.values() for one in some)
        said.append(Statement(frames.stated[attribute].format(words=words), citations, Layer.RECORD))
    parts = [quote for quote in silent if quote.passage.parent_id and attribute is not Attribute.STRENGTH]
    if silent and not parts and len(shown) == len(stating):  # of a part its recommendation may state it
        said.append(Statement((frames.rest if shown else frames.unstated)[attribute]))
    return tuple(said)


def compose_catalogue_fact(attribute: Attribute, report: Report, name: str, frames: AnswerTemplates) -> Statement:
    """Composes the statement of a report's catalogue value (its metadata), or that there is none."""
    value = escape_marks(_metadata_value(attribute, report.metadata))
    template = frames.catalogue if value else frames.uncatalogued
    return Statement(template.format(name=frames.facts[attribute], value=value, reports=name))


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
    for word in dict.fromkeys(words):
        at = citation.quote.find(word)
        if at >= 0 and normalize_for_display(word) and not (set("«»") & set(word) or find_citations(word)):
            start = citation.start + at
            found.append(Citation(citation.mark, citation.passage, word, start, start + len(word)))
    return found


def _render_wordings(slices: dict[int, list[Citation]]) -> str:
    """Renders each wording once, with all its marks: "«gobiernos» [1] [2]; «países» [3]"."""
    stated: CitationsByWording = {}
    for some in slices.values():
        for one in some:
            stated.setdefault(normalize_for_display(one.quote), []).append(one)
    return "; ".join(f"«{words}» {' '.join(format_mark(one.mark) for one in some)}" for words, some in stated.items())


def _render_by_strength(quotes: Sequence[Citation], slices: dict[int, list[Citation]], frames: AnswerTemplates) -> str:
    """Renders the wordings grouped by strength, the strongest first."""
    groups: list[str] = []
    for strength, name in frames.strengths.items():
        some = {quote.mark: slices[quote.mark] for quote in quotes if quote.passage.strength is strength}
        if some:
            groups.append(f"{name} ({_render_wordings(some)})")
    return ", ".join(groups)
