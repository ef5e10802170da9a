"""Checkpoint of a run: outcomes appended to a JSON-lines file, from which an interrupted run resumes."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from evals.run.cases import Case
from evals.run.runner import Outcome
from evals.scorecard.evaluate import EvaluationPlan
from ingest.errors import RelatoriaError


class OutcomeLog:
    """Appends outcomes to a file, if there is one; lines of another state of product or reports are not reused."""

    def __init__(self, file: Path | None, made: Mapping[str, Any]) -> None:
        self._file = file
        self._made = _digest(dict(made))
        self._into: TextIO | None = None

    def __enter__(self) -> "OutcomeLog":
        if self._file:
            try:
                before = self._file.read_bytes() if self._file.exists() else b""
                if before and not before.startswith(b'{"made": "'):
                    raise RelatoriaError(f"{self._file} is no journal: something else stands in it. Name another file.")
                self._into = self._file.open("a", encoding="utf-8")
                if before and not before.endswith(b"\n"):  # a line that was being written when a run was interrupted
                    self._into.write("\n")
            except OSError as error:
                raise RelatoriaError(
                    f"The journal {self._file} cannot be written ({error.strerror}). "
                    "Name a file in a folder that exists."
                ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._into:
            self._into.close()

    def append(self, outcome: Outcome) -> None:
        """Append an outcome and flush it before the next case is asked."""
        if self._into:
            stated = {key: value for key, value in asdict(outcome).items() if key != "case"}
            line = {"made": self._made, "case": outcome.case.name, "stated": _case_digest(outcome.case), **stated}
            line["gold"] = list(outcome.case.gold)  # that a mark meant
            self._into.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._into.flush()

    def resume(self, plan: EvaluationPlan) -> EvaluationPlan:
        """The plan with the outcomes that the file holds of its unchanged cases."""
        if not self._file:
            return plan
        cases = {case.name: case for case in plan.cases}
        known: dict[str, Outcome] = {}
        for line in self._file.read_text(encoding="utf-8", errors="replace").split("\n"):
            try:
                stated = json.loads(line)
                case = cases.get(stated.pop("case"))
                if case and stated.pop("made") == self._made and stated.pop("stated") == _case_digest(case):
                    known[case.name] = _parse_outcome(case, stated)
            except (ValueError, KeyError, TypeError, AttributeError):
                continue  # the line that was being written when the run was interrupted
        return replace(plan, known=known)


def _parse_outcome(case: Case, stated: dict[str, Any]) -> Outcome:
    from pydantic import TypeAdapter

    gold = tuple(stated.pop("gold"))
    return TypeAdapter(Outcome).validate_python({**stated, "case": replace(case, gold=gold)})


def _case_digest(case: Case) -> str:
    return _digest({**asdict(case), "gold": [] if case.mark else case.gold})


def _digest(stated: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(stated, sort_keys=True, default=str).encode()).hexdigest()[:16]
