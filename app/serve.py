"""Serving the page: one address, this machine only unless told otherwise, until it is told to stop.

What comes in passes the front (journal, health), the guard, the entrance (log-in) and the pace (rates), in this
order, before Gradio sees it.
"""

import contextlib
import errno
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

from app.server.log import Journal, Told, Traceback, opened
from app.settings import Settings
from ingest.errors import RelatoriaError

if TYPE_CHECKING:
    import gradio as gr
    import uvicorn
    from fastapi import FastAPI
    from gradio.routes import App
    from starlette.types import ASGIApp

    from app.server.guard import Service
    from retrieval.assistant import Assistant

EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - recognized, never chosen
QUIET = 0.3  # seconds without a request under way, after which answers are taken to be whole
STARTS = 30.0  # seconds at most


class Served:
    """The page, answering in the background."""

    def __init__(
        self, page: "gr.Blocks", inner: "FastAPI", server: "uvicorn.Server", service: "Service", journal: Journal
    ) -> None:
        self.page, self.inner = page, inner
        self._server, self._service = server, service
        self._thread = threading.Thread(target=self._run, name="server", daemon=True)
        self._restore = _journalled(journal)
        self._broken: BaseException | None = None

    def start(self) -> None:
        """Listen. Raises OSError where that cannot be."""
        self._thread.start()
        until = time.monotonic() + STARTS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > until:
                self.close()
                raise OSError(errno.EADDRINUSE, "the server did not start") from self._broken
            time.sleep(0.002)

    def finish(self, seconds: float, hurry: Callable[[], bool] = lambda: False) -> bool:
        """Take no more questions and let answers under way end, for ``seconds`` at most; whether they did.

        Nothing is waited for once ``hurry`` says so.
        """
        self._service.stopping = True
        last = time.monotonic()
        until = last + seconds
        while time.monotonic() < until and not hurry():
            if self._service.under_way:
                last = time.monotonic()
            elif time.monotonic() - last > QUIET:
                return True
            time.sleep(0.05)
        return False

    def close(self, verbose: bool = False) -> None:  # noqa: ARG002 - as Gradio's own close has it
        """End it, and free the port."""
        self._service.stopping = True
        self._service.ended()
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
    """Show the page until Ctrl-C or SIGTERM, and let answers under way end; a second signal ends it at once.

    Raises RelatoriaError when the address cannot be had, or who may come in cannot be read.
    """
    settings = settings or Settings()
    check_address(host, port)  # before the seconds that the model takes
    check_settings(settings)
    signals = _Signals()
    previous = {one: signal.signal(one, signals.take) for one in (signal.SIGTERM, signal.SIGINT)}
    served: Served | None = None
    try:
        with opened(settings.log, questions=settings.log_questions) as journal:
            assistant.chat()  # a model that cannot be opened is said before the seconds that the others take
            _say("Loading the embedding model…")
            assistant.start()
            import app.web.page  # noqa: F401  # Gradio takes as long to load, and can meanwhile

            try:
                assistant.prepare()
                assistant.for_many()
            except RelatoriaError:
                if not signals.came:  # by which what was loading may have been ended
                    raise
            if not signals.came:
                served = launch(assistant, host=host, port=port, settings=settings, journal=journal)
                _say(f"Relatoría is at {address(host, port)}  (Ctrl-C stops it)")
                if warning := unguarded(host, settings):
                    _say(warning)
                if open_browser:
                    import webbrowser

                    webbrowser.open(address(host, port))
                signals.wait()
                served.finish(settings.grace, lambda: signals.came > 1)
    finally:
        if served is not None:
            served.close()
        for one, handler in previous.items():
            signal.signal(one, handler)
    _say("Stopped.")


def launch(
    assistant: "Assistant",
    *,
    host: str,
    port: int,
    settings: Settings | None = None,
    journal: Journal | None = None,
) -> Served:
    """The page, answering on its address in the background. ``close()`` ends it. Raises RelatoriaError."""
    import uvicorn

    from app.server.guard import Service

    settings, journal, service = settings or Settings(), journal or Journal(None, errors=sys.stderr), Service()
    page, inner, application = compose(assistant, settings, service, journal, host=host)
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
    served = Served(page, inner, uvicorn.Server(config), service, journal)
    try:
        served.start()
    except OSError as error:  # another program was faster than we
        raise RelatoriaError(_taken(host, port)) from error
    return served


