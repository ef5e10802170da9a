"""Measures strength and addressees against hand-made labels.

The labels and what they mean stand in evals/data/labels. They name passages by a hash of their letters;
the texts are the bundled report's and, where RELATORIA_DATA names the folder that holds them, other
people's: UN reports, a truth commission's recommendations, a declaration in four languages. Misses are
shown of the half "tune" alone, since a rule written with those of "fresh" ends its use.
"""

import csv
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.extraction.cev import Entry, render_report, split_text
from evals.extraction.labels import (
    LABELS_FILE,
    UN_REPORTS,
    GoldLabel,
    LabelMatch,
    hash_letters,
    labelled_text,
    match_label,
    read_labels,
)
from evals.extraction.tally import Tally
from evals.public_data import public_folder
from ingest.errors import RelatoriaError
from ingest.readers.read import read_report
from ingest.report import Passage, normalize_for_display
from ingest.split.splitter import split

TARGETS = {"fresh: addressees": "≥ 95 %"}
BUNDLED = "corpus/"  # what the repository itself holds; all else is under RELATORIA_DATA
_CEV = "cev_colombia_es/recomendaciones.json"
_CNIL = "piaf_fr_public_service/cnil_faq_squad.json"
_EXCERPT_LENGTH = 160  # characters of a passage beside a miss
_MARKER = re.compile(r"\A[-•]\s+")
_TAG = re.compile(r"<[^<>]+>")


def compare() -> Tally:
    """Match all labels, those of the bundled report alone where RELATORIA_DATA is not set. Raises RelatoriaError."""
    labels, data, tally = read_labels(LABELS_FILE), public_folder(), Tally("attributes")
    if data is None:
        labels = [label for label in labels if label.report.startswith(BUNDLED)]
    for match in match_labels(labels, data or Path(), tally):
        label = match.label
        for measure, right in (
            ("found", bool(match.passages)),
            ("strength", match.strength_right),
            ("addressees", match.addressees_right),
            *([("addressees, where named", match.addressees_right)] if label.addressees else []),
            *([("words", match.words_right)] if label.words else []),
        ):
            tally.add(f"{label.half}: {measure}", label.report, right)
        if label.half == "tune":
            tally.misses += _describe_misses(match)
    return tally


def match_labels(labels: Sequence[GoldLabel], data: Path, tally: Tally) -> list[LabelMatch]:
    """Match every label with its records, in the labels' order; an unreadable report is a miss and has none."""
    judged: dict[GoldLabel, LabelMatch] = {}
    for report in dict.fromkeys(label.report for label in labels):
        own = [label for label in labels if label.report == report]
        texts: dict[str, str] = {}
        passages: list[Passage] = []
        try:
            texts = _load_texts(report, data)
            passages = _split_report(
                report, data, [text for n, text in texts.items() if n in {label.number for label in own}]
            )
        except (RelatoriaError, OSError) as error:
            tally.misses.append(f"{report}: {error}")
        known = {hash_letters(words): words for words in (labelled_text(text, report) for text in texts.values())}
        judged |= {
            label: LabelMatch(label, match_label(label, passages, known.get(label.letters, ""))) for label in own
        }
    return [judged[label] for label in labels]


def _split_report(report: str, data: Path, texts: Sequence[str]) -> list[Passage]:
    """Read and split a report; what is no document is first written out as one, from ``texts``."""
    name = Path(report).stem
    if report == _CEV:
        return split_text(render_report([Entry("", text.strip(), frozenset()) for text in texts]), name)
    if report == _CNIL:
        items = (re.sub(r"\s*\n\s*", " ", text.strip()) for text in texts)
        return split_text("\n\n".join(["Questions fréquentes", *items]) + "\n", name)
    return split(read_report((LABELS_FILE.parents[3] if report.startswith(BUNDLED) else data) / report, name))


def _load_texts(report: str, data: Path) -> dict[str, str]:
    """Load a report's passage texts by number or position, as far as possible without the product's readers."""
    if report == _CEV:
        return {item["No."]: item["Recomendación"].replace("<br>", "\n") for item in _load_json(data / report)}
    if report == _CNIL:
        return {str(item["id"]): item["paragraphs"][0]["context"] for item in _load_json(data / report)["data"]}
    if report.endswith(".md"):
        blocks = re.split(r"\n\s*\n", _TAG.sub("", (data / report).read_text(encoding="utf-8")))
        return {str(n): _MARKER.sub("", block.strip(), count=1) for n, block in enumerate(blocks)}
    if report.startswith(UN_REPORTS):
        with (data / UN_REPORTS / "recommendations.csv").open(encoding="utf-8", newline="") as file:
            rows = [row["text"] for row in csv.DictReader(file) if row["doc"] == Path(report).stem]
        return {f"row {n}": text for n, text in enumerate(rows)}
    return {}


def _load_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _describe_misses(match: LabelMatch) -> list[str]:
    label = match.label
    where = match.passages[0].id if match.passages else f"{label.report} {label.number or label.letters}: no record"
    missed = []
    if not match.strength_right:
        missed.append(f"strength {match.strength}, expected {label.strength}")
    if label.words and not match.words_right:
        missed.append(f"words {_join_names(match.words)}, expected {_join_names(label.words)}")
    if not match.addressees_right:
        missed.append(f"addressees {_join_names(match.addressees)}, expected {_join_names(label.addressees)}")
    text = normalize_for_display(" ".join(passage.text for passage in match.passages))[:_EXCERPT_LENGTH]
    return [f"{where}: {miss} [{label.note}]  {text}".rstrip() for miss in missed]


def _join_names(some: Sequence[str]) -> str:
    return " · ".join(some) or "none"
