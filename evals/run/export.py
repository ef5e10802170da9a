"""Exports cases as JSON lines for LangSmith and Ragas.

``langsmith``: what `Client.create_examples(examples=…)` and a dataset upload take: inputs, reference outputs, metadata.
``ragas``: `SingleTurnSample` of its EvaluationDataset, without what the system under test adds (response,
retrieved_contexts). Turns said before stand in front of the question, one a line; ``history`` has them apart.

The texts are the reports' own. A refusal has no passages; its reference names the statuses that are right.
Where the gold is what a "mark" of an earlier answer showed, it cannot be told without asking: the mark stands alone.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from evals.run.cases import Case, GoldMatch
from ingest.errors import RelatoriaError
from ingest.report import Passage, normalize_for_display


def export(name: str, cases: Sequence[Case], passages: Mapping[str, Passage]) -> str:
    """Serialize the cases in the format ``name``; ``passages`` by id. Raises RelatoriaError for an unknown format.

    >>> case = Case("bread-en", "How do I bake bread?", "en", statuses=("out_of_scope",))
    >>> json.loads(export("ragas", [case], {}))["reference"]
    'out_of_scope'
    """
    row = check_format(name)
    return "".join(json.dumps(row(case, passages), ensure_ascii=False) + "\n" for case in cases)


def _langsmith(case: Case, passages: Mapping[str, Passage]) -> dict[str, Any]:
    return {
        "inputs": {"question": case.question, "history": list(case.before)},
        "outputs": {
            "status": [str(status) for status in case.statuses],
            "need": str(case.need) if case.answerable else None,
            "must_cite": _cited(case.gold, passages),
            "may_cite": _cited(case.also, passages),
            "must_not_cite": _cited(case.never, passages),
            "mark": case.mark,
            "total": case.total,
            "strength": case.strength and str(case.strength),
        },
        "metadata": _metadata(case),
        "split": case.half,
    }


def _ragas(case: Case, passages: Mapping[str, Passage]) -> dict[str, Any]:
    return {
        "user_input": "\n".join((*case.before, case.question)),
        "reference_contexts": _texts(case.gold, passages),
        "reference_context_ids": list(case.gold),
        "reference": _reference(case, passages),
        **_metadata(case),
        "history": list(case.before),
        "status": [str(status) for status in case.statuses],
        "mark": case.mark,
        "half": case.half,
    }


_ROWS: Mapping[str, Callable[[Case, Mapping[str, Passage]], dict[str, Any]]] = {
    "langsmith": _langsmith,
    "ragas": _ragas,
}
FORMATS = tuple(_ROWS)


def check_format(name: str) -> Callable[[Case, Mapping[str, Passage]], dict[str, Any]]:
    """The function that builds a row of a format. Raises RelatoriaError for an unknown one."""
    if name not in _ROWS:
        raise RelatoriaError(f"There is no export format {name!r}. Give one of: {', '.join(FORMATS)}.")
    return _ROWS[name]


def _metadata(case: Case) -> dict[str, Any]:
    return {name: str(getattr(case, name)) for name in ("name", "archetype", "language", "same_as", "why")}


def _reference(case: Case, passages: Mapping[str, Passage]) -> str:
    """The reference answer: one of the gold passages where one is enough, all of them otherwise."""
    if not case.answerable:
        return " or ".join(case.statuses)
    texts = _texts(case.gold, passages)
    return "\n\n".join(texts[:1] if case.need is GoldMatch.ANY else texts)


def _cited(ids: Iterable[str], passages: Mapping[str, Passage]) -> list[dict[str, str]]:
    return [{"id": id_, "text": normalize_for_display(passages[id_].text)} for id_ in ids]


def _texts(ids: Iterable[str], passages: Mapping[str, Passage]) -> list[str]:
    return [entry["text"] for entry in _cited(ids, passages)]
