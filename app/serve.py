"""Runs the web server: checks address and settings, loads models, serves until a signal, then drains requests."""

import errno
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

from app.server.log import EventLog, open_log
from app.settings import Settings
from ingest.errors import RelatoriaError
from ingest.sanitize import shorten
from retrieval.lanes import return_memory, settle_process

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

    from app.server.guard import ServerState
    from app.web.blocks import StrictBlocks
    from retrieval.assistant import Assistant

ANY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 - recognized, never chosen
IDLE_SECONDS = 0.3  # seconds without a request under way, after which answers are taken to be whole
START_TIMEOUT = 30.0  # seconds at most
MEMORY_SECONDS = 20.0  # seconds after which what requests have left behind is given back


class PageServer:
    """The page on a uvicorn server in a background thread."""

    def __init__(
        self,
        page: "StrictBlocks",
        inner: "FastAPI",
        server: "uvicorn.Server",
        service: "ServerState",
        restore: Callable[[], None],
    ) -> None:
        self.page, self.inner = page, inner
        self._server, self._service = server, service
        self._thread = threading.Thread(target=self._run, name="server", daemon=True)
        self._restore = restore
        self._broken: BaseException | None = None

    def start(self) -> None:
        """Start listening. Raises OSError where that fails."""
        self._thread.start()
        until = time.monotonic() + START_TIMEOUT
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > until:
                self.close()
                raise OSError(errno.EADDRINUSE, "the server did not start") from self._broken
            time.sleep(0.002)

    def drain(self, seconds: float, hurry: Callable[[], bool] = lambda: False) -> bool:
        """Refuse new questions and wait for answers under way, at most ``seconds``; returns whether they ended.

        Stops waiting once ``hurry`` returns True.
        """
        self._service.stopping = True
        last = time.monotonic()
        until = last + seconds
        while time.monotonic() < until and not hurry():
            if self._service.active_requests:
                last = time.monotonic()
            elif time.monotonic() - last > IDLE_SECONDS:
                return True
            time.sleep(0.05)
        return False

    def close(self) -> None:
        """Stop the server and free the port."""
        self._service.stopping = True
        self._service.on_close()
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        self.page.close(verbose=False)
        self._restore()

    def _run(self) -> None:
        try:
            self._server.run()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - told to who starts it
            self._broken = error


def serve(
    assistant: "Assistant", *, host: str, port: int, open_browser: bool, settings: Settings | None = None
) -> None:
    """Serve the page until Ctrl-C or SIGTERM, then drain answers under way; a second signal stops at once.

    Raises RelatoriaError when the address cannot be bound or the settings are invalid.
    """
    settings = settings or Settings()
    check_address(host, port)  # before the seconds that the model takes
    check_settings(settings)
    signals = _Signals()
    previous = {number: signal.signal(number, signals.handle) for number in (signal.SIGTERM, signal.SIGINT)}
    served: PageServer | None = None
    try:
        with open_log(settings.log, questions=settings.log_questions) as journal:
            assistant.chat()  # a model that cannot be opened is said before the seconds that the others take
            _say("Loading the embedding model…")
            assistant.start()
            import app.web.page  # noqa: F401  # Gradio takes as long to load, and can meanwhile

            try:
                assistant.prepare()
                assistant.prepare_for_concurrency()
            except RelatoriaError:
                if not signals.count:  # by which what was loading may have been ended
                    raise
            if not signals.count:
                served = launch(assistant, host=host, port=port, settings=settings, journal=journal)
                settle_process()
                _say(f"Relatoría is at {page_url(host, port)}  (Ctrl-C stops it)")
                if warning := open_access_warning(host, settings):
                    _say(warning)
                if open_browser:
                    import webbrowser

                    webbrowser.open(page_url(host, port))
                signals.wait(MEMORY_SECONDS, return_memory)
                served.drain(settings.grace, lambda: signals.count > 1)
    finally:
        if served is not None:
            served.close()
        for number, handler in previous.items():
            signal.signal(number, handler)
    _say("Stopped.")


