"""The command `relatoria passages`: lists the records that fit the filters, in reading order."""

import argparse
import sys
from collections.abc import Iterable

from app.cli.assistant import build_filter, open_assistant
from app.cli.environment import locale_language
from app.cli.json_lines import print_json
from app.cli.terminal import console, passages_view
from app.export.document import export_passages
from app.export.files import format_for, save
from ingest.report import Passage
from ingest.serialization import passage_to_dict
from retrieval.index.filters import select_rows, validate_filter


def passages(options: argparse.Namespace) -> int:
    """List the records, and with ``--export`` write them to a file first."""
    assistant = open_assistant(options)
    index = assistant.index
    if options.export:
        format_for(options.export)  # before any work is done
    fingerprint = index.check()["fingerprint"]
    facets = index.facets()
    fitting = select_rows(index.store, validate_filter(build_filter(options), facets), facets)
    listed: Iterable[Passage] = index.store.passages() if fitting is None else index.store.passages_in_order(fitting)
    if options.export:
        listed = some = list(listed)
        save(export_passages(some, assistant.report, locale_language() or "es", index=fingerprint), options.export)
        sys.stderr.write(f"Wrote {len(some):,} records to {options.export}.\n")
    if options.json:
        for passage in listed:
            print_json(passage_to_dict(passage))
    else:
        console().print(passages_view(listed))
    return 0
