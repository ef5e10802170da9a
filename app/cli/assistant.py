"""Opens the assistant that a command line asks for, and reads its passage filters."""

import argparse
from pathlib import Path
from typing import Any

from app.cli.environment import (
    embedding_model,
    index_folder,
    model_prices,
    number_setting,
    path_setting,
    text_setting,
)
from retrieval.assistant import Assistant
from retrieval.index.filters import FILTERS, Filter
from retrieval.models.embedder import Embedder
from retrieval.remote import RemoteAssistant


def open_assistant(
    options: argparse.Namespace,
    folder: Path | None = None,
    embedder: Embedder | None = None,
    *,
    writes: bool = True,
    apart: bool = False,
) -> Assistant:
    """Open an assistant as the options say; ``apart``: one that searches in a process of its own.

    ``folder`` and ``embedder`` take the place of the options'; without ``writes`` it has no chat model.
    """
    writes = writes and hasattr(options, "model")  # the other commands call no chat model
    deadline = number_setting(getattr(options, "question_deadline", None), "QUESTION_DEADLINE")
    timed: dict[str, Any] = {"deadline": deadline} if apart else {}
    return (RemoteAssistant if apart else Assistant)(
        folder or index_folder(options.index),
        embedding_model(options.embedding_model),
        chroma=text_setting(options.chroma, "CHROMA"),
        reranker=text_setting(getattr(options, "reranker", None), "RERANKER"),
        calibration=path_setting(options.calibration, "CALIBRATION"),
        model=text_setting(options.model, "MODEL") if writes else None,
        model_timeout=number_setting(options.model_timeout, "MODEL_TIMEOUT") if writes else None,
        prices=model_prices(options.model_price) if writes else None,
        entailment=text_setting(options.entailment, "ENTAILMENT") if writes else None,
        embedder=embedder,
        **timed,
    )


def build_filter(options: argparse.Namespace) -> Filter:
    """Build the filter of a command's options."""
    called = {"reports": "report", "kinds": "kind", "labels": "label"}
    chosen: dict[str, Any] = {name: tuple(getattr(options, called.get(name, name))) for name in FILTERS}
    return Filter(**chosen)
