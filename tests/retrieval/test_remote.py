"""Searching in another process: the same answers and errors, whoever dies."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from app.server.log import EventLog
from ingest.errors import BadFilter, BadQuestion, NoIndex, RelatoriaError
from ingest.sources import BUNDLED_CORPUS, find_sources
from retrieval.assistant import Assistant
from retrieval.index.filters import Filter
from retrieval.query.conversation import EMPTY_CONVERSATION
from retrieval.remote import RemoteAssistant
from retrieval.results import Answer
from retrieval.worker import SearchCrashed
from tests.fakes.waiting import wait_until

PATIENCE = 180  # seconds
QUESTIONS = (
    "¿Qué se recomendó sobre la migración de retorno?",
    "What should governments do about trafficking?",
    "Que dit le rapport sur la fuite des cerveaux ?",
    "ماذا يقول التقرير عن احتجاز المهاجرين؟",
    "Who won the football world cup?",
    "¿Qué dice la recomendación 14?",
)


@pytest.fixture(scope="module")
def apart(assistant: Assistant) -> Iterator[RemoteAssistant]:
    with closing(RemoteAssistant(assistant.index.folder)) as remote:
        remote.prepare()
        yield remote


def undated(answer: Answer) -> Answer:
    """Without what differs from one process to another: the second, and the seventh decimal of a score."""
    assert answer.provenance
    return replace(answer, hits=(), provenance=replace(answer.provenance, date=""))


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_are_the_same(apart: RemoteAssistant, assistant: Assistant, question: str) -> None:
    there, here = apart.ask(question), assistant.ask(question)
    assert undated(there) == undated(here)
    for some, same in ((there.hits, here.hits), (apart.search(question).hits, assistant.search(question).hits)):
        assert [hit.passage for hit in some] == [hit.passage for hit in same]
        assert [hit.score.total for hit in some] == pytest.approx([hit.score.total for hit in same], abs=1e-5)


def test_a_conversation_and_a_filter_are_heard(apart: RemoteAssistant, assistant: Assistant) -> None:
    for either in (apart, assistant):
        talk = EMPTY_CONVERSATION.with_answer(either.ask(QUESTIONS[0]))
        narrowed = either.ask("¿Y de la trata?", conversation=talk, language="fr", where=Filter(section=("1.2",)))
        assert narrowed.language == "fr"
        assert {each.passage.headings[0][:16] for each in narrowed.citations} == {"Mesa Redonda 1.2"}


def test_errors_are_the_same(apart: RemoteAssistant, assistant: Assistant, tmp_path: Path) -> None:
    said = []
    for either in (apart, assistant):
        with pytest.raises(BadFilter) as raised:
            either.ask("migration", where=Filter(section=("9.9",)))
        said.append(str(raised.value))
    assert said[0] == said[1]
    with pytest.raises(BadQuestion, match="not text"):
        apart.ask("migration", where=Filter(section=("\ud800",)))
    with (
        closing(RemoteAssistant(tmp_path / "nothing\udcff")) as nothing,
        pytest.raises(NoIndex, match="relatoria ingest"),
    ):
        nothing.ask("migration")  # from a folder whose name is not UTF-8


def test_what_is_missing_is_said_before_anybody_asks(assistant: Assistant, tmp_path: Path) -> None:
    with closing(RemoteAssistant(assistant.index.folder, str(tmp_path / "model"))) as remote:
        with pytest.raises(RelatoriaError, match="cannot be opened"):
            remote.prepare()
        assert not remote.is_ready


def test_many_ask_at_once_and_each_gets_its_own(apart: RemoteAssistant) -> None:
    with ThreadPoolExecutor(24) as people:
        answers = list(people.map(apart.ask, QUESTIONS * 20))
    assert [answer.question for answer in answers] == list(QUESTIONS * 20)
    assert len({answer.text for answer in answers}) == len({answer.text for answer in answers[: len(QUESTIONS)]})


def test_one_that_is_killed_is_replaced_and_its_questions_are_answered(apart: RemoteAssistant) -> None:
    with ThreadPoolExecutor(24) as people:
        asked = [people.submit(apart.ask, QUESTIONS[0]) for _ in range(48)]
        asked[0].result(PATIENCE)
        os.kill(child_of(apart), signal.SIGKILL)
        assert all(answer.result(PATIENCE).citations for answer in asked)
    os.kill(child_of(apart), signal.SIGKILL)
    wait_until(lambda: not apart.is_ready, "its end to be noticed", PATIENCE)
    wait_until(lambda: apart.is_ready, "another, though nobody has asked", PATIENCE)


def test_a_service_that_is_stopped_lets_answers_end(apart: RemoteAssistant) -> None:
    os.kill(before := child_of(apart), signal.SIGTERM)  # systemd sends it to every process of a service
    assert apart.ask(QUESTIONS[0]).citations
    assert child_of(apart) == before


def test_it_ends_with_its_parent(assistant: Assistant) -> None:
    code = (
        "import sys; from pathlib import Path; from retrieval.remote import RemoteAssistant\n"
        "remote = RemoteAssistant(Path(sys.argv[1])); remote.prepare()\n"
        "remote.ask('migration'); remote.search('migration')\n"
        "print('torch' in sys.modules, remote._worker._child._process.pid, flush=True); input()"
    )
    words = [sys.executable, "-c", code, str(assistant.index.folder)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        has_torch, pid = parent.stdout.readline().split()
        assert has_torch == "False"  # which takes seconds to load, and half of the memory
        parent.kill()
    wait_until(lambda: not there(int(pid)), "the search to end", PATIENCE)


def test_it_sees_at_once_what_is_ingested_here(assistant: Assistant, tmp_path: Path) -> None:
    shutil.copytree(assistant.index.folder, tmp_path / "index")
    (tmp_path / "informe.txt").write_text(
        "Mesa redonda 9. Agua\n\nRecomendaciones\n\n"
        "1. Los gobiernos deben garantizar el agua potable en los campamentos.\n",
        encoding="utf-8",
    )
    question = "¿Qué se recomendó sobre el agua potable en los campamentos?"
    with closing(RemoteAssistant(tmp_path / "index", embedder=assistant.embedder())) as remote:
        assert not remote.ask(question).citations
        remote.index.update(find_sources([BUNDLED_CORPUS, tmp_path / "informe.txt"]), remote.embedder)
        (found,) = remote.ask(question).citations
        assert found.passage.report_id == "informe"
        remote.index.remove("informe")
        assert not remote.ask(question).citations


def test_what_nobody_foresaw_is_told_by_where_it_was_and_not_by_what_was_asked(
    assistant: Assistant, tmp_path: Path
) -> None:
    with closing(RemoteAssistant(tmp_path / "index", embedder=assistant.embedder())) as remote:
        remote.index.update(find_sources([BUNDLED_CORPUS]), remote.embedder)
        with closing(sqlite3.connect(remote.index.folder / "tokens.sqlite")) as db, db:
            db.execute("update tokens set codes = x'00'")
        log = StringIO()
        with pytest.raises(SearchCrashed) as raised:
            remote.ask("a question about trafficking")
        EventLog(log).log_error(raised.value)
        assert '"type": "ValueError"' in log.getvalue()
        assert "retrieval/storage/token_vectors.py:" in log.getvalue()
        assert "trafficking" not in log.getvalue() + str(raised.value)
        with pytest.raises(SearchCrashed):  # and it goes on
            remote.ask("another")


def child_of(remote: RemoteAssistant) -> int:
    child = remote._worker._child
    assert child
    return child._process.pid


def there(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent's notice does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
