"""The reader of old Word documents and rich text: LibreOffice, where it is installed, converts them to .docx.

It runs in a profile of its own, without macros and network, in the worker's memory, and is ended with what it started.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from ingest.errors import UnreadableReport
from ingest.readers.extract import Extract
from ingest.readers.office.docx import read_docx

_SECONDS = 45  # of a conversion; large ones take ten
_PROFILE = Path(__file__).parent / "data" / "libreoffice.xml"
_OPTIONS = ("--headless", "--norestore", "--nolockcheck", "--convert-to", "docx", "--outdir")
_ABSENT = (
    "save it as .docx, or install LibreOffice, with which it is read (for example: apt install libreoffice-writer)"
)
_FAILED = "could not be converted: open it in the program that made it and save it as .docx"


def read_legacy(raw: bytes) -> Extract:
    """Read an old Word document or rich text. Raises UnreadableReport, also where there is no LibreOffice."""
    what = "is rich text (RTF)" if raw.startswith(b"{") else "is an old Word document (.doc)"
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise UnreadableReport(f"{what}: {_ABSENT}")
    with tempfile.TemporaryDirectory(prefix="relatoria-", ignore_cleanup_errors=True) as folder:
        source, profile = Path(folder, "report.doc"), Path(folder, "profile")
        source.write_bytes(raw)
        (profile / "user").mkdir(parents=True)
        shutil.copy(_PROFILE, profile / "user" / "registrymodifications.xcu")
        _run([program, f"-env:UserInstallation={profile.as_uri()}", *_OPTIONS, folder, str(source)], folder)
        try:
            return read_docx(source.with_suffix(".docx").read_bytes())
        except OSError as error:
            raise UnreadableReport(f"{what} and {_FAILED}") from error


def _run(command: list[str], folder: str) -> None:
    limited = ["/bin/sh", "-c", f'ulimit -t {_SECONDS}; exec "$@"', "sh"] if os.name == "posix" else []
    process = subprocess.Popen(  # noqa: S603
        [*limited, *command],
        stdin=subprocess.DEVNULL,
        env=os.environ | {"HOME": folder, "TMPDIR": folder},
        start_new_session=True,
    )
    with suppress(subprocess.TimeoutExpired):
        process.wait(_SECONDS)
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
