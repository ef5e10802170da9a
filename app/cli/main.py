"""The command `relatoria`: parses arguments, runs a command, returns the exit status.

Exit status 0 done, 1 wrong input (or a file failed), 2 usage, 130 interrupted. Standard output carries the result
alone; progress and errors go to standard error.
"""

import argparse
import io
import sys
from collections.abc import Callable

from app.cli.environment import quiet_libraries
from app.cli.options import build_parser
from app.cli.progress import write_error
from ingest.errors import RelatoriaError
from ingest.sanitize import shorten


def main(arguments: list[str] | None = None) -> int:
    """Run one command line; returns the exit status. Errors become one sentence on standard error."""
    quiet_libraries()
    for stream in (sys.stdout, sys.stderr):  # a terminal that cannot show a letter is no reason to stop
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    options = build_parser().parse_args(arguments)
    try:
        return _import_command(options.command)(options)
    except RelatoriaError as error:
        write_error(str(error))
        return 1
    except KeyboardInterrupt:
        write_error("Interrupted.")
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # who read our output has closed it: nothing is left to say
        return 0
    except UnicodeEncodeError as error:
        write_error(f"{shorten(error.object)} is not text in UTF-8. Check how it was typed or encoded.")
        return 1
    except OSError as error:
        write_error(f"Cannot read or write{f' {error.filename}' if error.filename else ''}: {error.strerror or error}.")
        return 1


def _import_command(name: str) -> Callable[[argparse.Namespace], int]:
    """Import the function of a command, and with it what that command needs: ``--help`` needs nothing."""
    match name:
        case "ingest":
            from app.cli.ingest import ingest as command
        case "remove":
            from app.cli.ingest import remove as command
        case "passages":
            from app.cli.passages import passages as command
        case "search":
            from app.cli.questions import search as command
        case "ask":
            from app.cli.questions import ask as command
        case "prove":
            from app.cli.prove import prove as command
        case "eval":
            from app.cli.evaluate import evaluate as command
        case "serve":
            from app.cli.serve import serve as command
        case "user":
            from app.cli.user import user as command
        case "feedback":
            from app.cli.feedback import feedback as command
    return command
