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

from evals.benchmarks.ask import Query, QueryOutcome, Results, ask_all, split_halves
from evals.benchmarks.context import BenchmarkContext
from evals.benchmarks.passages import build_report
from evals.benchmarks.results import BenchmarkRow, Metric, RowBuilder
from evals.benchmarks.systems import OURS
from evals.public_data import require_public
from evals.statistics.ranking import auroc, mean
from ingest.errors import RelatoriaError

SUITE = "nomiracl"
TARGETS = {"es": 0.90, "en": 0.82, "fr": 0.82}  # AUROC
GPT_4 = "GPT-4"
ERROR_RATES = (0.05, 0.10, 0.20, 0.30)  # at which the curve is shown
_PROMPT = re.compile(r"QUESTION:\n(?P<question>.+?)\n+CONTEXTS:\n(?P<contexts>.+)\n\nOUTPUT:", re.DOTALL)
_CONTEXT = re.compile(r"^\[\d+\] ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question with its ten passages, their relevance judgement, and whether GPT-4 answered."""

    id: str  # of the report made of its passages
    question: str
    passages: tuple[str, ...]
    relevant: bool  # whether some passage answers
    half: str
    gpt_4_answered: bool


def run(setting: BenchmarkContext) -> list[BenchmarkRow]:
    """Run the suite by language: AUROC, the error curve, and both rates at the product's own threshold."""
    made: list[BenchmarkRow] = []
    for language, target in TARGETS.items():
        asked = [
            question
            for kind in ("relevant", "non_relevant")
            for question in read_judged_questions(
                require_public(f"nomiracl/{kind}.{language}.jsonl.gz"), relevant=kind == "relevant"
            )
        ]
        index = setting.open_index(
            f"nomiracl-{language}", (build_report(text.id, text.passages, language) for text in asked)
        )
        queries = [Query(text.question, (), text.id, text.half, within=text.id) for text in asked]
        results = ask_all(setting.build_systems(index, language), queries, f"NoMIRACL {language}")
        results[GPT_4] = [
            QueryOutcome(query, None, float(text.gpt_4_answered), text.gpt_4_answered)
            for query, text in zip(queries, asked, strict=True)
        ]
        for half, some in split_halves(results):
            made += build_rows(language, half, some, target)
    return made


def build_rows(language: str, half: str, results: Results, target: float) -> list[BenchmarkRow]:
    """Build the rows: AUROC against its target; the curve and both rates at our threshold against GPT-4's point."""
    theirs = {name: figure(results[GPT_4]) for name, figure in RATES.items()}
    scoring = [name for name in results if name != GPT_4]  # it said yes or no, nothing between
    into = RowBuilder(SUITE, language, half, results)
    into.add("AUROC", lambda some: auroc(*_split_confidences(some)), target=target, systems=scoring)
    for error in ERROR_RATES:
        into.add(f"hallucination at error {error:.2f}", hallucination_curve(error), at_most=True, systems=scoring)
    into.add(
        f"hallucination at GPT-4's {theirs['error']:.3f}",
        hallucination_curve(theirs["error"]),
        target=theirs["hallucination"],
        at_most=True,
        systems=scoring,
    )
    for name, figure in RATES.items():
        into.add(f"{name} as it answers", figure, target=theirs[name], at_most=True, systems=[OURS, GPT_4])
    return into.rows


def hallucination_curve(error: float) -> Metric:
    """A metric: the hallucination rate at the threshold whose error rate is at most this."""
    return lambda some: hallucination_at(error, *_split_confidences(some))


def read_judged_questions(path: Path, *, relevant: bool) -> list[JudgedQuestion]:
    """Read the questions whose text is there. Raises RelatoriaError for a file of another kind."""
    found: list[JudgedQuestion] = []
    try:
        rows = [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]
        for place, row in enumerate(rows):
            if row["prompt"]:
                question, passages = split_prompt(row["prompt"])
                kind = "relevant" if relevant else "absent"
                answered = claims_answer(row["results"]["gpt-4-azure"])
                half = ("fit", "report")[place % 2]
                found.append(JudgedQuestion(f"{kind}-{place:03d}", question, passages, relevant, half, answered))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RelatoriaError(f"{path} cannot be read as NoMIRACL's stored prompts ({error!r}).") from error
    return found


def split_prompt(prompt: str) -> tuple[str, tuple[str, ...]]:
    r"""Split a prompt into its question and passages.

    >>> split_prompt("…\n\nQUESTION:\nWho?\n\nCONTEXTS:\n[1] A: one.\n\n[2] B: two.\n\nOUTPUT:\n")
    ('Who?', ('A: one.', 'B: two.'))
    """
    if not (found := _PROMPT.search(prompt)):
        raise ValueError("a prompt without QUESTION, CONTEXTS and OUTPUT")
    passages = (passage.strip() for passage in _CONTEXT.split(found["contexts"]))
    return found["question"].strip(), tuple(passage for passage in passages if passage)


def claims_answer(said: str) -> bool:
    """Whether a stored answer claims that the passages answer.

    >>> claims_answer("Yes, answer is present."), claims_answer("I don't know.")
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


def _is_relevant(outcome: QueryOutcome) -> bool:
    return str(outcome.query.group).startswith("relevant")


def _split_confidences(some: Iterable[QueryOutcome]) -> tuple[list[float], list[float]]:
    sides: tuple[list[float], list[float]] = ([], [])
    for outcome in some:
        sides[0 if _is_relevant(outcome) else 1].append(outcome.confidence)
    return sides


def _error_rate(some: Sequence[QueryOutcome]) -> float:
    return mean([not outcome.answered for outcome in some if _is_relevant(outcome)])


def _hallucination_rate(some: Sequence[QueryOutcome]) -> float:
    return mean([bool(outcome.answered) for outcome in some if not _is_relevant(outcome)])


RATES: dict[str, Any] = {"hallucination": _hallucination_rate, "error": _error_rate}
