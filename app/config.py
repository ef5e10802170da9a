"""Configuration: the one place that reads the environment. Options on the command line come first."""

import os
from pathlib import Path

from ingest.errors import RelatoriaError

QUIET = {  # set before the libraries that read them are imported
    "GRADIO_ANALYTICS_ENABLED": "False",
    "ANONYMIZED_TELEMETRY": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
}


def quiet_libraries() -> None:
    """Keep libraries from calling out and from talking; what the person has set stays."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)


def index_folder(option: str | None) -> Path:
    """``--index``, or RELATORIA_INDEX, or the platform's folder for user data."""
    chosen = option or os.environ.get("RELATORIA_INDEX")
    if chosen:
        try:
            return Path(chosen).expanduser()
        except RuntimeError as error:
            raise RelatoriaError(f"There is no folder {chosen!r} ({error}). Choose another with --index.") from error
    from platformdirs import user_data_path

    return user_data_path("relatoria", appauthor=False) / "index"


def embedding_model(option: str | None) -> str:
    """``--embedding-model``, or RELATORIA_EMBEDDING_MODEL, or the bundled one."""
    from retrieval.embedding import BUNDLED

    return option or os.environ.get("RELATORIA_EMBEDDING_MODEL") or BUNDLED


def calibration_file(option: Path | None) -> Path | None:
    """``--calibration``, or RELATORIA_CALIBRATION, or none: the one that comes with the product."""
    chosen = os.environ.get("RELATORIA_CALIBRATION")
    return option or (Path(chosen).expanduser() if chosen else None)


def reranker(option: str | None) -> str | None:
    """``--reranker``, or RELATORIA_RERANKER, or none."""
    return option or os.environ.get("RELATORIA_RERANKER") or None


def chroma_server(option: str | None) -> str | None:
    """``--chroma``, or RELATORIA_CHROMA, or none: the vectors are in the index folder."""
    return option or os.environ.get("RELATORIA_CHROMA") or None


def locale_language() -> str | None:
    """The language of the person's terminal, from LC_ALL, LC_MESSAGES or LANG; None where they say none ("C")."""
    said = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    language = said.partition(".")[0].partition("_")[0].lower()
    return language if len(language) == 2 and language.isalpha() else None
