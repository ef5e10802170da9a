"""A table of the bundled report, and a library of many."""

import pytest

from app.browse.browse import RecordBrowser
from app.browse.records import RecordTable
from retrieval.assistant import Assistant
from tests.fakes.library import build_library


@pytest.fixture(scope="package")
def library(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return build_library(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="package")
def records(assistant: Assistant) -> RecordTable:
    return RecordBrowser(assistant).records()
