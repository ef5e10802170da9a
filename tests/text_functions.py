"""The functions that read text which is not the product's own: questions, filters, a model's sentences, reports."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from inspect import unwrap
from pathlib import Path
from typing import Any

from app.browse.records import parse_terms
from app.export.csv_file import escape_cell
from app.export.markdown import escape_markdown
from app.reports.viewer import layout_blocks
from ingest.annotate.addressees import find_addressees, find_recipients
from ingest.annotate.attribution import split_by_attribution
from ingest.annotate.clauses import Analysis, analyze
from ingest.annotate.imperatives import find_leading_verb
from ingest.annotate.strength import classify_strength
from ingest.errors import RelatoriaError
from ingest.lexicon.field_labels import classify_head, parse_labels
from ingest.lexicon.list_markers import parse_markers
from ingest.lexicon.responses import classify_answer, find_response
from ingest.lexicon.sentences import Boundary, find_sentences
from ingest.readers.read import extract_content, read_report
from ingest.report import Report, normalize_for_display
from ingest.sources import BUNDLED_CORPUS, find_sources
from ingest.split.splitter import split
from ingest.split.tables import parse_header
from retrieval.index.facets import Facets
from retrieval.index.filters import match_labels, match_names, match_sections, name_matches, section_matches
from retrieval.index.index import Index
from retrieval.query.conversation import Conversation, Turn, resolve
from retrieval.query.follow_up import detect_follow_up
from retrieval.query.parser import parse
from retrieval.text.gazetteer import compose_aliases, find_aliases, find_bodies, find_owning_state, find_states
from retrieval.text.numbers import find_figures
from retrieval.text.sentence_stream import split_stream
from retrieval.verification.antonyms import find_poles
from retrieval.verification.claims import parse_claims
from retrieval.verification.entities import find_unsupported_names
from retrieval.verification.modality import find_modal_nouns, find_modal_operators, find_negations
from retrieval.verification.quotes import escape_marks
from retrieval.verification.verifier import Verifier
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder

Function = Callable[[str], object]
LANGUAGES = ("es", "en", "fr", "pt", "ar")
_FIRST = "¿Qué se recomendó?"
_SHOWN = ((1, "a#r1"), (2, "a#r2"))
_TALK = Conversation((Turn(_FIRST, _FIRST, "es", answered=True, shown=_SHOWN, topic=_FIRST),), 1)


def text_functions(folder: Path) -> Mapping[str, Function]:
    """Each function of a text, by name; ``folder`` is for an index of the bundled report."""
    index = Index(folder, MODEL)
    index.update(find_sources([BUNDLED_CORPUS]), HashingEmbedder)
    facets = Facets(index.store)
    source = read_report(next(BUNDLED_CORPUS.glob("*.txt")), "x")

    def forget(remembered: Any) -> Any:
        names = (find_aliases, compose_aliases, find_owning_state, find_states, find_bodies, name_matches)
        for cached in (find_sentences, section_matches, *names):
            vars(cached)["cache_clear"]()
        return remembered

    def compose(annotate: Callable[[Analysis], object], code: str) -> Function:
        return lambda text: annotate(analyze(text, code))

    def read(text: str, name: str) -> Report | None:
        with suppress(RelatoriaError):
            extract = extract_content(text.encode("utf-8", "replace"), name)
            return replace(source, text=extract.text, blocks=extract.blocks)
        return None

    def read_and_split(text: str, name: str) -> None:
        report = read(text, name)
        if report is not None:
            split(report)

    return {
        **{f"find_sentences {by.name}": partial(unwrap(find_sentences), boundary=by) for by in Boundary},
        "split_stream": lambda text: forget(list(split_stream(text[at : at + 50] for at in range(0, len(text), 50)))),
        "parse": lambda text: parse(text, facets),
        "detect_follow_up": detect_follow_up,
        "resolve": lambda text: resolve(text, _TALK),
        "match_sections": lambda text: match_sections(text, forget(facets)),
        "match_names": lambda text: [match_names(text, forget(facets), column) for column in ("addressees", "by")],
        "match_labels": lambda text: match_labels("theme", text, forget(facets)),
        "section_matches": lambda text: unwrap(section_matches)("mesa 1.2", (text,)),
        "name_matches": lambda text: unwrap(name_matches)("Congreso", text),
        "parse_terms": parse_terms,
        "find_figures": lambda text: [find_figures(text, language) for language in LANGUAGES],
        "find_unsupported_names": lambda text: find_unsupported_names(text, forget("Spain must help")),
        "find_unsupported_names source": lambda text: find_unsupported_names(forget("Spain must help"), text),
        "parse_claims": parse_claims,
        "operators": lambda text: [
            [find_negations(text, language), find_modal_operators(text, language), find_modal_nouns(text, language)]
            for language in LANGUAGES
        ],
        "find_poles": find_poles,
        "escape_marks": escape_marks,
        "is_anaphoric": Verifier.is_anaphoric,
        "escape_markdown": escape_markdown,
        "escape_cell": escape_cell,
        "layout_blocks": lambda text: list(layout_blocks(replace(source, text=text, blocks=()), ())),
        "normalize_for_display": normalize_for_display,
        "parse_labels": parse_labels,
        "classify_head": classify_head,
        "parse_header": parse_header,
        "find_response": find_response,
        "classify_answer": classify_answer,
        "parse_markers": lambda text: list(parse_markers(text)),
        "split_by_attribution": split_by_attribution,
        "find_leading_verb": find_leading_verb,
        **{f"find_recipients {code}": partial(find_recipients, code) for code in LANGUAGES},
        **{f"analyze {code}": partial(analyze, language=code) for code in LANGUAGES},
        **{f"find_addressees {code}": compose(find_addressees, code) for code in LANGUAGES},
        **{f"classify_strength {code}": compose(classify_strength, code) for code in LANGUAGES},
        **{f"read {name}": partial(read, name=name) for name in ("a.txt", "a.md", "a.html")},
        "read and split a.txt": partial(read_and_split, name="a.txt"),
        "read and split a.md": partial(read_and_split, name="a.md"),
    }
