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

from app.api.endpoints import speak_json
from app.server.access_log import Front
from app.server.guard import Guard, Limits, Paced, Service, own_names
from app.server.log import Journal, Told, Traceback
from app.server.login import Entrance
from app.server.rate_limit import Rates
from app.server.request import USER
from app.settings import Settings
from app.web.blocks import StrictBlocks
from app.web.lean import lighten
from app.web.page import appearance, build
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant


def compose(
    assistant: Assistant, settings: Settings, service: Service, journal: Journal, *, host: str
) -> tuple[StrictBlocks, FastAPI, ASGIApp]:
    """Build the Gradio page, the FastAPI application that serves it, and that application wrapped in the middleware."""
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


def unready(assistant: Assistant, service: Service) -> str:
    """Why no question can be answered now: "stopping", "model" or "index"; an empty string when it can."""
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


def journalled(journal: Journal) -> Callable[[], None]:
    """Redirect tracebacks and warnings of Gradio, uvicorn and others to the event log; returns the undo function."""
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


def _questions(page: gr.Blocks) -> frozenset[str]:
    """The Gradio events that ask a question: numbers, and names of public ones."""
    asking = [one for one in page.fns.values() if one.concurrency_id == "ask" or one.api_name == "ask"]
    names = {one.api_name for one in asking if isinstance(one.api_name, str) and one.api_visibility == "public"}
    return frozenset({str(one._id) for one in asking} | names)


def _programs(page: gr.Blocks) -> frozenset[str]:
    """The Gradio events open to programs: numbers and names."""
    public = [one for one in page.fns.values() if one.api_visibility == "public" and isinstance(one.api_name, str)]
    return frozenset({str(one._id) for one in public} | {str(one.api_name) for one in public})


def _app(inner: FastAPI) -> App:
    """Find Gradio's application among the routes of the FastAPI application."""
    (app,) = [one for route in inner.routes if isinstance(one := getattr(route, "app", None), App)]
    return app
