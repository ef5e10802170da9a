"""NoMIRACL (Thakur et al. 2024, https://arxiv.org/abs/2312.11361): refusal when ten near passages do not answer.

Each question comes with ten passages that a search engine found near it. In "relevant" some answer,
by a native speaker's judgement; in "non_relevant" none does. Each question's passages are one report,
and only that report is searched. Questions of even place in their file are the half "fit".
"""

import gzip
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evals.benchmarks.ask import Asked, Query, Results, ask_all, halves
from evals.benchmarks.context import Setting
from evals.benchmarks.passages import report_of
from evals.benchmarks.results import Figure, Row, Rows
from evals.benchmarks.systems import OURS
from evals.metrics.measures import auroc, mean
from ingest.errors import RelatoriaError

SUITE = "nomiracl"
TARGETS = {"es": 0.90, "en": 0.82, "fr": 0.82}  # AUROC
GPT_4 = "GPT-4"
ERRORS = (0.05, 0.10, 0.20, 0.30)  # at which the curve is shown
_PROMPT = re.compile(r"QUESTION:\n(?P<question>.+?)\n+CONTEXTS:\n(?P<contexts>.+)\n\nOUTPUT:", re.DOTALL)
_CONTEXT = re.compile(r"^\[\d+\] ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Near:
    """A question with its ten passages, their relevance judgement, and whether GPT-4 answered."""

    id: str  # of the report made of its passages
    question: str
    passages: tuple[str, ...]
    relevant: bool  # whether some passage answers
    half: str
    gpt_4_answered: bool


def run(setting: Setting) -> list[Row]:
    """Run the suite by language: AUROC, the error curve, and both rates at the product's own threshold."""
    made: list[Row] = []
    for language, target in TARGETS.items():
        asked = [
            one
            for kind in ("relevant", "non_relevant")
            for one in read_near(setting.file(f"nomiracl/{kind}.{language}.jsonl.gz"), relevant=kind == "relevant")
        ]
        index = setting.index(f"nomiracl-{language}", (report_of(one.id, one.passages, language) for one in asked))
        queries = [Query(one.question, (), one.id, one.half, within=one.id) for one in asked]
        results = ask_all(setting.systems(index, language), queries, f"NoMIRACL {language}")
        results[GPT_4] = [
            Asked(query, None, float(one.gpt_4_answered), one.gpt_4_answered)
            for query, one in zip(queries, asked, strict=True)
        ]
        for half, some in halves(results):
            made += rows(language, half, some, target)
    return made


def rows(language: str, half: str, results: Results, target: float) -> list[Row]:
    """Build the rows: AUROC against its target; the curve and both rates at our threshold against GPT-4's point."""
    theirs = {name: figure(results[GPT_4]) for name, figure in RATES.items()}
    scoring = [name for name in results if name != GPT_4]  # it said yes or no, nothing between
    into = Rows(SUITE, language, half, results)
    into.add("AUROC", separation, target=target, systems=scoring)
    for error in ERRORS:
        into.add(f"hallucination at error {error:.2f}", curve(error), at_most=True, systems=scoring)
    into.add(
        f"hallucination at GPT-4's {theirs['error']:.3f}",
        curve(theirs["error"]),
        target=theirs["hallucination"],
        at_most=True,
        systems=scoring,
    )
    for name, figure in RATES.items():
        into.add(f"{name} as it answers", figure, target=theirs[name], at_most=True, systems=[OURS, GPT_4])
    return into.rows


def curve(error: float) -> Figure:
    """A metric: the hallucination rate at the threshold whose error rate is at most this."""
    return lambda some: hallucination_at(error, *_sides(some))


def read_near(path: Path, *, relevant: bool) -> list[Near]:
    """Read the questions whose text is there. Raises RelatoriaError for a file of another kind."""
    found: list[Near] = []
    try:
        rows = [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]
        for place, row in enumerate(rows):
            if row["prompt"]:
                question, passages = parted(row["prompt"])
                kind = "relevant" if relevant else "absent"
                answered = answers(row["results"]["gpt-4-azure"])
                half = ("fit", "report")[place % 2]
                found.append(Near(f"{kind}-{place:03d}", question, passages, relevant, half, answered))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RelatoriaError(f"{path} cannot be read as NoMIRACL's stored prompts ({error!r}).") from error
    return found


def parted(prompt: str) -> tuple[str, tuple[str, ...]]:
    r"""Split a prompt into its question and passages.

    >>> parted("…\n\nQUESTION:\nWho?\n\nCONTEXTS:\n[1] A: one.\n\n[2] B: two.\n\nOUTPUT:\n")
    ('Who?', ('A: one.', 'B: two.'))
    """
    if not (found := _PROMPT.search(prompt)):
        raise ValueError("a prompt without QUESTION, CONTEXTS and OUTPUT")
    passages = (one.strip() for one in _CONTEXT.split(found["contexts"]))
    return found["question"].strip(), tuple(one for one in passages if one)


def answers(said: str) -> bool:
    """Whether a stored answer claims that the passages answer.

    >>> answers("Yes, answer is present."), answers("I don't know.")
    (True, False)
    """
    return said.strip().lower().startswith("yes")


def hallucination_at(error: float, present: Sequence[float], absent: Sequence[float]) -> float:
    """The share of unanswerable questions answered, at the highest threshold that refuses at most that share.

    One point of the curve: the threshold is a score of an answerable question, which is answered from it on.

    >>> hallucination_at(0.25, present=[0.9, 0.8, 0.7, 0.2], absent=[0.75, 0.4, 0.3, 0.1])  # from 0.7 on
    0.25
    """
    if not present or not absent:
        return 0.0
    threshold = np.sort(np.asarray(present))[int(error * len(present) + 1e-9)] if error < 1 else np.inf
    return float((np.asarray(absent) >= threshold).mean())


def separation(some: Sequence[Asked]) -> float:
    """AUROC of the confidence, relevant against non-relevant questions."""
    return auroc(*_sides(some))


def _relevant(one: Asked) -> bool:
    return str(one.query.group).startswith("relevant")


def _sides(some: Iterable[Asked]) -> tuple[list[float], list[float]]:
    sides: tuple[list[float], list[float]] = ([], [])
    for one in some:
        sides[0 if _relevant(one) else 1].append(one.confidence)
    return sides


def _error(some: Sequence[Asked]) -> float:
    return mean([not one.answered for one in some if _relevant(one)])


def _hallucination(some: Sequence[Asked]) -> float:
    return mean([bool(one.answered) for one in some if not _relevant(one)])


RATES: dict[str, Any] = {"hallucination": _hallucination, "error": _error}
