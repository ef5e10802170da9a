"""What is written is for its owner alone, whatever the umask: index, uploads, history, log, opinions."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.feedback import log as feedback
from app.feedback.form import prepare_feedback_file
from app.server.log import open_log
from app.settings import Settings
from ingest.private_files import make_private_folder
from ingest.sources import find_sources
from retrieval.assistant import Assistant
from tests.app.reports.uploading import sent_and_applied
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder, write_report


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    mask = os.umask(0)
    yield
    os.umask(mask)


def modes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}


def test_an_index_is_private(tmp_path: Path, reports: Path) -> None:
    assistant = Assistant(tmp_path / "deep" / "index", MODEL, embedder=HashingEmbedder())
    assistant.index.update(find_sources([reports]), assistant.embedder)
    sent_and_applied(assistant, write_report(tmp_path / "sent", "c.txt", "Los países deben ceder."))
    found = modes(tmp_path / "deep")
    assert {"index", "index/chroma", "index/uploads", "index/uploads/.offered"} <= set(found)
    for name, mode in found.items():
        if (tmp_path / "deep" / name).is_dir():
            assert mode == 0o700 or Path(name).parts[1:2] == ("chroma",), name
        else:
            assert mode == 0o600 or "chroma/" in name, name  # which lie in a private folder
    assert found["index/chroma"] == 0o700


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o755)
    make_private_folder(tmp_path / "shared" / "a" / "b")
    assert list(modes(tmp_path / "shared").values()) == [0o755, 0o700, 0o700]


def test_logs_and_opinions_are_private(tmp_path: Path) -> None:
    with open_log(str(tmp_path / "log")) as journal:
        journal.write("request")
    file = prepare_feedback_file(Assistant(tmp_path / "index", MODEL), Settings(feedback=tmp_path / "said" / "file"))
    entry = feedback.FeedbackEntry("", True, (), "", "q", "q", "answered", (), "en", "", "0")
    feedback.append(file, entry)
    found = modes(tmp_path)
    assert {name: found[name] for name in ("log", "said", "said/file")} == {
        "log": 0o600,
        "said": 0o700,
        "said/file": 0o600,
    }
    assert found["said/file.lock"] == 0o600
