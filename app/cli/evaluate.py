"""The command `relatoria eval`: opens what `evals.cli` evaluates."""

import argparse
import os
from pathlib import Path

from app.cli.assistant import open_assistant
from app.cli.environment import index_folder, text_setting
from evals.cli import main as run_evaluation
from retrieval.assistant import Assistant
from retrieval.models.embedder import Embedder


def evaluate(options: argparse.Namespace) -> int:
    """Run the cases against the index, or the reports and cases of a folder; print the scorecard."""

    def open_for(folder: Path, embedder: Embedder | None, writes: bool) -> Assistant:
        return open_assistant(options, folder, embedder, writes=writes)

    named = options.index or (os.environ.get("RELATORIA_INDEX") and not options.folder)  # a folder has its own index
    index = index_folder(options.index) if named else None
    serving = index or (None if options.folder else index_folder(None))  # whose page is to show the scorecard
    keep = serving if serving and serving.is_dir() else None
    return run_evaluation(options, open_for, index, text_setting(options.model, "MODEL"), keep)