def launch(
    assistant: "Assistant",
    *,
    host: str,
    port: int,
    settings: Settings | None = None,
    journal: EventLog | None = None,
) -> PageServer:
    """Start the page in the background; ``close()`` stops it. Raises RelatoriaError where the port is taken."""
    import uvicorn

    from app.server.guard import ServerState
    from app.web.mount import build_application, redirect_library_logs

    settings, journal, service = settings or Settings(), journal or EventLog(None, errors=sys.stderr), ServerState()
    page, inner, application = build_application(assistant, settings, service, journal, host=host)
    config = uvicorn.Config(
        application,
        host=host or "0.0.0.0",  # noqa: S104 - as the person typed
        port=port,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=1,
    )
    served = PageServer(page, inner, uvicorn.Server(config), service, redirect_library_logs(journal))
    try:
        served.start()
    except OSError as error:  # another program was faster than we
        raise RelatoriaError(_port_taken(host, port)) from error
    return served


def open_access_warning(host: str, settings: Settings) -> str:
    """A warning where the page is open to the network without log-in; else an empty string.

    >>> open_access_warning("127.0.0.1", Settings())
    ''
    """
    from app.server.addresses import is_loopback

    if settings.users or settings.auth_header or host.lower() == "localhost" or is_loopback(host):
        return ""
    return (
        f"Warning: whoever reaches {host or 'this machine'} may ask, without logging in. "
        "To name who may, type: relatoria user NAME --users FILE, then relatoria serve --users FILE"
    )


def check_settings(settings: Settings) -> None:
    """Validate users, proxies and rates. Raises RelatoriaError, saying what to type."""
    import ipaddress

    from app.server.rate_limit import parse_rate
    from app.server.users import read_users
    from ingest.readers.pdf.ocr import require_ocr

    if settings.ocr:
        require_ocr()
    if settings.users and not read_users(settings.users):
        raise RelatoriaError(f"Nobody is in {settings.users}. Type: relatoria user NAME --users {settings.users}")
    if settings.auth_header and not settings.trusted_proxies:
        raise RelatoriaError(
            "A header that says who it is can be believed of a proxy only. "
            "Say where the proxy is: --trusted-proxy 127.0.0.1"
        )
    for proxy in settings.trusted_proxies:
        try:
            ipaddress.ip_network(proxy, strict=False)
        except ValueError as error:
            raise RelatoriaError(
                f"{shorten(proxy)} is not an address or a network. Type, for example: --trusted-proxy 10.0.0.0/8"
            ) from error
    for rate in (settings.question_rate, settings.upload_rate, settings.call_rate, settings.read_rate):
        parse_rate(rate or "")


def check_address(host: str, port: int) -> None:
    """Check that the port can be bound. Raises RelatoriaError, saying what to type."""
    if not 1 <= port <= 65_535:
        raise RelatoriaError(f"Port {port} does not exist; ports go from 1 to 65535. Type: relatoria serve --port 7860")
    try:
        family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (OSError, UnicodeError) as error:
        raise RelatoriaError(
            f"There is no address {shorten(host)}. Type: relatoria serve --host 127.0.0.1, or leave --host out."
        ) from error
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(where)
        except OSError as error:
            raise RelatoriaError(_bind_error(error, host, port)) from error


def page_url(host: str, port: int) -> str:
    """The URL of the page for a browser.

    >>> page_url("127.0.0.1", 7860), page_url("0.0.0.0", 80), page_url("::1", 7860)
    ('http://127.0.0.1:7860', 'http://localhost:80', 'http://[::1]:7860')
    """
    shown = "localhost" if host in ANY_ADDRESS else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"


def _bind_error(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return _port_taken(host, port)
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"Port {port} is reserved for the system. Type: relatoria serve --port 7860"
    return f"{host} is not an address of this machine. Type: relatoria serve --host 127.0.0.1, or leave --host out."


def _port_taken(host: str, port: int) -> str:
    other = port + 1 if port < 65_535 else 7860
    return f"Port {port} on {host} is taken. Type: relatoria serve --port {other}"


class _Signals:
    """Counts stop signals: the first stops, the second ends the draining, the third exits the process.

    They are counted and polled: an event that a handler sets while its own thread begins to wait for it would hang.
    """

    def __init__(self) -> None:
        self.count = 0

    def handle(self, number: int, _frame: FrameType | None) -> None:
        self.count += 1
        if self.count > 2:
            os._exit(128 + number)

    def wait(self, every: float, meanwhile: Callable[[], None]) -> None:
        """Block until the first signal; do something ``every`` so many seconds."""
        last = time.monotonic()
        while not self.count:
            time.sleep(0.1)
            if time.monotonic() > last + every:
                meanwhile()
                last = time.monotonic()


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")
    sys.stderr.flush()
