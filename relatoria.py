"""The public surface: what other programs import, by name, loaded when it is first used.

>>> from relatoria import Assistant, RelatoriaRetriever
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.errors import (
        BadFilter,
        BadQuestion,
        IndexMismatch,
        NoIndex,
        RelatoriaError,
        StorageFailed,
        UnreadableReport,
    )
    from ingest.report import Kind, Metadata, Passage, Report
    from retrieval.assistant import Assistant
    from retrieval.chain import RelatoriaRetriever, answer_chain
    from retrieval.index.filters import Filter
    from retrieval.results import Answer, Citation, Hit, Provenance, Score, Statement, Status
    from retrieval.search.search import SearchResult

_HOMES = {
    "ingest.errors": "BadFilter BadQuestion IndexMismatch NoIndex RelatoriaError StorageFailed UnreadableReport",
    "ingest.report": "Kind Metadata Passage Report",
    "retrieval.results": "Answer Citation Hit Provenance Score Statement Status",
    "retrieval.assistant": "Assistant",
    "retrieval.chain": "RelatoriaRetriever answer_chain",
    "retrieval.index.filters": "Filter",
    "retrieval.search.search": "SearchResult",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = [
    "Answer",
    "Assistant",
    "BadFilter",
    "BadQuestion",
    "Citation",
    "Filter",
    "Hit",
    "IndexMismatch",
    "Kind",
    "Metadata",
    "NoIndex",
    "Passage",
    "Provenance",
    "RelatoriaError",
    "RelatoriaRetriever",
    "Report",
    "Score",
    "SearchResult",
    "Statement",
    "Status",
    "StorageFailed",
    "UnreadableReport",
    "answer_chain",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'relatoria' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__


if __name__ == "__main__":
    from app.cli.main import main

    raise SystemExit(main())