def compose(
    assistant: "Assistant", settings: Settings, service: "Service", journal: Journal, *, host: str
) -> "tuple[gr.Blocks, FastAPI, ASGIApp]":
    """The page, the application that serves it, and that with all that stands around it."""
    import gradio as gr
    from fastapi import FastAPI
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    from app.api.endpoints import speak_json
    from app.server.access_log import Front
    from app.server.guard import Guard, Limits, Paced, own_names
    from app.server.login import Entrance
    from app.server.rate_limit import Rates
    from app.server.request import USER
    from app.web.lean import lighten
    from app.web.page import appearance, build

    page, dress = build(assistant, settings), appearance()
    upload = settings.upload_limit if settings.uploads else 0
    options: dict[str, Any] = {
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": True,
        "enable_monitoring": False,
        "show_error": False,
        "allowed_paths": [],
        "max_file_size": upload,
        "app_kwargs": {"docs_url": None, "redoc_url": None, "openapi_url": None},
    }
    if settings.users or settings.auth_header:  # Gradio asks again, behind our entrance
        options["auth_dependency"] = lambda request: request.scope.get(USER)
    inner = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    with contextlib.redirect_stdout(sys.stderr):  # where Gradio says that there are MCP tools
        gr.mount_gradio_app(inner, page, "/", server_name=host, **options, **dress)
    page.has_launched = True  # or Gradio takes any file of this machine for one that a visitor may name
    speak_json(page)
    rates, limits = Rates(settings), Limits(upload, _questions(page), _programs(page))
    application: ASGIApp = Paced(inner, rates, limits)
    application = Entrance(application, settings, rates)
    hosts = own_names(host, settings.allowed_hosts)
    application = Guard(application, service=service, limits=limits, hosts=hosts, head=dress["head"])
    if settings.trusted_proxies:
        application = ProxyHeadersMiddleware(application, trusted_hosts=list(settings.trusted_proxies))  # type: ignore[arg-type,assignment]
    app = _app(inner)
    lighten(app)
    service.ended = app.stop_event.set  # of the signs of life to open pages, which the server would wait for
    assistant.heard = journal.question
    return page, inner, Front(application, journal, lambda: unready(assistant, service))


def unready(assistant: "Assistant", service: "Service") -> str:
    """Why no question can be answered now, in one word; nothing when it can."""
    if service.stopping:
        return "stopping"
    if not assistant.loaded:
        with contextlib.suppress(RelatoriaError, OSError):
            assistant.start()
        return "model"
    try:
        assistant.index.check()
    except (RelatoriaError, OSError):
        return "index"
    return ""


def unguarded(host: str, settings: Settings) -> str:
    """A warning where anyone on the network may ask; nothing where that is not so.

    >>> unguarded("127.0.0.1", Settings())
    ''
    """
    from app.server.rate_limit import is_here

    if settings.users or settings.auth_header or host.lower() == "localhost" or is_here(host):
        return ""
    return (
        f"Warning: whoever reaches {host or 'this machine'} may ask, without logging in. "
        "To name who may, type: relatoria user NAME --users FILE, then relatoria serve --users FILE"
    )


def check_settings(settings: Settings) -> None:
    """Raises RelatoriaError, saying what to type, where the settings cannot be meant."""
    import ipaddress

    from app.server.rate_limit import rate_of
    from app.server.users import read_users

    if settings.users and not read_users(settings.users):
        raise RelatoriaError(f"Nobody is in {settings.users}. Type: relatoria user NAME --users {settings.users}")
    if settings.auth_header and not settings.trusted_proxies:
        raise RelatoriaError(
            "A header that says who it is can be believed of a proxy only. "
            "Say where the proxy is: --trusted-proxy 127.0.0.1"
        )
    for one in settings.trusted_proxies:
        try:
            ipaddress.ip_network(one, strict=False)
        except ValueError as error:
            raise RelatoriaError(
                f"{one[:60]!r} is not an address or a network. Type, for example: --trusted-proxy 10.0.0.0/8"
            ) from error
    for rate in (settings.question_rate, settings.upload_rate, settings.call_rate):
        rate_of(rate or "")


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


class _Signals:
    """The first stops, a second hurries, a third is not waited for by anyone.

    They are counted and looked at: an event that a handler sets while its own thread begins to wait for it would hang.
    """

    def __init__(self) -> None:
        self.came = 0

    def take(self, number: int, _frame: FrameType | None) -> None:
        self.came += 1
        if self.came > 2:
            os._exit(128 + number)

    def wait(self) -> None:
        """For the first."""
        while not self.came:
            time.sleep(0.1)


def _questions(page: "gr.Blocks") -> frozenset[str]:
    """The page's events that ask, by number, and by name where they have one."""
    asking = [one for one in page.fns.values() if one.concurrency_id == "ask" or one.api_name == "ask"]
    names = {one.api_name for one in asking if isinstance(one.api_name, str) and one.api_visibility == "public"}
    return frozenset({str(one._id) for one in asking} | names)


def _programs(page: "gr.Blocks") -> frozenset[str]:
    """The events that programs may name: by number, and by name."""
    public = [one for one in page.fns.values() if one.api_visibility == "public" and isinstance(one.api_name, str)]
    return frozenset({str(one._id) for one in public} | {str(one.api_name) for one in public})


def _app(inner: "FastAPI") -> "App":
    """Gradio's own application in the one that serves it."""
    from gradio.routes import App

    (app,) = [one for route in inner.routes if isinstance(one := getattr(route, "app", None), App)]
    return app


def _journalled(journal: Journal) -> Callable[[], None]:
    """What Gradio, its server and others would print goes to the journal; returns what undoes that."""
    import gradio.queueing
    import gradio.route_utils
    import gradio.routes
    import gradio.utils

    modules: list[Any] = [gradio.queueing, gradio.route_utils, gradio.routes, gradio.utils]
    before = [one.traceback for one in modules]
    for one in modules:  # Gradio prints whole outputs, which are reports, with its tracebacks
        one.traceback = Traceback(journal)
    told = Told(journal)
    loggers = [logging.getLogger(name) for name in ("uvicorn", "asyncio", "gradio", "httpx", "mcp")]
    for logger in loggers:
        logger.addHandler(told)
        logger.propagate = False

    def restore() -> None:
        for module, original in zip(modules, before, strict=True):
            module.traceback = original
        for logger in loggers:
            logger.removeHandler(told)
            logger.propagate = True

    return restore


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")
    sys.stderr.flush()
