"""Mounts the Gradio page in a FastAPI application, behind the middleware of `app.server`.

A request passes the access log with the health probes, what proxies say, the guard, the log-in, the rate limits, the
binding of sessions to users and the receiver of uploads, in this order.
"""

import atexit
import contextlib
import logging
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import gradio.queueing
import gradio.route_utils
import gradio.routes
from fastapi import FastAPI
from gradio.routes import App
from starlette.types import ASGIApp

from app.api.endpoints import reply_in_json
from app.reports.catalog import UPLOADS
from app.reports.receive import UploadMiddleware
from app.reports.uploads import discard_expired
from app.server.access_log import AccessLogMiddleware
from app.server.guard import GuardMiddleware, RequestLimits, ServerState, own_hosts
from app.server.log import EventLog, EventLogHandler
from app.server.login import LoginMiddleware
from app.server.ownership import OwnershipMiddleware
from app.server.proxies import UNDECLARED, ProxyMiddleware
from app.server.rate_limit import RateLimitMiddleware, RateLimits
from app.server.request import USER
from app.settings import Settings
from app.web.blocks import StrictBlocks
from app.web.page import appearance, build_page
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant


def build_application(
    assistant: Assistant, settings: Settings, service: ServerState, journal: EventLog, *, host: str
) -> tuple[StrictBlocks, FastAPI, ASGIApp]:
    """Build the Gradio page, the FastAPI application that serves it, and that application wrapped in the middleware."""
    folder = _private_folder()
    page, dress = build_page(assistant, settings), appearance()
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
    page._queue.ANALYTICS_MAX_EVENTS = 0  # Gradio's figures of each event, in a table made anew, which nobody sees
    reply_in_json(page)
    rates, limits = RateLimits(settings), RequestLimits(upload, _find_question_events(page), _find_public_events(page))
    kept = assistant.index.folder / UPLOADS
    discard_expired(kept)  # which a server before this one left
    application: ASGIApp = UploadMiddleware(inner, folder, kept, settings.upload_quota)
    application = OwnershipMiddleware(application, folder, lambda: page._queue.pending_messages_per_session)
    application = RateLimitMiddleware(application, rates, limits)
    application = LoginMiddleware(application, settings, rates)
    hosts = own_hosts(host, settings.allowed_hosts)
    application = GuardMiddleware(application, service=service, limits=limits, hosts=hosts, head=dress["head"])
    application = ProxyMiddleware(application, settings.trusted_proxies, lambda: _tell_undeclared(journal))
    service.on_close = _find_gradio_app(inner).stop_event.set  # else the server waits for open pages' signs of life
    assistant.on_answer = journal.log_question
    return page, inner, AccessLogMiddleware(application, journal, lambda: explain_unready(assistant, service))


@cache
def _private_folder() -> Path:
    """The process's own folder, new and private, for what visitors upload and export; it goes with the process."""
    folder = tempfile.mkdtemp(prefix="relatoria-")
    os.environ["GRADIO_TEMP_DIR"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _tell_undeclared(journal: EventLog) -> None:
    sys.stderr.write(f"Warning: {UNDECLARED}\n")
    journal.write("proxy", declared=False)


def explain_unready(assistant: Assistant, service: ServerState) -> str:
    """Say why no question can be answered now: "stopping", "model" or "index"; an empty string when it can."""
    if service.stopping:
        return "stopping"
    if not assistant.is_ready:
        with contextlib.suppress(RelatoriaError, OSError):
            assistant.start()
        return "model"
    try:
        assistant.index.check()
    except (RelatoriaError, OSError):
        return "index"
    return ""


def redirect_library_logs(journal: EventLog) -> Callable[[], None]:
    """Redirect tracebacks and warnings of Gradio, uvicorn and others to the event log; returns the undo function.

    Gradio prints an event's exception to standard error with whole outputs in its message, which are reports. It has
    no setting against that: ``print_exception`` is for errors that the visitor is shown, ``show_error`` for what the
    visitor is told, nothing of it goes through ``logging``, and ``redirect_stderr`` would take the whole process.
    """

    def log_exception() -> None:
        if error := sys.exception():
            journal.log_error(error)

    modules: list[Any] = [gradio.queueing, gradio.route_utils, gradio.routes]
    for module in modules:
        module.traceback = SimpleNamespace(print_exc=log_exception)
    told = EventLogHandler(journal)
    loggers = [logging.getLogger(name) for name in ("uvicorn", "asyncio", "gradio", "httpx", "mcp")]
    for logger in loggers:
        logger.addHandler(told)
        logger.propagate = False

    def restore() -> None:
        for module in modules:
            module.traceback = traceback
        for logger in loggers:
            logger.removeHandler(told)
            logger.propagate = True

    return restore


def _find_question_events(page: gr.Blocks) -> frozenset[str]:
    """The Gradio events that ask a question: numbers, and names of public ones."""
    asking = {event._id for event in page.fns.values() if "ask" in (event.concurrency_id, event.api_name)}
    return frozenset(map(str, asking)) | {name for name, number in _public_events(page).items() if number in asking}


def _find_public_events(page: gr.Blocks) -> frozenset[str]:
    """The Gradio events open to programs: numbers and names."""
    public = _public_events(page)
    return frozenset(public) | {str(number) for number in public.values()}


def _public_events(page: gr.Blocks) -> dict[str, int]:
    public = [event for event in page.fns.values() if event.api_visibility == "public"]
    return {event.api_name: event._id for event in public if isinstance(event.api_name, str)}


def _find_gradio_app(inner: FastAPI) -> App:
    """Find Gradio's application among the routes of the FastAPI application."""
    mounted = [getattr(route, "app", None) for route in inner.routes]
    (app,) = [app for app in mounted if isinstance(app, App)]
    return app
