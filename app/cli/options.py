"""The argument parser of the command line: its commands, options and help texts."""

import argparse
import re
from pathlib import Path
from typing import NoReturn

from evals.options import add_options
from ingest.report import Kind, Strength
from ingest.sanitize import MAX_REPEATED, shorten
from retrieval.answer.templates import ANSWER_LANGUAGES

_FEEDBACK_HELP = "where visitors' opinions are kept (default: RELATORIA_FEEDBACK, or feedback.jsonl in the index)"


class _Parser(argparse.ArgumentParser):
    """A parser whose errors repeat as little of what was typed as all others."""

    def error(self, message: str) -> NoReturn:
        super().error(re.sub(rf"(\S{{{MAX_REPEATED}}})\S+", r"\1…", message))


def build_parser() -> argparse.ArgumentParser:
    """Build the parser; the name of the command that was given is in ``options.command``."""
    parser: argparse.ArgumentParser = _Parser(
        prog="relatoria",
        description="Ask conference reports in your own language; every answer is the report's own words.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--index", metavar="DIR", help="the index folder (default: RELATORIA_INDEX, or your data folder)"
    )
    common.add_argument(
        "--embedding-model",
        metavar="NAME",
        help="a sentence-transformers model by name or path (default: RELATORIA_EMBEDDING_MODEL, or the bundled one)",
    )
    common.add_argument(
        "--chroma",
        metavar="URL",
        help="a Chroma server that holds the passage vectors (default: RELATORIA_CHROMA, or none: the index folder)",
    )
    common.add_argument(
        "--calibration",
        type=_path,
        metavar="FILE",
        help="what the embedding model's scores mean (default: RELATORIA_CALIBRATION, or what comes with the product)",
    )
    printing = argparse.ArgumentParser(add_help=False)
    printing.add_argument("--json", action="store_true", help="one JSON object a line, for programs")

    narrowing = _filter_options()
    ranking = argparse.ArgumentParser(add_help=False)
    ranking.add_argument(
        "--reranker",
        metavar="NAME",
        help="a cross-encoder by name or path that reorders the best passages (default: RELATORIA_RERANKER, or none)",
    )

    writing = _model_options()
    exporting = argparse.ArgumentParser(add_help=False)
    exporting.add_argument(
        "--export", type=_path, metavar="FILE", help="write it to a file too: .docx, .md, .csv or .json, with footnotes"
    )

    def command(name: str, text: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        return commands.add_parser(name, parents=parents, help=text, description=text)

    sub = command("ingest", "put report files into the index; without a path, the bundled report", common, printing)
    sub.add_argument("paths", nargs="*", type=_path, metavar="PATH", help="reports, or folders of them")
    sub.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")
    sub.add_argument(
        "--rebuild", action="store_true", help="make everything anew, for example with another embedding model"
    )

    sub = command("remove", "take one report out of the index", common)
    sub.add_argument("report", metavar="REPORT_ID")

    command("passages", "list the records in reading order", common, printing, narrowing, exporting)

    sub = command("search", "rank the passages for a question", common, printing, narrowing, ranking)
    sub.add_argument("--explain", action="store_true", help="say of each passage why it stands where it does")
    sub.add_argument("-k", type=_positive, default=10, metavar="N", help="how many passages (default: 10)")
    sub.add_argument("question", metavar="QUESTION", help='the question, or "-" for one on each line of standard input')

    several = (common, printing, narrowing, ranking, writing, exporting)
    sub = command("ask", "answer a question with cited recommendations", *several)
    sub.add_argument(
        "--answer-in", choices=ANSWER_LANGUAGES, help="the language of the opening sentence (default: the question's)"
    )
    sub.add_argument(
        "--translate",
        action="store_true",
        help="with a chat model: a machine translation under each quote in another language, where it can be proved",
    )
    sub.add_argument(
        "--conversation",
        action="store_true",
        help='with "-": the lines are turns of one conversation ("and for women?"); an empty line starts a new one',
    )
    sub.add_argument("question", metavar="QUESTION", help='the question, or "-" for one on each line of standard input')

    add_options(command("eval", "ask the cases, print the scorecard", common, ranking, writing))

    sub = command("serve", "open the page in a browser", common, ranking, writing)
    _add_page_options(sub)
    _add_server_options(sub)

    text = "set the password of someone who may use the page: asked for twice, or one line of standard input"
    sub = command("user", text)
    sub.add_argument("name", metavar="NAME", help="as it is typed to log in")
    sub.add_argument("--users", type=_path, metavar="FILE", help="the file (default: RELATORIA_USERS)")
    sub.add_argument("--remove", action="store_true", help="take the user out")

    sub = command("feedback", "list what visitors said of answers", common, printing)
    sub.add_argument("file", nargs="?", type=_path, metavar="FILE", help=_FEEDBACK_HELP)
    sub.add_argument(
        "--cases", type=_path, metavar="NEW", help="write what they found wrong there, as drafts of cases to be judged"
    )
    return parser


def _add_page_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the page: address, uploads, scorecard, feedback."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1, this machine only)"
    )
    parser.add_argument("--port", type=int, default=7860, help="the port to listen on (default: 7860)")
    parser.add_argument("--open", action="store_true", help="open the browser too")
    parser.add_argument(
        "--uploads",
        action="store_true",
        help="let visitors add and remove reports (default: RELATORIA_UPLOADS=1, or no)",
    )
    parser.add_argument(
        "--upload-limit",
        metavar="MB",
        help="how large a report may be that a visitor adds (default: RELATORIA_UPLOAD_LIMIT, or 32)",
    )
    parser.add_argument(
        "--upload-quota",
        metavar="MB",
        help="how much room all reports have that visitors add (default: RELATORIA_UPLOAD_QUOTA, or 2048)",
    )
    parser.add_argument(
        "--scorecard",
        type=_path,
        metavar="FILE",
        help="the scorecard that the page shows (default: RELATORIA_SCORECARD, or the last one kept in the index)",
    )
    parser.add_argument("--feedback", type=_path, metavar="FILE", help=_FEEDBACK_HELP)


