"""The command `relatoria feedback`: lists what visitors said of answers, or drafts cases of it."""

import argparse
import sys
from dataclasses import asdict

from app.cli.environment import feedback_file, index_folder
from app.cli.json_lines import print_json
from app.cli.progress import write_error
from app.cli.terminal import console, feedback_view
from app.feedback.log import read, write_drafts


def feedback(options: argparse.Namespace) -> int:
    """List the entries of the log; with ``--cases``, write the drafts of cases to a new file instead."""
    log = read(feedback_file(options.file, index_folder(options.index)))
    for problem in log.skipped:
        write_error(problem)
    if options.cases:
        count = write_drafts(options.cases, log.entries)
        drafts, they, them = ("draft", "It counts", "it") if count == 1 else ("drafts", "They count", "them")
        said = f"{count} {drafts} written to {options.cases}. {they} once you have judged {them}: docs/evaluation.md"
        sys.stderr.write(f"{said if count else 'Nothing to draft: nobody found anything wrong.'}\n")
    elif options.json:
        for entry in log.entries:
            print_json(asdict(entry))
    else:
        console().print(feedback_view(log.entries))
    return 0
