"""Nobody keeps the index busy for longer than a minute, and what is stopped can be tried again."""

import math
import os
import time
from pathlib import Path

import pytest

from app.i18n.labels import LABELS
from app.reports import manage
from app.reports.catalog import UPLOADS, list_reports
from app.reports.manage import apply_upload, preview_upload
from app.reports.turns import RECOVERY, TURN, NotYourTurn, Turns
from app.reports.uploads import discard_expired
from ingest.worker import ReadLimits
from retrieval.assistant import Assistant
from tests.app.reports.uploading import OPEN, kept, last
from tests.fakes.hashing_embedder import write_report


def test_a_minute_is_used_up_and_comes_back() -> None:
    now = 1_000.0
    turns = Turns(lambda: now)
    with turns.take("ana") as until:
        assert until == now + TURN
        now += 40
    with turns.take("ana") as until:
        assert until == now + 20
        now += 30  # the work does not end to the second
    with pytest.raises(NotYourTurn) as refused, turns.take("ana"):
        raise AssertionError
    assert refused.value.wait == 20 * RECOVERY
    with turns.take("bea") as until:
        assert until == now + TURN
    with turns.take("") as until:
        assert until == math.inf
    now += refused.value.wait - 1
    with pytest.raises(NotYourTurn, match="in 1 seconds"), turns.take("ana"):
        raise AssertionError
    now += 1
    with turns.take("ana") as until:
        assert until == pytest.approx(now + 10)
    now += TURN * RECOVERY
    with turns.take("bea"):
        assert set(turns._used) == set()


def test_files_are_read_by_the_end_of_the_turn(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    assert ReadLimits(seconds=5).compute_time_limit(tmp_path / "a.txt") >= 5
    assert 1 < ReadLimits(seconds=5, until=time.monotonic() + 2).compute_time_limit(tmp_path / "a.txt") <= 2
    assert ReadLimits(until=time.monotonic() - 1).compute_time_limit(tmp_path / "nowhere") == 0


def test_what_takes_too_long_is_stopped_and_can_be_tried_again(
    small: Assistant, sent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = small.index.store.stamp()
    file = write_report(sent, "c.txt", "Los países deben ceder.")
    reply = last(preview_upload(small, OPEN, [file], None, "en", visitor="ana"))
    assert reply.staged
    long_ago = time.monotonic() - TURN - 1
    monkeypatch.setattr(manage, "_TURNS", turns := Turns(lambda: long_ago))
    stopped = last(apply_upload(small, OPEN, reply.staged, "en", visitor="ana"))
    assert LABELS["en"].reports.too_slow in stopped.said
    assert stopped.staged == reply.staged
    assert (small.index.store.stamp(), kept(small)) == (state, [f".offered/{reply.staged.folder.name}/c.txt"])
    turns._used["ana"] = (TURN, long_ago)
    waits = last(apply_upload(small, OPEN, stopped.staged, "en", visitor="ana"))
    assert LABELS["en"].access.often.format(seconds=round(10 * RECOVERY)) in waits.said
    assert waits.staged
    monkeypatch.setattr(manage, "_TURNS", Turns())
    assert last(apply_upload(small, OPEN, waits.staged, "en", visitor="ana")).changed
    assert list_reports(small).reports == 3


def test_a_preview_that_takes_too_long_leaves_nothing(
    small: Assistant, sent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = time.monotonic() - TURN - 1
    monkeypatch.setattr(manage, "_TURNS", Turns(lambda: long_ago))
    file = write_report(sent, "c.txt", "Los países deben ceder.")
    reply = last(preview_upload(small, OPEN, [file], None, "en", visitor="ana"))
    assert LABELS["en"].reports.too_slow in reply.said
    assert reply.staged is None
    assert kept(small) == []
    assert last(preview_upload(small, OPEN, [write_report(sent, "c.txt", "Sí.")], None, "en")).shown  # at this machine


def test_a_visitor_leaves_room_for_the_offers_of_others(small: Assistant, sent: Path) -> None:
    aside = small.index.folder / UPLOADS / ".offered"

    def offered(visitor: str) -> Path:
        file = write_report(sent, "c.txt", "Los países deben ceder.")
        staged = last(preview_upload(small, OPEN, [file], None, "en", visitor=visitor)).staged
        assert staged
        return staged.folder

    (other,) = [offered("bea")]
    mine = [offered("ana") for _ in range(5)]
    assert set(aside.iterdir()) == {other, *mine[2:]}


def test_an_offer_that_nobody_decides_on_goes(small: Assistant, sent: Path) -> None:
    reply = last(preview_upload(small, OPEN, [write_report(sent, "c.txt", "Los países deben ceder.")], None, "en"))
    assert reply.staged
    discard_expired(small.index.folder / UPLOADS)
    assert reply.staged.folder.is_dir()
    os.utime(reply.staged.folder, (0, 0))
    discard_expired(small.index.folder / UPLOADS)
    assert kept(small) == []
    discard_expired(sent / "nowhere")
