"""PIAF (Etalab): paraphrased questions on a French authority's FAQ, beside the search engine it had in production.

Each entry, its question and its answer, is one passage, with its question as heading, as on the page. Missing spaces
are missing at the source. Figures are averaged within an entry first, since each was paraphrased several times.
"""

import json
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.benchmarks.ask import Query, QueryOutcome, ask_all
from evals.benchmarks.context import BenchmarkContext
from evals.benchmarks.passages import build_report
from evals.benchmarks.results import BenchmarkRow, RowBuilder, mean_by_group, recall_metric
from evals.public_data import require_public
from evals.statistics.confidence import NO_HITS
from evals.statistics.ranking import first_rank
from ingest.errors import RelatoriaError

SUITE = "piaf"
FOLDER = "piaf_fr_public_service"
PRODUCTION_ENGINE = "in production"  # the authority's own search engine
TARGETS = {1: 0.60, 5: 0.88}


@dataclass(frozen=True, slots=True)
class Paraphrase:
    """A person's question, the entry it stands for, and what the engine in production returned, best first."""

    question: str
    entry: str
    returned: tuple[str, ...]


def run(setting: BenchmarkContext) -> list[BenchmarkRow]:
    """Run the suite: R@1 and R@5, beside the engine that was in production."""
    entries = read_entries(require_public(f"{FOLDER}/cnil_faq_squad.json"))
    asked = read_paraphrases(require_public(f"{FOLDER}/cnil_paraphrases.json"), entries)
    index = setting.open_index(
        "piaf", (build_report(f"faq-{name}", [text], "fr", (text.split("\n", 1)[0],)) for name, text in entries.items())
    )
    results = ask_all(setting.build_systems(index, "fr"), [build_query(paraphrase) for paraphrase in asked], "PIAF")
    results[PRODUCTION_ENGINE] = [
        QueryOutcome(build_query(paraphrase), first_rank(paraphrase.returned, [paraphrase.entry]), NO_HITS)
        for paraphrase in asked
    ]
    into = RowBuilder(SUITE, "CNIL's FAQ", "all", results)
    for k, target in TARGETS.items():
        into.add(f"R@{k} by entry", mean_by_group(recall_metric(k)), target=target)
    return into.rows


def build_query(paraphrase: Paraphrase) -> Query:
    """Build the query of a paraphrase."""
    return Query(paraphrase.question, (f"faq-{paraphrase.entry}#p01",), paraphrase.entry)


def read_entries(path: Path) -> dict[str, str]:
    """Read each entry's question and answer, by its id; of one listed twice the first."""
    entries: dict[str, str] = {}
    for entry in _read_json(path)["data"]:
        answer = "\n".join(paragraph["context"] for paragraph in entry["paragraphs"])
        entries.setdefault(str(entry["id"]), f"{entry['title']}\n{answer}".strip())
    return entries


def read_paraphrases(path: Path, entries: Container[str]) -> list[Paraphrase]:
    """Read the questions whose entry is there."""
    return [
        Paraphrase(
            asked["question"], str(group["expected"]), tuple(str(each["document"]["id"]) for each in asked["result"])
        )
        for group in _read_json(path)
        if str(group["expected"]) in entries
        for asked in group["epitca"]
    ]


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RelatoriaError(f"{path} is not JSON ({error}).") from error
