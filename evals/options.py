"""Command-line options of `relatoria eval`, apart from `cli`, which is slow to import."""

import argparse
from pathlib import Path

OWN_SUITE = "own"
EXTRACTION_SUITE = "upr"  # evals/extraction/upr.py
PUBLIC_SUITES = ("xquad", "piaf", "declaration", "nomiracl", "cev", "scale", EXTRACTION_SUITE)  # evals/benchmarks
SCORECARD_FILE = "scorecard.json"  # in the index folder: the last one


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that only `relatoria eval` takes."""
    parser.add_argument(
        "folder", nargs="?", type=Path, metavar="FOLDER", help="your own reports and cases (default: the product's)"
    )
    parser.add_argument(
        "--suite",
        action="append",
        choices=[OWN_SUITE, *PUBLIC_SUITES, "all"],
        help="own cases (the default), or public sets in RELATORIA_DATA; several times if need be",
    )
    parser.add_argument("--cases", type=Path, action="append", metavar="FILE", help="these cases, not the folder's")
    parser.add_argument("--half", choices=("fit", "report"), help="only the cases of this half")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the scorecard there")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the scorecard there as one page")
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="the figures to hold (default: the folder's)")
    parser.add_argument("--accept", action="store_true", help="make these figures the baseline")
    parser.add_argument("--no-gate", action="store_true", help="measure, and hold against nothing")
    parser.add_argument("--once", action="store_true", help="ask each case once: no repeats, no other order")
    parser.add_argument("--others", action="store_true", help="the usual pipelines beside it (needs the extra: evals)")
    parser.add_argument(
        "--journal", type=Path, metavar="FILE", help="keep outcomes there as they come; go on from what is there"
    )
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("A", "B"), help="two scorecards, and ask nothing")
    parser.add_argument(
        "--export", nargs=2, metavar=("FORMAT", "FILE"), help="the cases for other tools: langsmith or ragas"
    )
    parser.add_argument("--judge", metavar="SPEC", help="a chat model's opinion of each answer; it decides nothing")
    parser.add_argument("--judge-runs", type=int, default=3, metavar="N", help="how often it is asked (default: 3)")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="public sets: keep indexes and vectors there")
    parser.add_argument("--sample", type=int, metavar="N", help="public sets: only N of the distractors")
