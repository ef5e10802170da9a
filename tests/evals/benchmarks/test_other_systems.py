"""Other systems beside ours: what a chunk shows, how it ranks, that all three answer the same twice and call nobody."""

import sys
from pathlib import Path

import pytest

from evals.benchmarks.passages import build_report
from evals.run.cases import Case
from evals.run.runner import run_cases
from ingest.errors import RelatoriaError
from ingest.report import Report
from retrieval.assistant import Assistant
from retrieval.query.conversation import EMPTY_CONVERSATION
from retrieval.results import Status

pytest.importorskip("bm25s", reason="the comparison needs the extra: pip install -e '.[evals]'")
pytest.importorskip("llama_index.core", reason="the comparison needs the extra: pip install -e '.[evals]'")

from evals.benchmarks.other_systems import (
    ChunkAssistant,
    _default_sentence_splitter,
    _default_tokenizer,
    build_other_systems,
    locate_chunks,
    passages_shown,
)

TEXTS = ["Los peces respiran por branquias.", "El pan se hornea con harina.", "El granito es una roca ígnea."]


def test_a_chunk_shows_what_it_overlaps_by_half() -> None:
    _, report, passages = build_report("r", TEXTS, "es")
    first, second, third = passages
    assert passages_shown(first.start, second.end, passages) == [first, second]
    assert passages_shown(first.start, second.start + 11, passages) == [first]  # two fifths of the second
    assert passages_shown(third.start + 5, third.start + 8, passages) == [third]  # all of the chunk
    assert passages_shown(first.end, second.start, passages) == []
    assert report.text[first.start : first.end] == TEXTS[0]


def test_passages_come_once_in_the_order_of_chunks_and_the_first_chunks_are_cited() -> None:
    prepared = build_report("r", TEXTS, "es")
    first, second, third = prepared[2]
    other = ChunkAssistant([prepared], lambda question: [[second, third], [first, second]], shown=1, language="es")
    answer = other.ask("¿pan?")
    assert [citation.passage for citation in answer.citations] == [second, third]
    assert [hit.passage for hit in answer.hits] == [second, third, first]
    assert [hit.rank for hit in answer.hits] == [1, 2, 3]


def test_chunks_are_placed_where_the_splitters_themselves_say(report: Report) -> None:
    splitting = pytest.importorskip("langchain_text_splitters")
    parsing, core = pytest.importorskip("llama_index.core.node_parser"), pytest.importorskip("llama_index.core")
    recursive = splitting.RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
    documents = recursive.create_documents([report.text])
    theirs = [(document.metadata["start_index"], document.page_content) for document in documents]
    sentences = parsing.SentenceSplitter(
        tokenizer=_default_tokenizer(), chunking_tokenizer_fn=_default_sentence_splitter()
    )
    nodes = sentences.get_nodes_from_documents([core.Document(text=report.text)])
    for some in (theirs, [(node.start_char_idx, node.text) for node in nodes]):
        assert len(some) > 2
        ours = list(locate_chunks(report.text, [text for _, text in some]))
        assert ours == [(start, start + len(text)) for start, text in some]
    assert [
        node.text for node in parsing.SentenceSplitter().get_nodes_from_documents([core.Document(text=report.text)])
    ] == [node.text for node in nodes]  # its tokenizers, given, are its defaults


def test_words_alone_find_nothing_where_the_question_shares_none(assistant: Assistant) -> None:
    bm25 = build_other_systems([build_report("r", TEXTS, "es")], assistant.embedder(), "es")["BM25"]
    assert [citation.passage.id for citation in bm25.ask("¿harina?").citations] == ["r#p02"]
    for question in ("?? !", "", "gasoline"):
        assert (bm25.ask(question).status, bm25.ask(question).hits) == (Status.NOTHING_FOUND, ())


def test_a_turn_is_asked_behind_the_one_before(assistant: Assistant) -> None:
    bm25 = build_other_systems([build_report("r", TEXTS, "es")], assistant.embedder(), "es")["BM25"]
    first = bm25.ask("¿harina?")
    second = bm25.ask("¿y granito?", conversation=EMPTY_CONVERSATION.with_answer(first))
    assert second.searched == "¿harina? ¿y granito?"
    assert {citation.passage.id for citation in second.citations} == {"r#p02", "r#p03"}
    third = bm25.ask("¿y ahora?", conversation=EMPTY_CONVERSATION.with_answer(first).with_answer(second))
    assert third.searched == "¿y granito? ¿y ahora?"


def test_all_three_answer_the_same_twice_and_call_nobody(assistant: Assistant) -> None:
    called: list[str] = []
    watching = True
    sys.addaudithook(lambda event, _: called.append(event) if watching and event == "socket.connect" else None)
    store = assistant.index.store
    reports = [
        (Path(report_id), store.report(report_id), [p for p in store.passages() if p.report_id == report_id])
        for report_id in store.report_ids()
    ]
    cases = [Case("platform", "¿Qué es la Plataforma para Alianzas?", "es", gold=("gfmd-2010-mesa-redonda-1#1.1-r10",))]

    def asked() -> dict[str, list[tuple[str, ...]]]:
        made = build_other_systems(
            [(path, report, some) for path, report, some in reports if report], assistant.embedder(), "es"
        )
        return {name: [case.cited for case in run_cases(other, cases)] for name, other in made.items()}

    first = asked()
    watching = False
    assert list(first) == ["LangChain", "LlamaIndex", "BM25"]
    assert all("gfmd-2010-mesa-redonda-1#1.1-r10" in cited for [cited] in first.values())
    assert first == asked()
    assert called == []


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, assistant: Assistant) -> None:
    monkeypatch.setitem(sys.modules, "llama_index.core", None)  # as if it were not there
    with pytest.raises(RelatoriaError, match=r"llama_index\.core.*pip install"):
        build_other_systems([build_report("r", TEXTS, "es")], assistant.embedder(), "es")
