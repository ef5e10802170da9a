"""Serving the page: one address, this machine only unless told otherwise, until Ctrl-C."""

import errno
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

from app.settings import Settings
from ingest.errors import RelatoriaError

if TYPE_CHECKING:
    import gradio as gr

    from retrieval.assistant import Assistant

EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - recognized, never chosen
NO_UPLOADS = 1_000  # bytes; where the page takes no files, Gradio's upload route is there all the same


def serve(
    assistant: "Assistant", *, host: str, port: int, open_browser: bool, settings: Settings | None = None
) -> None:
    """Show the page and wait for Ctrl-C. Raises RelatoriaError when the address cannot be had."""
    check_address(host, port)  # before the seconds that the model takes
    stop = threading.Event()
    previous = signal.signal(signal.SIGTERM, _setting(stop))
    page: gr.Blocks | None = None
    try:
        assistant.chat()  # a model that cannot be opened is said before the seconds that the others take
        _say("Loading the embedding model…")
        assistant.prepare()
        page = launch(assistant, host=host, port=port, open_browser=open_browser, settings=settings)
        _say(f"Relatoría is at {address(host, port)}  (Ctrl-C stops it)")
        stop.wait()
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, previous)
        if page is not None:
            page.close(verbose=False)
    _say("Stopped.")


def launch(
    assistant: "Assistant", *, host: str, port: int, open_browser: bool = False, settings: Settings | None = None
) -> "gr.Blocks":
    """The page, answering on its address in the background. ``close()`` ends it."""
    _reach_directly(host)
    from app.ui import appearance, build

    settings = settings or Settings()
    page = build(assistant, settings)
    options: dict[str, Any] = {
        "share": False,
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": False,
        "enable_monitoring": False,
        "show_error": False,
        "quiet": True,
        "allowed_paths": [],
        "max_file_size": settings.upload_limit if settings.uploads else NO_UPLOADS,
        "prevent_thread_lock": True,
    }
    try:
        name = f"[{host}]" if ":" in host else host
        page.launch(server_name=name, server_port=port, inbrowser=open_browser, **options, **appearance())
    except OSError as error:  # another program was faster than we
        raise RelatoriaError(_taken(host, port)) from error
    return page


def check_address(host: str, port: int) -> None:
    """Raises RelatoriaError, saying what to type, when nobody could listen there."""
    if not 1 <= port <= 65_535:
        raise RelatoriaError(f"Port {port} does not exist; ports go from 1 to 65535. Type: relatoria serve --port 7860")
    try:
        family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (OSError, UnicodeError) as error:
        raise RelatoriaError(
            f"There is no address {host!r}. Type: relatoria serve --host 127.0.0.1, or leave --host out."
        ) from error
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(where)
        except OSError as error:
            raise RelatoriaError(_refused(error, host, port)) from error


def address(host: str, port: int) -> str:
    """What to type into a browser.

    >>> address("127.0.0.1", 7860), address("0.0.0.0", 80), address("::1", 7860)
    ('http://127.0.0.1:7860', 'http://localhost:80', 'http://[::1]:7860')
    """
    shown = "localhost" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"


def _refused(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return _taken(host, port)
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"Port {port} is reserved for the system. Type: relatoria serve --port 7860"
    return f"{host} is not an address of this machine. Type: relatoria serve --host 127.0.0.1, or leave --host out."


def _taken(host: str, port: int) -> str:
    other = port + 1 if port < 65_535 else 7860
    return f"Port {port} on {host} is taken. Type: relatoria serve --port {other}"


def _setting(stop: threading.Event) -> Callable[[int, FrameType | None], None]:
    def handler(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    return handler


def _reach_directly(host: str) -> None:
    """Gradio checks its own address over HTTP; a proxy set for the network must not come between."""
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(one for one in (os.environ.get(name), host, "localhost") if one)


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")
    sys.stderr.flush()
