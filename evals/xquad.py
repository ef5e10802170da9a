"""Other people's questions: XQuAD's paragraphs as reports, searched and refused by the product's own code.

Artetxe et al. 2020, https://arxiv.org/abs/1910.11856: paragraphs of encyclopaedia articles and
questions on them, the same in every language. Each paragraph is one passage. RELATORIA_DATA names
the folder that holds xquad/xquad.es.json and its siblings. Articles of even index (from 0) are the
half that thresholds may be fitted on; the others report how well that carries over.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.progress import track
from rich.table import Table

from evals import measures
from evals.intervals import Interval
from evals.ready_made import report_of
from evals.screen import wide_console
from evals.xquad_figures import HALVES, ORDERS, Asked, of_half, ranking_figures, refusal_figures
from ingest.errors import RelatoriaError
from retrieval.embedding import Embedder, model_name, open_embedder
from retrieval.index import Index
from retrieval.quoting import answering
from retrieval.search import Found, search

DIRECTIONS = (("es", "es"), ("en", "es"), ("de", "es"), ("es", "en"))  # of the question, of the passages

Article = tuple[list[str], list[tuple[str, int]]]  # paragraphs; questions, each with its paragraph's number from 0


def main(arguments: list[str] | None = None) -> int:
    """Ask everything, print two tables; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m evals.xquad", description="Measure search and refusal on XQuAD.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the same figures there")
    options = parser.parse_args(arguments)
    try:
        folder = data_folder()
        articles = {code: read_articles(folder / f"xquad.{code}.json") for code in sorted({*sum(DIRECTIONS, ())})}
    except RelatoriaError as error:
        wide_console(stderr=True).print(str(error), markup=False, soft_wrap=True)
        return 1
    asked = ask_all(articles)
    screen = wide_console()
    for half in HALVES:
        halved = {direction: of_half(some, half) for direction, some in asked.items()}
        screen.print(_ranking_table(half, halved))
        screen.print(_refusal_table(half, halved))
    if options.json:
        options.json.write_text(json.dumps(as_json(asked), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def data_folder() -> Path:
    """The folder with XQuAD's files. Raises RelatoriaError, saying what to set."""
    chosen = os.environ.get("RELATORIA_DATA")
    if not chosen:
        raise RelatoriaError(
            "Set RELATORIA_DATA to the folder that holds xquad/xquad.es.json and its siblings for en and de."
        )
    return Path(chosen).expanduser() / "xquad"


def read_articles(path: Path) -> list[Article]:
    """A file's articles, in its order. Raises RelatoriaError when it is not there or is no SQuAD file."""
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))["data"]
        return [
            (
                [paragraph["context"] for paragraph in article["paragraphs"]],
                [(qa["question"], n) for n, paragraph in enumerate(article["paragraphs"]) for qa in paragraph["qas"]],
            )
            for article in stated
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RelatoriaError(
            f"{path} cannot be read as SQuAD's JSON ({error!r}). Point RELATORIA_DATA at XQuAD."
        ) from error


def ask_all(articles: dict[str, list[Article]]) -> dict[str, list[Asked]]:
    """Every question in each of DIRECTIONS, by "en-es": the question's language first."""
    embedder, screen = open_embedder(), wide_console(stderr=True)
    asked: dict[str, list[Asked]] = {}
    with tempfile.TemporaryDirectory(prefix="relatoria-xquad-") as temporary:
        indexes = {code: build(Path(temporary) / code, articles[code], code, embedder) for _, code in DIRECTIONS}
        for spoken, written in DIRECTIONS:
            questions = [(n, *one) for n, (_, some) in enumerate(articles[spoken]) for one in some]
            asked[f"{spoken}-{written}"] = [
                ask(indexes[written], embedder, question, article, paragraph)
                for article, question, paragraph in track(
                    questions, f"{spoken}-{written}", console=screen, transient=True, disable=not screen.is_terminal
                )
            ]
    return asked


def build(folder: Path, articles: Sequence[Article], language: str, embedder: Embedder) -> Index:
    """An index of the articles: one report each, named by its number, one passage a paragraph."""
    index = Index(folder, model_name())
    if not index.store.stamp():
        index.put([report_of(_name(n), texts, language) for n, (texts, _) in enumerate(articles)], embedder)
    return index


def ask(index: Index, embedder: Embedder, question: str, article: int, paragraph: int) -> Asked:
    """One question: its paragraph's rank in each order, and the best scores with its article and without."""
    found = search(index, embedder, question)
    right = f"{_name(article)}#p{paragraph + 1:02d}"
    without = replace(found, hits=tuple(hit for hit in found.hits if hit.passage.report_id != _name(article)))
    return Asked(
        article=article,
        ranks={order: measures.first_rank(ordered(found, order), [right]) for order in ORDERS},
        present=found.hits[0].score.total if found.hits else -1.0,
        absent=without.hits[0].score.total if without.hits else -1.0,
        answered=bool(answering(found)),
        answered_absent=bool(answering(without)),
    )


def ordered(found: Found, order: str) -> list[str]:
    """The ids of the hits as the product ranks them, or as one of its sides alone would; others are left out."""
    if order == "product":
        return [hit.passage.id for hit in found.hits]
    scored = [
        (hit.score.dense if order == "dense" else hit.score.lexical or None, hit.passage.id) for hit in found.hits
    ]
    return [one for _, one in sorted((-score, one) for score, one in scored if score is not None)]


def as_json(asked: dict[str, list[Asked]]) -> dict[str, object]:
    """Figures by half, direction and order: [value, low, high]."""
    return {
        half: {
            direction: {
                **{order: _plain(ranking_figures(of_half(some, half), order)) for order in ORDERS},
                "refusal": _plain(refusal_figures(of_half(some, half))),
            }
            for direction, some in asked.items()
        }
        for half in HALVES
    }


def _plain(figures: dict[str, Interval]) -> dict[str, list[float]]:
    return {name: [round(value, 6) for value in (one.value, one.low, one.high)] for name, one in figures.items()}


def _name(article: int) -> str:
    return f"xquad-{article:02d}"


def _ranking_table(half: str, asked: dict[str, list[Asked]]) -> Table:
    table = Table(title=f'Ranking, half "{half}" ("en-es": English questions, Spanish passages)', title_justify="left")
    for heading in ("direction", "order", "questions", "R@1", "R@5", "nDCG@10"):
        table.add_column(heading, no_wrap=True)
    for direction, some in asked.items():
        for order in ORDERS:
            figures = ranking_figures(some, order).values()
            table.add_row(direction, order, str(len(some)), *map(str, figures), end_section=order == ORDERS[-1])
    return table


def _refusal_table(half: str, asked: dict[str, list[Asked]]) -> Table:
    table = Table(title=f'Refusal, half "{half}" (absent: the whole article removed)', title_justify="left")
    table.add_column("direction", no_wrap=True)
    rows = {direction: refusal_figures(some) for direction, some in asked.items()}
    for heading in next(iter(rows.values())):
        table.add_column(heading)
    for direction, figures in rows.items():
        table.add_row(direction, *map(str, figures.values()))
    return table


if __name__ == "__main__":
    sys.exit(main())
