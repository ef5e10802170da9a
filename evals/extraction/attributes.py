"""Measures strength and addressees against hand-made labels: exact matches by report, language and strength.

The labels and what they mean stand in evals/data/labels. They name passages by a hash of their letters;
the texts are the bundled report's and, where RELATORIA_DATA names the folder that holds them, other
people's: UN reports, a truth commission's recommendations, a declaration in four languages. Misses
are shown of the half "tune"; those of "fresh" only on request, since a rule written with them ends its use.
"""

import csv
import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from evals.console import command_parser, wide_console
from evals.extraction.cev import Entry, render_report, split_text
from evals.extraction.labels import (
    HALVES,
    LABELS_FILE,
    UN_REPORTS,
    GoldLabel,
    LabelMatch,
    hash_letters,
    labelled_text,
    match_label,
    read_labels,
)
from evals.public_data import public_folder
from ingest.errors import RelatoriaError
from ingest.readers.read import read_report
from ingest.report import Passage, normalize_for_display
from ingest.split.splitter import split

BUNDLED = "corpus/"  # what the repository itself holds; all else is under RELATORIA_DATA
_CEV = "cev_colombia_es/recomendaciones.json"
_CNIL = "piaf_fr_public_service/cnil_faq_squad.json"
_EXCERPT_LENGTH = 160  # characters of a passage beside a miss
_MARKER = re.compile(r"\A[-•]\s+")
_TAG = re.compile(r"<[^<>]+>")


def main(arguments: list[str] | None = None) -> int:
    """Run the command: match all labels, print figures and misses; return the exit status."""
    parser = command_parser("evals.extraction.attributes", "Measure strength and addressees against labels.")
    parser.add_argument("--half", choices=HALVES, default="tune", help="whose misses are shown")
    options = parser.parse_args(arguments)
    screen, aside = wide_console(), wide_console(stderr=True)
    try:
        labels = read_labels(LABELS_FILE)
    except RelatoriaError as error:
        aside.print(str(error), markup=False, soft_wrap=True)
        return 1
    data = public_folder()
    if data is None:
        labels = [label for label in labels if label.report.startswith(BUNDLED)]
        aside.print("RELATORIA_DATA is not set: measured on the bundled report only.", markup=False, soft_wrap=True)
    judged = match_labels(labels, data or Path(), aside)
    for half in HALVES:
        screen.print(_build_table(half, [label for label in judged if label.label.half == half]))
    _print_misses(screen, options.half, [label for label in judged if label.label.half == options.half])
    return 0


def match_labels(labels: Sequence[GoldLabel], data: Path, aside: Console) -> list[LabelMatch]:
    """Match every label with its records, in the labels' order; an unreadable report is printed and has none."""
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
            aside.print(f"{report}: {error}", markup=False, soft_wrap=True)
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


def _build_table(half: str, judged: Sequence[LabelMatch]) -> Table:
    """Build the table of right answers of how many: by report and language, language, strength, and of all."""
    table = Table(title=f'Half "{half}"', title_justify="left")
    table.add_column("labels of")
    for heading in ("found", "strength", "addressees", "where named", "words"):
        table.add_column(heading, no_wrap=True, justify="right")
    groups: tuple[Callable[[GoldLabel], str], ...] = (
        lambda label: f"{label.report} {label.language}",
        lambda label: label.language,
        lambda label: label.strength,
        lambda label: "all",
    )
    for group in groups:
        for name in sorted({group(match.label) for match in judged}):
            some = [match for match in judged if group(match.label) == name]
            table.add_row(
                name,
                _format_share(bool(match.passages) for match in some),
                _format_share(match.strength_right for match in some),
                _format_share(match.addressees_right for match in some),
                _format_share(match.addressees_right for match in some if match.label.addressees),
                _format_share(match.words_right for match in some if match.label.words),
            )
        table.add_section()
    return table


def _format_share(right: Iterable[bool]) -> str:
    each = list(right)
    return f"{sum(each)}/{len(each)}"


def _print_misses(screen: Console, half: str, judged: Sequence[LabelMatch]) -> None:
    for match in judged:
        label = match.label
        where = match.passages[0].id if match.passages else f"{label.report} {label.number or label.letters}"
        why = f" [{label.note}]" if label.note else ""
        text = normalize_for_display(" ".join(passage.text for passage in match.passages))[:_EXCERPT_LENGTH]
        for miss in _describe_misses(match):
            screen.print(f"{half}  {where}: {miss}{why}  {text}".rstrip(), markup=False, soft_wrap=True)


def _describe_misses(match: LabelMatch) -> list[str]:
    label = match.label
    words, addressees = _join_names(label.words), _join_names(label.addressees)
    if not match.passages:
        return [f"no record; expected {label.strength}, words {words}, to {addressees}"]
    missed = []
    if not match.strength_right:
        missed.append(f"strength {match.strength}, expected {label.strength}")
    if label.words and not match.words_right:
        missed.append(f"words {_join_names(match.words)}, expected {words}")
    if not match.addressees_right:
        missed.append(f"addressees {_join_names(match.addressees)}, expected {addressees}")
    return missed


def _join_names(some: Sequence[str]) -> str:
    return " · ".join(some) or "none"


if __name__ == "__main__":
    sys.exit(main())
