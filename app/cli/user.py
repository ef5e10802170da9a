"""The command `relatoria user`: sets the password of someone who may use the page."""

import argparse
import sys
from getpass import getpass

from app.cli.environment import path_setting
from app.server.users import validate_name, write_user
from ingest.errors import RelatoriaError


def user(options: argparse.Namespace) -> int:
    """Set a user's password, or take the user out. Raises RelatoriaError where no file is named."""
    file, name = path_setting(options.users, "USERS"), validate_name(options.name)
    if file is None:
        raise RelatoriaError(f"Say in which file: relatoria user {name} --users FILE (or set RELATORIA_USERS)")
    write_user(file, name, None if options.remove else _ask_password(name))
    sys.stderr.write(f"{'Removed' if options.remove else 'Set the password of'} {name} in {file}.\n")
    return 0


def _ask_password(name: str) -> str:
    """Prompt twice on a terminal, else read one line of standard input. Raises RelatoriaError."""
    if sys.stdin is None or not sys.stdin.isatty():
        return (sys.stdin.readline() if sys.stdin else "").rstrip("\r\n")
    password = getpass(f"Password of {name}: ")
    if getpass("Once more: ") != password:
        raise RelatoriaError("The two are not the same. Type the command again.")
    return password
