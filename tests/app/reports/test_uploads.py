"""Files that visitors add: compared before anything changes, and then applied whole or not at all.

Long because one page of uploads is walked through from the first file to the last.
"""

import os
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from PIL import Image

from app.i18n.labels import LABELS, LANGUAGES
from app.reports.catalog import UPLOADS, list_reports
from app.reports.manage import ReportsReply, apply_upload, cancel_upload, preview_removal, preview_upload, remove_report
from app.reports.turns import TURN
from app.reports.uploads import FileStatus, StagedUpload, safe_file_name, stage_upload
from app.reports.views import upload_help_html
from app.settings import Settings
from evals.robustness.seeds import make_seeds
from ingest.sources import find_sources
from ingest.worker import ReadLimits
from retrieval.assistant import Assistant
from retrieval.index.update_result import UpdateResult
from retrieval.limits import FILES
from tests.app.reports.uploading import OPEN, kept, last, sent_and_applied
from tests.fakes.full_disk import run_with_disk_limit
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder, passage_texts, write_report

DATA = Path(os.environ.get("RELATORIA_DATA", "/nowhere"))


def test_nothing_is_done_where_it_is_not_allowed(small: Assistant, sent: Path) -> None:
    before, state = passage_texts(small.index), small.index.store.stamp()
    file = write_report(sent, "new.txt", "Los países deben callar.")
    for reply in (
        last(preview_upload(small, Settings(), [file], None, "en")),
        last(apply_upload(small, Settings(), StagedUpload(sent, state["state"], ()), "en")),
        remove_report(small, Settings(), "a", "en"),
    ):
        assert "relatoria serve --uploads" in reply.said
        assert reply.staged is None
    assert preview_removal(small, Settings(), "a 1", "en") == ("", "")
    assert passage_texts(small.index) == before
    assert not (small.index.folder / UPLOADS).exists()
    for language in LANGUAGES:
        assert "relatoria serve --uploads" in upload_help_html(Settings(), language)


