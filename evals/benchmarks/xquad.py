"""XQuAD (Artetxe et al. 2020, https://arxiv.org/abs/1910.11856): ranking and refusal within and across languages.

Each paragraph is one passage, each article one report. Articles of even index (from 0) are the half
that weights and thresholds may be fitted on; the others report how well that carries over.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from evals.benchmarks.ask import Query, QueryOutcome, Results, ask_all, split_halves
from evals.benchmarks.context import BenchmarkContext, PreparedReport
from evals.benchmarks.passages import build_report
from evals.benchmarks.results import BenchmarkRow, RowBuilder
from evals.public_data import require_public
from ingest.errors import RelatoriaError

Article = tuple[list[str], list[tuple[str, int]]]  # paragraphs; questions, each with its paragraph's number from 0

SUITE = "xquad"
DIRECTIONS = (("es", "es"), ("en", "es"), ("de", "es"), ("es", "en"))  # of the question, of the passages
ARTICLE, PARAGRAPH = "article", "paragraph"  # what is taken away
POOLED = ("es-es", "en-es")  # to be separated by one threshold
TARGETS: dict[str, dict[str, float]] = {
    "es-es": {"R@1": 0.97, "nDCG@10": 0.987, ARTICLE: 0.993, PARAGRAPH: 0.95},
    "en-es": {"R@1": 0.945, ARTICLE: 0.985, PARAGRAPH: 0.91},
    "de-es": {"R@1": 0.90},
    "es-en": {"R@1": 0.945},
    "+".join(POOLED): {ARTICLE: 0.988},
}


def run(setting: BenchmarkContext) -> list[BenchmarkRow]:
    """Run the suite: every direction, then the pooled ones."""
    articles = {code: read_articles(require_public(f"xquad/xquad.{code}.json")) for code in ("es", "en", "de")}
    systems = {}
    for code in dict.fromkeys(written for _, written in DIRECTIONS):
        index = setting.open_index(f"xquad-{code}", prepare_articles(articles[code], code))
        systems[code] = setting.build_systems(index, code)
    results = {
        f"{spoken}-{written}": ask_all(systems[written], build_queries(articles[spoken]), f"XQuAD {spoken}-{written}")
        for spoken, written in DIRECTIONS
    }
    return [*build_rows(results), *build_pooled_rows(results)]


def read_articles(path: Path) -> list[Article]:
    """Read a file's articles, in its order. Raises RelatoriaError when it is not there or is no SQuAD file."""
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


def prepare_articles(articles: Sequence[Article], language: str) -> Iterator[PreparedReport]:
    """Build the articles as reports, named by their number."""
    return (build_report(article_id(n), texts, language) for n, (texts, _) in enumerate(articles))


def build_queries(articles: Sequence[Article], *, removing: bool = True) -> list[Query]:
    """Build the queries, with the passages to remove to make each unanswerable."""
    return [
        Query(
            question,
            gold=(gold := f"{article_id(n)}#p{paragraph + 1:02d}",),
            group=n,
            half=("fit", "report")[n % 2],
            taken={
                ARTICLE: frozenset(f"{article_id(n)}#p{number + 1:02d}" for number in range(len(texts))),
                PARAGRAPH: frozenset({gold}),
            }
            if removing
            else {},
        )
        for n, (texts, asked) in enumerate(articles)
        for question, paragraph in asked
    ]


def article_id(article: int) -> str:
    """A report's id."""
    return f"xquad-{article:02d}"


def build_rows(results: Mapping[str, Results]) -> list[BenchmarkRow]:
    """Build the rows: ranking and refusal of each direction, by half."""
    made: list[BenchmarkRow] = []
    for direction, both in results.items():
        for half, some in split_halves(both):
            targets = TARGETS[direction]
            into = RowBuilder(SUITE, direction, half, some)
            into.add_ranking(targets)
            into.add_gain_over_dense()
            into.add_refusal(ARTICLE, targets.get(ARTICLE))
            into.add_refusal(PARAGRAPH, targets.get(PARAGRAPH))
            into.rows.pop()  # "refused though present" is the same whatever is taken away
            made += into.rows
    return made


def build_pooled_rows(results: Mapping[str, Results]) -> list[BenchmarkRow]:
    """Build the rows of refusal with one threshold for questions within and across languages."""
    title = "+".join(POOLED)
    together: dict[str, list[QueryOutcome]] = {
        system: [result for direction in POOLED for result in results[direction][system]]
        for system in results[POOLED[0]]
    }
    made: list[BenchmarkRow] = []
    for half, some in split_halves(together):
        into = RowBuilder(SUITE, title, half, some)
        into.add_refusal(ARTICLE, TARGETS[title][ARTICLE])
        made += into.rows
    return made
