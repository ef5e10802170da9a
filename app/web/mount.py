"""Mounts the Gradio page in a FastAPI application, behind the middleware of `app.server`.

A request passes the access log with the health probes, the guard, the log-in and the rate limits, in this order.
"""

import contextlib
import logging
import sys
from collections.abc import Callable
from typing import Any

import gradio as gr
import gradio.queueing
import gradio.route_utils
import gradio.routes
import gradio.utils
from fastapi import FastAPI
from gradio.routes import App
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.api.endpoints import reply_in_json
from app.server.access_log import AccessLogMiddleware
from app.server.guard import GuardMiddleware, RateLimitMiddleware, RequestLimits, ServerState, own_hosts
from app.server.log import EventLog, EventLogHandler, LoggedTraceback
from app.server.login import LoginMiddleware
from app.server.rate_limit import RateLimits
from app.server.request import USER
from app.settings import Settings
from app.web.blocks import StrictBlocks
from app.web.lean import lighten
from app.web.page import appearance, build_page
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant


def build_application(
    assistant: Assistant, settings: Settings, service: ServerState, journal: EventLog, *, host: str
) -> tuple[StrictBlocks, FastAPI, ASGIApp]:
    """Build the Gradio page, the FastAPI application that serves it, and that application wrapped in the middleware."""
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
    reply_in_json(page)
    rates, limits = RateLimits(settings), RequestLimits(upload, _question_events(page), _public_events(page))
    application: ASGIApp = RateLimitMiddleware(inner, rates, limits)
    application = LoginMiddleware(application, settings, rates)
    hosts = own_hosts(host, settings.allowed_hosts)
    application = GuardMiddleware(application, service=service, limits=limits, hosts=hosts, head=dress["head"])
    if settings.trusted_proxies:
        application = ProxyHeadersMiddleware(application, trusted_hosts=list(settings.trusted_proxies))  # type: ignore[arg-type,assignment]
    app = _gradio_app(inner)
    lighten(app)
    service.on_close = app.stop_event.set  # of the signs of life to open pages, which the server would wait for
    assistant.on_answer = journal.log_question
    return page, inner, AccessLogMiddleware(application, journal, lambda: unready_reason(assistant, service))


def unready_reason(assistant: Assistant, service: ServerState) -> str:
    """Why no question can be answered now: "stopping", "model" or "index"; an empty string when it can."""
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
    """Redirect tracebacks and warnings of Gradio, uvicorn and others to the event log; returns the undo function."""
    modules: list[Any] = [gradio.queueing, gradio.route_utils, gradio.routes, gradio.utils]
    before = [module.traceback for module in modules]
    for module in modules:  # Gradio prints whole outputs, which are reports, with its tracebacks
        module.traceback = LoggedTraceback(journal)
    told = EventLogHandler(journal)
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


def _question_events(page: gr.Blocks) -> frozenset[str]:
    """The Gradio events that ask a question: numbers, and names of public ones."""
    asking = [value for value in page.fns.values() if value.concurrency_id == "ask" or value.api_name == "ask"]
    names = {value.api_name for value in asking if isinstance(value.api_name, str) and value.api_visibility == "public"}
    return frozenset({str(value._id) for value in asking} | names)


def _public_events(page: gr.Blocks) -> frozenset[str]:
    """The Gradio events open to programs: numbers and names."""
    public = [
        value for value in page.fns.values() if value.api_visibility == "public" and isinstance(value.api_name, str)
    ]
    return frozenset({str(value._id) for value in public} | {str(value.api_name) for value in public})


def _gradio_app(inner: FastAPI) -> App:
    """Find Gradio's application among the routes of the FastAPI application."""
    (app,) = [one for route in inner.routes if isinstance(one := getattr(route, "app", None), App)]
    return app