def test_scans_are_recognized_where_the_page_is_served_with_ocr(
    small: Assistant, sent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[ReadLimits] = []
    update = small.index.update

    def updated(*args: Any, limits: ReadLimits, **options: Any) -> UpdateResult:
        given.append(limits)
        return update(*args, limits=replace(limits, ocr=False), **options)

    monkeypatch.setattr(small.index, "update", updated)
    settings = replace(OPEN, ocr=True)
    file = write_report(sent, "c.txt", "Los países deben ceder.")
    reply = last(preview_upload(small, settings, [file], None, "en", visitor="ana"))
    last(apply_upload(small, settings, reply.staged, "en", visitor="ana"))
    assert [(limits.ocr, limits.seconds) for limits in given] == [(True, 3_600)] * 2
    assert all(limits.until > time.monotonic() + TURN for limits in given)


def test_of_a_scan_the_preview_says_what_to_type(small: Assistant, sent: Path) -> None:
    Image.new("L", (90, 90), 255).save(sent / "scan.pdf", "PDF")
    reply = last(preview_upload(small, OPEN, [sent / "scan.pdf"], None, "en"))
    assert "has no text layer: run OCR first (relatoria ingest --ocr, relatoria serve --ocr" in reply.shown


def test_what_would_change_is_shown_first_and_done_only_then(small: Assistant, sent: Path) -> None:
    state = small.index.store.stamp()
    replies = list(preview_upload(small, OPEN, [write_report(sent, "c.txt", "Los países deben ceder.")], None, "en"))
    assert "Reading c.txt (1 of 1)" in replies[0].said
    reply = replies[-1]
    assert "New report" in reply.shown
    assert "Los países deben ceder." in reply.shown
    assert small.index.store.stamp() == state
    assert list_reports(small).reports == 2
    done = last(apply_upload(small, OPEN, reply.staged, "en"))
    assert (done.changed, done.staged) == (True, None)
    assert LABELS["en"].reports.applied in done.said
    assert list_reports(small).reports == 3
    assert "Los países deben ceder." in passage_texts(small.index)
    assert kept(small) == ["c.txt"]


def test_a_new_version_is_compared_record_by_record(small: Assistant, sent: Path) -> None:
    sent_and_applied(small, write_report(sent, "c.txt", "Los países deben ceder.", "Los países deben oír.", "Se irá."))
    reply = last(
        preview_upload(
            small, OPEN, [write_report(sent, "c.txt", "Los países podrían ceder.", "Los países deben oír.")], None, "en"
        )
    )
    assert "New version" in reply.shown
    assert "<del>deben</del> <ins>podrían</ins>" in reply.shown
    assert "<del>Se irá.</del>" in reply.shown
    assert "Los países deben oír" not in reply.shown
    assert "Los países deben ceder." in passage_texts(small.index)
    last(apply_upload(small, OPEN, reply.staged, "en"))
    assert "Los países podrían ceder." in passage_texts(small.index)
    assert [entry.id for entry in list_reports(small).entries if entry.file == "c.txt"] == ["c"]
    result = small.index.update(find_sources([small.index.folder / UPLOADS]), small.embedder)
    assert (result.unchanged, result.added, result.removed) == (("c",), (), ())  # a later ingest finds it


def test_each_file_has_its_verdict(small: Assistant, sent: Path, reports: Path) -> None:
    sent_and_applied(small, write_report(sent, "known.txt", "Los países deben saber."))
    files = [
        write_report(sent, "new.txt", "Los países deben nacer."),
        Path(shutil.copy(sent / "new.txt", sent / "twin.txt")),
        Path(shutil.copy(reports / "a.txt", sent / "copy.txt")),
        Path(shutil.copy(small.index.folder / UPLOADS / "known.txt", sent / "known.txt")),
        write_report(sent, "empty.txt"),
        sent / "large.txt",
        sent / "report.bin",
    ]
    files[4].write_bytes(b"")
    files[5].write_bytes(b"a" * 200_001)
    files[6].write_text("Recomendaciones\n\n• Los países deben leer.\n")
    steps = stage_upload(small, files, OPEN.upload_limit)
    try:
        while True:
            next(steps)
    except StopIteration as end:
        found = end.value
    assert [(verdict.name, verdict.status) for verdict in found.verdicts] == [
        ("new.txt", FileStatus.ADDED),
        ("twin.txt", FileStatus.COPY),
        ("copy.txt", FileStatus.COPY),
        ("known.txt", FileStatus.UNCHANGED),
        ("empty.txt", FileStatus.REFUSED),
        ("large.txt", FileStatus.REFUSED),
        ("report.bin.txt", FileStatus.ADDED),
    ]
    assert [verdict.detail for verdict in found.verdicts[1:3]] == ["new.txt", "a.txt"]
    assert "is empty: copy or export" in found.verdicts[4].detail
    assert not any(file.exists() for file in files)  # what the browser sent is not kept twice
    done = last(apply_upload(small, OPEN, found, "en"))
    assert done.changed
    assert kept(small) == ["known.txt", "new.txt", "report.bin.txt"]


def test_what_is_cancelled_leaves_nothing(small: Assistant, sent: Path) -> None:
    reply = last(preview_upload(small, OPEN, [write_report(sent, "c.txt", "Los países deben ceder.")], None, "en"))
    assert reply.staged
    assert "Nothing was changed" in cancel_upload(reply.staged, "en").said
    assert kept(small) == []
    gone = last(apply_upload(small, OPEN, reply.staged, "en"))
    assert "no longer there" in gone.said
    assert list_reports(small).reports == 2


def test_what_changed_meanwhile_is_shown_again(small: Assistant, sent: Path) -> None:
    reply = last(preview_upload(small, OPEN, [write_report(sent, "c.txt", "Los países deben ceder.")], None, "en"))
    sent_and_applied(small, write_report(sent, "c.txt", "Los países deben dudar."))
    again = last(apply_upload(small, OPEN, reply.staged, "en"))
    assert LABELS["en"].reports.again in again.said
    assert "New version" in again.shown
    assert "Los países deben dudar." in passage_texts(small.index)
    assert last(apply_upload(small, OPEN, again.staged, "en")).changed
    assert "Los países deben ceder." in passage_texts(small.index)


def test_another_writer_is_said_and_the_offer_stays(small: Assistant, sent: Path) -> None:
    reply = last(preview_upload(small, OPEN, [write_report(sent, "c.txt", "Los países deben ceder.")], None, "en"))
    with FileLock(small.index.folder / "writer.lock"):
        busy = last(apply_upload(small, OPEN, reply.staged, "en"))
        assert LABELS["en"].reports.busy in busy.said
        assert busy.staged
        assert LABELS["en"].reports.busy in remove_report(small, OPEN, "a", "en").said
    assert last(apply_upload(small, OPEN, busy.staged, "en")).changed


def test_what_cannot_be_read_when_it_is_applied_is_not_kept(small: Assistant, sent: Path) -> None:
    sent_and_applied(small, write_report(sent, "c.txt", "Los países deben ceder."))
    before = (small.index.folder / UPLOADS / "c.txt").read_bytes()
    files = [write_report(sent, name, f"Los países deben {name}.") for name in ("c.txt", "d.txt", "e.txt")]
    reply = last(preview_upload(small, OPEN, files, None, "en"))
    assert reply.staged
    for name in ("c.txt", "d.txt"):
        (reply.staged.folder / name).write_bytes(b"")
    done = last(apply_upload(small, OPEN, reply.staged, "en"))
    assert done.said.count("is empty") == 2
    assert kept(small) == ["c.txt", "e.txt"]
    assert (small.index.folder / UPLOADS / "c.txt").read_bytes() == before
    assert "Los países deben ceder." in passage_texts(small.index)
    assert [entry.file for entry in list_reports(small).entries] == ["a.txt", "b.txt", "c.txt", "e.txt"]


def offered_to(index: Path, *files: Path) -> ReportsReply:
    return last(preview_upload(Assistant(index, MODEL, embedder=HashingEmbedder()), OPEN, files, None, "en"))


def accepted_by(index: Path, offer: StagedUpload) -> ReportsReply:
    return last(apply_upload(Assistant(index, MODEL, embedder=HashingEmbedder()), OPEN, offer, "en"))


def test_a_full_disk_loses_nothing(small: Assistant, sent: Path) -> None:
    sent_and_applied(small, write_report(sent, "c.txt", "Los países deben ceder."))
    folder, before, state = small.index.folder, passage_texts(small.index), small.index.store.stamp()
    refused = run_with_disk_limit(20, offered_to, folder, write_report(sent, "d.txt", "Los países deben dar."))
    assert LABELS["en"].reports.unkept in refused.said
    many = {name: [f"Los países deben {name}, {n}: {'palabra ' * 40}." for n in range(80)] for name in "cdefghij"}
    reply = offered_to(folder, *(write_report(sent, f"{name}.txt", *said) for name, said in many.items()))
    assert reply.staged
    failed = run_with_disk_limit(300_000, accepted_by, folder, reply.staged)
    assert LABELS["en"].reports.unkept in failed.said
    assert (passage_texts(small.index), small.index.store.stamp()) == (before, state)
    assert kept(small) == ["c.txt"]
    assert "deben ceder" in (folder / UPLOADS / "c.txt").read_text()


def test_who_leaves_while_it_is_applied_leaves_it_whole(small: Assistant, sent: Path) -> None:
    reply = last(preview_upload(small, OPEN, [write_report(sent, "c.txt", "Los países deben ceder.")], None, "en"))
    going = apply_upload(small, OPEN, reply.staged, "en")
    next(going)
    going.close()  # type: ignore[attr-defined]
    for thread in threading.enumerate():
        if thread.name.startswith("upload"):
            thread.join(60)
    assert "Los países deben ceder." in passage_texts(small.index)
    assert kept(small) == ["c.txt"]


@pytest.mark.survey
def test_too_many_at_a_time(small: Assistant, sent: Path) -> None:
    files = [write_report(sent, f"n{number}.txt", f"Los países deben {number}.") for number in range(FILES.most + 3)]
    reply = last(preview_upload(small, OPEN, files, None, "en"))
    assert f"{FILES.most + 3} files were chosen" in reply.shown
    assert reply.shown.count("New report") == FILES.most


@pytest.mark.parametrize(
    "name",
    [
        *("../../../etc/passwd", "..\\..\\boot.ini", "/abs/olute.txt", "CON", "nul.txt", "com1.pdf", "", ".", ".."),
        *(".hidden", "a" * 300 + ".txt", "ñ" * 300, "a\x00b.txt", "\u202etxt.exe", "\ud800.txt", "  .txt", "a/b\nc.md"),
        *("?*<>|:", "~$open.docx"),
        *("😀" * 90 + ".pdf", "=cmd|' /C calc'!A0.txt", "{{x}}.txt", "e\u0301.txt", "a.txt.", "a.TXT"),
    ],
)  # fmt: skip
def test_names_are_made_safe(name: str, tmp_path: Path) -> None:
    safe = safe_file_name(name, ".txt")
    assert safe == safe_file_name(safe, ".txt")
    file = tmp_path / safe
    file.write_text("x")
    assert file.resolve().parent == tmp_path.resolve()
    assert len(safe.encode()) < 120
    assert safe.isprintable()
    assert not safe.startswith((".", "~", " "))
    assert file in find_sources([tmp_path]).files


@pytest.mark.survey
@pytest.mark.skipif(not DATA.is_dir(), reason="needs RELATORIA_DATA")
def test_every_awkward_file_gets_a_plain_answer(small: Assistant, sent: Path) -> None:
    """The first files of each kind and ending of the ingest sets, and sound and damaged ones of every format."""
    files: list[Path] = []
    seen: dict[str, int] = {}
    for set_ in ("ingest_docling", "ingest_unstructured"):
        for path in sorted((DATA / set_).rglob("*")):
            key = f"{path.parent} {path.suffix}"
            if path.is_file() and path.stat().st_size <= OPEN.upload_limit and seen.setdefault(key, 0) < 1:
                seen[key] += 1
                files.append(Path(shutil.copy(path, sent / f"{len(files)}-{path.name}")))
    for seed in make_seeds():
        for cut in (len(seed.raw), len(seed.raw) // 2):
            file = sent / f"{len(files)}-{seed.name}"
            file.write_bytes(seed.raw[:cut])
            files.append(file)
    before = passage_texts(small.index)
    fates: set[str] = set()
    for first in range(0, len(files), FILES.most):
        reply = last(preview_upload(small, OPEN, files[first : first + FILES.most], None, "en"))
        assert "Traceback" not in reply.shown
        assert str(small.index.folder) not in reply.shown
        assert LABELS["en"].reports.unexpected not in reply.said
        fates |= {verdict.status for verdict in reply.staged.verdicts} if reply.staged else set()
        cancel_upload(reply.staged, "en")
    assert {FileStatus.ADDED, FileStatus.REFUSED} <= fates
    assert passage_texts(small.index) == before


def test_asking_sees_a_change_at_once(assistant: Assistant, tmp_path: Path, sent: Path) -> None:
    folder = tmp_path / "index"
    shutil.copytree(assistant.index.folder, folder)
    copy = Assistant(folder, embedder=assistant.embedder())
    assert copy.ask("¿Qué se recomienda sobre los faros?").status != "answered"
    reply = last(
        preview_upload(
            copy,
            OPEN,
            [write_report(sent, "faros.txt", "Los gobiernos deben encender los faros cada noche.")],
            None,
            "es",
        )
    )
    last(apply_upload(copy, OPEN, reply.staged, "es"))
    answer = copy.ask("¿Qué se recomienda sobre los faros?")
    assert [citation.passage.report_id for citation in answer.citations] == ["faros"]
    remove_report(copy, OPEN, "faros", "es")
    assert copy.ask("¿Qué se recomienda sobre los faros?").status != "answered"
