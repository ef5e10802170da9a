"""Starts child processes and exchanges length-prefixed messages with them over pipes."""

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

_LARGEST = 2**30  # bytes of a message


def start_process(module: str, *arguments: str, env: dict[str, str] | None = None) -> "subprocess.Popen[bytes]":
    """Start one of our modules as a child process, its standard input and output piped to this process.

    It finds this package whatever folder the command was started in.
    """
    path = [str(Path(__file__).parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # an interruption by the keyboard is for the parent, which ends its children
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path)} | (env or {}),
    )


def reserve_stdout() -> IO[bytes]:
    """In the child: return standard output as the message pipe; what libraries print goes to standard error instead."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return pipe


def silence_output() -> None:
    """In the child: discard from now on what libraries print to standard output and error."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 1)
    os.dup2(devnull, 2)


def send(pipe: IO[bytes], message: bytes) -> None:
    """Write a message behind its length in digits. Raises OSError when the other end is closed."""
    pipe.write(b"%d\n" % len(message) + message)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """Read the next message; None at the end of the stream. Raises ValueError for anything else."""
    try:
        length = pipe.readline(20)
        if not length.endswith(b"\n") or int(length) > _LARGEST:
            if length:
                raise ValueError("no length of a message")
            return None
        message = pipe.read(int(length))
    except OSError:
        return None
    return None if len(message) < int(length) else message
