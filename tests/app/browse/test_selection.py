"""A selection lasts and believes no stranger; what is selected is exported, or else what fits."""

import json
from pathlib import Path

import pytest

from app.browse.browse import RecordBrowser, apply_boxes
from app.browse.records import BrowseQuery
from evals.performance.synthetic import WordEmbedder, write_reports
from ingest.errors import RelatoriaError
from ingest.sources import find_sources
from retrieval.assistant import Assistant
from retrieval.index.index import Index
from retrieval.limits import EXPORTED
from tests.fakes.library import judged_by_rules

ID = "gfmd-2010-mesa-redonda-1"


def test_a_selection_believes_no_stranger() -> None:
    known = {"a", "b", "c"}
    before = frozenset("ab")
    assert apply_boxes(before, json.dumps({"on": ["c", "x"], "off": ["a"]}), known) == {"b", "c"}
    for nonsense in (
        "",
        "null",
        "[]",
        "{",
        '{"on": 3, "off": {"a": 1}}',
        '{"on": [null, 1, ["a"]]}',
        "[" * 5_000,
        "9" * 200_000,
    ):
        assert apply_boxes(before, nonsense, known) == before


def test_what_is_selected_is_exported_or_else_what_fits(assistant: Assistant) -> None:
    browsing = RecordBrowser(assistant)
    view = BrowseQuery("", {"strength": ("possibility",)})
    fitting = [entry.id for entry in browsing.export(view, frozenset(), "", "en").entries]
    assert fitting == [f"{ID}#1.1-r01", f"{ID}#1.1-r03", f"{ID}#1.2-r05"]
    chosen = frozenset({f"{ID}#1.2-r16", f"{ID}#1.1-r02", "gone#1"})
    export = browsing.export(view, chosen, json.dumps({"on": [f"{ID}#1.1-r09"], "off": []}), "en")
    assert [entry.id for entry in export.entries] == [f"{ID}#1.1-r02", f"{ID}#1.1-r09", f"{ID}#1.2-r16"]
    assert export.index == assistant.index.check()["fingerprint"]


def test_too_many_for_a_file_is_said(assistant: Assistant) -> None:
    assert EXPORTED.most >= 1_000
    with pytest.raises(RelatoriaError, match="at most 25 recommendations, and these are 26"):
        RecordBrowser(assistant, most=25).export(BrowseQuery(), frozenset(), "", "en")


def test_a_report_that_is_gone_is_gone_from_the_table(tmp_path: Path) -> None:
    write_reports(tmp_path / "reports", 2, 3)
    index = Index(tmp_path / "index", WordEmbedder().name)
    with judged_by_rules():
        index.update(find_sources([tmp_path / "reports"]), WordEmbedder)
    browsing = RecordBrowser(Assistant(tmp_path / "index"))
    selected = browsing.matching_ids(BrowseQuery())
    assert len(selected) == 6
    index.remove("report-00000")
    assert browsing.render(BrowseQuery(), selected, "en").shown == 3
    assert len(browsing.export(BrowseQuery(), selected, "", "en").entries) == 3
