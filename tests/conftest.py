"""Shared fixtures: the bundled report in an index of its own with the real model, its page served, and visits."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.cli.environment import quiet_libraries
from ingest.readers.read import read_report
from ingest.report import Report
from ingest.sources import BUNDLED_CORPUS, find_sources
from retrieval.assistant import Assistant
from retrieval.index.index import Index
from tests.fakes.browser import OpenPage, launch_chromium, open_visit, serve_page
from tests.fakes.hashing_embedder import MODEL, write_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # as many processes as cores: each has one to itself
quiet_libraries()
REPORT_ID = "gfmd-2010-mesa-redonda-1"
NOW = datetime(2010, 11, 11, 12, tzinfo=UTC)  # so that two answers never differ by the second between them


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    assistant = Assistant(tmp_path_factory.mktemp("index"), now=lambda: NOW)
    assistant.index.update(find_sources([BUNDLED_CORPUS]), assistant.embedder)
    return assistant


@pytest.fixture(scope="session")
def report_file() -> Path:
    return BUNDLED_CORPUS / f"{REPORT_ID}.txt"


@pytest.fixture(scope="session")
def report(report_file: Path) -> Report:
    return read_report(report_file, REPORT_ID)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "index", MODEL)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    write_report(folder, "a.txt", "Los gobiernos deben actuar.", "Los países podrían cooperar.")
    write_report(folder, "b.txt", "Se recomienda la paz.")
    return folder


@pytest.fixture(scope="module")
def served(assistant: Assistant) -> Iterator[str]:
    with serve_page(assistant) as url:
        yield url


@pytest.fixture(scope="module")  # a browser that lives longer is in the way of tests that are coroutines
def browser() -> Iterator["Browser"]:
    with launch_chromium() as browser:
        yield browser


@pytest.fixture
def visit(browser: "Browser") -> Iterator[OpenPage]:
    """Opens pages with animations on; at the end there may have been no problems on any."""
    with ExitStack() as stack:

        def opened(url: str, ready: str = "", **options: Any) -> "Page":
            moving = {"reduced_motion": "no-preference"} | options
            return stack.enter_context(open_visit(browser, url, ready, **moving)).page

        yield opened
