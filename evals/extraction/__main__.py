"""Compares what ingest makes of other people's reports with gold data: `python -m evals.extraction [SET …] [--misses]`.

The sets lie in the folder that RELATORIA_DATA names; evals/data has the labels. Without a name, `wild` is compared.
"""

import sys
from collections.abc import Sequence
from importlib import import_module

from evals.console import command_parser, wide_console
from ingest.errors import ExtraMissing, RelatoriaError

SETS = ("wild", "upr", "cev", "declaration", "attributes", "readings", "ocr")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command: print each set's figures; return the exit status."""
    parser = command_parser("evals.extraction", "Compare records and facts of other people's reports with gold data.")
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"{', '.join(SETS)}; wild if none")
    parser.add_argument("--misses", action="store_true", help="list what is wrong")
    options = parser.parse_args(arguments)
    if unknown := set(options.sets) - set(SETS):
        parser.error(f"there is no set {min(unknown)}")
    return max(run_set(name, misses=options.misses) for name in options.sets or ("wild",))


def run_set(name: str, *, misses: bool = False) -> int:
    """Compare one set and print its figures; return the exit status: 2 where what it needs is not installed."""
    module = import_module(f"evals.extraction.{name}")
    if name == "readings":  # which has options and a table of its own
        return int(module.main([]))
    try:
        module.compare().show(wide_console(), misses=misses, targets=module.TARGETS)
    except (RelatoriaError, OSError) as error:
        wide_console(stderr=True).print(str(error), markup=False, soft_wrap=True)
        return 2 if isinstance(error, ExtraMissing) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