def _add_server_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a public server: users, proxies, rate limits, logs."""
    group = parser.add_argument_group("on a server", "more: docs/server.md")
    for name, metavar, text in (
        ("users", "FILE", "who may log in, a file made by relatoria user (default: RELATORIA_USERS, or no log-in)"),
        ("auth-header", "NAME", "a header in which a trusted proxy says who it is (default: RELATORIA_AUTH_HEADER)"),
        ("question-rate", "RATE", "questions of one user and of one address, such as 30/minute"),
        ("upload-rate", "RATE", "uploads likewise"),
        ("call-rate", "RATE", "calls of any kind likewise"),
        ("read-rate", "RATE", "all other requests likewise: the page's files, signs of life"),
        ("question-deadline", "SECONDS", "of a search (default: RELATORIA_QUESTION_DEADLINE, or 2)"),
        ("log", "FILE", "one JSON object a request and question; - is standard error (default: RELATORIA_LOG)"),
        ("grace", "SECONDS", "given to answers under way when it is stopped (default: RELATORIA_GRACE, or 10)"),
    ):
        group.add_argument(f"--{name}", metavar=metavar, help=text)
    group.add_argument("--trusted-proxy", action="append", metavar="ADDRESS", help="whose X-Forwarded-* is believed")
    group.add_argument("--allowed-host", action="append", metavar="NAME", help="a name the page may be called by")
    group.add_argument("--log-questions", action="store_true", default=None, help="write the questions down too")


def _filter_options() -> argparse.ArgumentParser:
    """A parent parser with the passage filters; several values of one are alternatives."""
    parser = argparse.ArgumentParser(add_help=False)
    group = parser.add_argument_group("filters", "exact, each may be given several times")
    for name, metavar, text in (
        ("report", "ID", "of this report"),
        ("section", "SECTION", 'in this section: its number ("1.1", "mesa 1.2") or words of its heading'),
        ("addressee", "NAME", "addressed to them"),
        ("by", "NAME", "made by them"),
        ("language", "CODE", "in this language (es, en, …)"),
    ):
        group.add_argument(f"--{name}", action="append", default=[], metavar=metavar, help=text)
    for name, choices, text in (("kind", Kind, "of this kind"), ("strength", Strength, "asking so strongly")):
        group.add_argument(f"--{name}", action="append", default=[], choices=[*map(str, choices)], help=text)
    group.add_argument(
        "--label", action="append", default=[], type=_label, metavar="NAME=VALUE", help="so labelled: term=corto"
    )
    return parser


def _model_options() -> argparse.ArgumentParser:
    """A parent parser with the chat model's options: model, time-out, prices, entailment model."""
    parser = argparse.ArgumentParser(add_help=False)
    group = parser.add_argument_group("chat model", "it adds sentences, each proved; quotes stay the report's own")
    group.add_argument(
        "--model",
        metavar="SPEC",
        help="PROVIDER:NAME, such as openai:gpt-5 (default: RELATORIA_MODEL, or none: quotes alone)",
    )
    group.add_argument(
        "--model-timeout",
        metavar="SECONDS",
        help="how long a call may take in all (default: RELATORIA_MODEL_TIMEOUT, or 60)",
    )
    group.add_argument(
        "--model-price",
        metavar="IN,OUT",
        help="what a million tokens read and written cost (default: RELATORIA_MODEL_PRICE, or unknown)",
    )
    group.add_argument(
        "--entailment",
        metavar="NAME",
        help="an inference model by name or path that must agree too (default: RELATORIA_ENTAILMENT, or none)",
    )
    return parser


def _label(text: str) -> tuple[str, str]:
    name, _, value = (part.strip() for part in text.partition("="))
    if not (name and value):
        raise argparse.ArgumentTypeError(f"{shorten(text)} is not a name and a value, such as theme=Seguridad")
    return name, value


def _path(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("a path is empty; give a file or a folder, or none for the bundled report")
    return Path(text)


def _positive(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{shorten(text)} is not a whole number of 1 or more")
    return number
