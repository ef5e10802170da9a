"""The commands `relatoria ingest` and `relatoria remove`: what goes into the index and out of it."""

import argparse
import sys

from app.cli.assistant import open_assistant
from app.cli.json_lines import print_json
from app.cli.progress import progress_bars, report_waiting, spinner, write_error
from app.cli.terminal import console, ingest_view
from app.render.serialize import ingest_json
from ingest.readers.pdf.ocr import require_ocr
from ingest.sources import BUNDLED_CORPUS, find_sources
from ingest.worker import OCR_LIMITS
from retrieval.models.embedder import Embedder


def ingest(options: argparse.Namespace) -> int:
    """Put report files into the index, or say what would change; exit status 1 where a file failed."""
    if options.ocr:
        require_ocr()
    assistant = open_assistant(options)
    sources = find_sources(options.paths or [BUNDLED_CORPUS])

    def load() -> Embedder:
        with spinner("Loading the embedding model…"):
            return assistant.embedder()

    try:
        with progress_bars() as show_progress:
            result = assistant.index.update(
                sources,
                load,
                dry_run=options.dry_run,
                rebuild=options.rebuild,
                limits=OCR_LIMITS if options.ocr else None,
                progress=show_progress,
                waiting=lambda: report_waiting(assistant.index.folder),
            )
    except KeyboardInterrupt:
        write_error("Interrupted. The index is as it was before.")
        return 130
    if options.json:
        print_json(ingest_json(result))
    else:
        console().print(ingest_view(result, dry_run=options.dry_run))
    return 1 if result.failed else 0


def remove(options: argparse.Namespace) -> int:
    """Take a report out of the index."""
    index = open_assistant(options).index
    index.remove(options.report, waiting=lambda: report_waiting(index.folder))
    sys.stderr.write(f"Removed {options.report}.\n")
    return 0
