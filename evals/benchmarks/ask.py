"""Run every query on every system, and keep the rank and confidence of each."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from evals.benchmarks.systems import System
from evals.console import track_progress
from evals.statistics.ranking import first_rank


@dataclass(frozen=True, slots=True)
class Query:
    """A question, its gold passages, and the sets of passages to remove to make it unanswerable."""

    text: str
    gold: tuple[str, ...]  # ids of passages, any of which is right
    group: Hashable  # what intervals are drawn by: the article, report or FAQ entry it was made from
    half: str = ""  # "fit" or "report", where a set is divided
    taken: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by name: ids of the passages taken away
    within: str | None = None  # the report that is searched; None: all


@dataclass(frozen=True, slots=True)
class QueryOutcome:
    """Outcome of a query on one system."""

    query: Query
    rank: int | None  # of the first right passage, from 1
    confidence: float
    answered: bool | None = None
    absent: Mapping[str, float] = field(default_factory=dict)  # the confidence with passages taken away, by name
    answered_absent: Mapping[str, bool | None] = field(default_factory=dict)


Results = dict[str, list[QueryOutcome]]  # by the system's name


def ask_all(systems: Iterable[System], queries: Sequence[Query], title: str) -> Results:
    """Run every query on every system, with progress on standard error."""
    return {
        system.name: [ask(system, query) for query in track_progress(queries, f"{title}, {system.name}")]
        for system in systems
    }


def ask(system: System, query: Query) -> QueryOutcome:
    """Run one query, then the same with each set of passages removed."""
    whole = system.rank(query.text, within=query.within)
    fewer = {name: system.rank(query.text, removed, query.within) for name, removed in query.taken.items()}
    return QueryOutcome(
        query,
        first_rank(whole.ids, query.gold),
        whole.confidence,
        whole.answered,
        {name: value.confidence for name, value in fewer.items()},
        {name: value.answered for name, value in fewer.items()},
    )


def split_halves(results: Mapping[str, Sequence[QueryOutcome]]) -> Iterator[tuple[str, Results]]:
    """Split results by half, then all: "fit", "report", "all"; only "all" where a set is not divided."""
    divided = {outcome.query.half for some in results.values() for outcome in some} - {""}
    for half in ("fit", "report") if divided else ():
        yield (
            half,
            {name: [outcome for outcome in some if outcome.query.half == half] for name, some in results.items()},
        )
    yield "all", {name: list(some) for name, some in results.items()}
