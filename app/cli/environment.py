"""Configuration, the one reader of the environment: an option, else its variable (RELATORIA_…), else the default."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.settings import UPLOAD_LIMIT, UPLOAD_QUOTA, Settings
from ingest.errors import RelatoriaError
from ingest.sanitize import shorten

if TYPE_CHECKING:
    from retrieval.generation.chat_model import Prices

_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
_MAX_UPLOAD = 256  # megabytes; ingest reads no larger file
_MAX_SECONDS = 86_400.0  # seconds that anything may be given
_NUMBERS = {  # what each is called, what is wanted of it, an example, and the most that it may be
    "MODEL_TIMEOUT": ("A chat model's time-out", "seconds above 0", 60, _MAX_SECONDS),
    "QUESTION_DEADLINE": ("The deadline of a question", "seconds above 0", 2, _MAX_SECONDS),
    "UPLOAD_LIMIT": ("The limit of an upload", f"megabytes from 1 to {_MAX_UPLOAD}", 32, _MAX_UPLOAD),
    "UPLOAD_QUOTA": ("The quota of all uploads", "megabytes", 2048, sys.float_info.max),
}
QUIET_VARIABLES = {  # set before the libraries that read them are imported
    "GRADIO_ANALYTICS_ENABLED": "False",
    "ANONYMIZED_TELEMETRY": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
    "OMP_WAIT_POLICY": "PASSIVE",  # torch's threads sleep while they wait: else ten times the time, beside others
}


def quiet_libraries() -> None:
    """Set the variables that turn off libraries' telemetry, downloads and logging; those already set stay."""
    for name, value in QUIET_VARIABLES.items():
        os.environ.setdefault(name, value)


def index_folder(option: str | None) -> Path:
    """``--index``, or RELATORIA_INDEX, or the platform's folder for user data."""
    if chosen := text_setting(option, "INDEX"):
        try:
            return Path(chosen).expanduser()
        except RuntimeError as error:
            raise RelatoriaError(f"There is no folder {chosen!r} ({error}). Choose another with --index.") from error
    from platformdirs import user_data_path

    return user_data_path("relatoria", appauthor=False) / "index"


def embedding_model(option: str | None) -> str:
    """``--embedding-model``, or RELATORIA_EMBEDDING_MODEL, or the bundled one."""
    from retrieval.models.embedder import BUNDLED_MODEL

    return text_setting(option, "EMBEDDING_MODEL") or BUNDLED_MODEL


def text_setting(option: str | None, name: str) -> str | None:
    """An option, or its variable RELATORIA_``name``, or None."""
    return option or os.environ.get(f"RELATORIA_{name}") or None


def path_setting(option: str | Path | None, name: str) -> Path | None:
    """An option, or its variable RELATORIA_``name``, or None; "~" is the home folder."""
    chosen = option or text_setting(None, name)
    return Path(chosen).expanduser() if chosen else None


def number_setting(option: str | None, name: str) -> float | None:
    """A number of _NUMBERS, above 0; None where neither the option nor its variable says one. Raises RelatoriaError."""
    if not (chosen := text_setting(option, name)):
        return None
    called, wanted, example, most = _NUMBERS[name]
    if not (0 < (number := _parse_number(chosen)) <= most):
        raise RelatoriaError(
            f"{called} is {shorten(chosen)}, and should be a number of {wanted}. Type, for example: "
            f"--{name.lower().replace('_', '-')} {example} (or set RELATORIA_{name})"
        )
    return number


def model_prices(option: str | None) -> "Prices | None":
    """``--model-price IN,OUT``, or RELATORIA_MODEL_PRICE; None where neither says. Raises RelatoriaError."""
    if not (chosen := text_setting(option, "MODEL_PRICE")):
        return None
    from retrieval.generation.chat_model import Prices

    numbers = [_parse_number(price) for price in chosen.split(",")]
    if len(numbers) != 2 or not all(0 <= number < float("inf") for number in numbers):
        raise RelatoriaError(
            f"A chat model's prices are {shorten(chosen)}, and should be two numbers: what a million tokens cost that "
            "it reads, and that it writes. Type, for example: --model-price 1.25,10 (or set RELATORIA_MODEL_PRICE)"
        )
    return Prices(*numbers)


def _parse_number(text: str) -> float:
    """Parse a number; NaN, which is in no range, where it is none."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def page_settings(options: argparse.Namespace) -> Settings:
    """The settings of ``serve``: its options, else RELATORIA_USERS, RELATORIA_LOG and so on. Raises RelatoriaError."""

    def said(name: str) -> str | None:
        option = getattr(options, name)
        return os.environ.get(f"RELATORIA_{name.upper()}") if option is None else option

    def several(name: str, variable: str) -> tuple[str, ...]:
        given = getattr(options, name) or os.environ.get(variable, "").split(",")
        return tuple(value.strip() for value in given if value.strip())

    def megabytes(option: str | None, name: str) -> int:
        return int((number_setting(option, name) or 0) * 2**20)

    given = said("grace") or str(Settings().grace)
    grace = _parse_number(given)
    if not 0 <= grace <= _MAX_SECONDS:
        raise RelatoriaError(f"{shorten(given)} is not a number of seconds. Type, for example: --grace 10")
    asked = options.log_questions or os.environ.get("RELATORIA_LOG_QUESTIONS", "").lower() in ("1", "true", "yes")
    return Settings(
        users=path_setting(options.users, "USERS"),
        auth_header=said("auth_header") or None,
        trusted_proxies=several("trusted_proxy", "RELATORIA_TRUSTED_PROXIES"),
        allowed_hosts=several("allowed_host", "RELATORIA_ALLOWED_HOSTS"),
        question_rate=said("question_rate"),
        upload_rate=said("upload_rate"),
        call_rate=said("call_rate"),
        read_rate=said("read_rate"),
        log=said("log") or None,
        log_questions=asked,
        grace=grace,
        uploads=uploads(options.uploads),
        ocr=options.ocr,
        upload_limit=megabytes(options.upload_limit, "UPLOAD_LIMIT") or UPLOAD_LIMIT,
        upload_quota=megabytes(options.upload_quota, "UPLOAD_QUOTA") or UPLOAD_QUOTA,
        scorecard=path_setting(options.scorecard, "SCORECARD"),
        feedback=feedback_file(options.feedback, index_folder(options.index)),
    )


def uploads(option: bool) -> bool:
    """``--uploads``, or RELATORIA_UPLOADS, or no. Raises RelatoriaError for a value that is neither yes nor no."""
    chosen = os.environ.get("RELATORIA_UPLOADS", "").strip().lower()
    if chosen not in {"", *_TRUE, *_FALSE}:
        raise RelatoriaError(
            f"RELATORIA_UPLOADS is {shorten(chosen)}, and should be 1 (visitors may add reports) or 0."
        )
    return option or chosen in _TRUE


def feedback_file(option: Path | None, index: Path) -> Path:
    """``--feedback``, or RELATORIA_FEEDBACK, or a file in the index folder."""
    from app.feedback.log import FEEDBACK_FILE

    return path_setting(option, "FEEDBACK") or index / FEEDBACK_FILE


def locale_language() -> str | None:
    """The language of the person's terminal, from LC_ALL, LC_MESSAGES or LANG; None where they say none ("C")."""
    said = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    language = said.partition(".")[0].partition("_")[0].lower()
    return language if len(language) == 2 and language.isalpha() else None
