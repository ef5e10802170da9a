"""Where the public data sets lie: in the folder that RELATORIA_DATA names."""

import os
from pathlib import Path

from ingest.errors import RelatoriaError


def public_folder() -> Path | None:
    """The folder; None where RELATORIA_DATA is not set."""
    chosen = os.environ.get("RELATORIA_DATA")
    return Path(chosen).expanduser() if chosen else None


def require_public(name: str) -> Path:
    """Path of a file or folder of the public data. Raises RelatoriaError, saying what to set."""
    folder = public_folder()
    if folder is None or not (path := folder / name).exists():
        where = f"There is no {name} in {folder}." if folder else "RELATORIA_DATA is not set."
        raise RelatoriaError(f"{where} Set RELATORIA_DATA to the folder that holds {name}.")
    return path
