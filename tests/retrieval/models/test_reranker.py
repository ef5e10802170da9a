"""A re-ranker reorders the best hits as its scores say, is real, never fetched, and changes nothing unless named."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from tokenizers.trainers import WordPieceTrainer
from transformers import BertConfig, BertForSequenceClassification, BertModel, PreTrainedTokenizerFast

from app.chat.views import answer_html
from app.cli.main import main
from app.i18n.labels import LABELS
from app.render.explain import explain_hit
from ingest.errors import RelatoriaError
from ingest.report import Report, normalize_for_display
from retrieval.assistant import Assistant
from retrieval.models.reranker import RERANK_DEPTH, open_reranker, reorder_hits
from retrieval.results import ExactMatch, Hit
from retrieval.search.search import search

QUESTION = "migración de retorno"


def save(folder: Path, text: str, labels: int) -> Path:
    """A small real model with words of the report and random weights; without labels, one that is no cross-encoder."""
    words = Tokenizer(WordPiece(unk_token="[UNK]"))
    words.pre_tokenizer = BertPreTokenizer()
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    words.train_from_iterator([text], WordPieceTrainer(vocab_size=800, special_tokens=specials))
    words.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep")}
    wrapped = PreTrainedTokenizerFast(tokenizer_object=words, model_max_length=64, **names)  # type: ignore[no-untyped-call]
    wrapped.save_pretrained(folder)
    torch.manual_seed(0)
    shape: dict[str, Any] = {"num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    shape |= {"hidden_size": 32, "max_position_embeddings": 64, "initializer_range": 1.0}
    shape |= {"num_labels": labels} if labels else {}
    config = BertConfig(vocab_size=800, **shape)
    (BertForSequenceClassification(config) if labels else BertModel(config)).save_pretrained(folder)
    assert (folder / "model.safetensors").is_file()
    return folder


@pytest.fixture(scope="module")
def encoder(report: Report, tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save(tmp_path_factory.mktemp("encoder"), report.text, 1))


@pytest.fixture(scope="module")
def second(assistant: Assistant, encoder: str) -> Assistant:
    reranking = Assistant(assistant.index.folder, reranker=encoder)
    reranking._embedder = assistant.embedder()
    return reranking


def by_hand(encoder: str, question: str, text: str) -> float:
    """One pair through transformers alone."""
    tokenizer = PreTrainedTokenizerFast.from_pretrained(encoder)
    model: Any = BertForSequenceClassification.from_pretrained(encoder)
    model.eval()
    with torch.inference_mode():
        logits = model(**tokenizer(question, text, truncation=True, max_length=64, return_tensors="pt")).logits
    return float(torch.sigmoid(logits)[0, 0])


def test_the_order_is_what_its_scores_say(assistant: Assistant, second: Assistant, encoder: str) -> None:
    before, after = assistant.search(QUESTION).hits, second.search(QUESTION).hits
    first, scores = after[:RERANK_DEPTH], [hit.reranker_score for hit in after[:RERANK_DEPTH]]
    assert {hit.passage.id for hit in first} == {hit.passage.id for hit in before[:RERANK_DEPTH]}
    assert [hit.passage.id for hit in first] != [hit.passage.id for hit in before[:RERANK_DEPTH]]
    assert scores == sorted(scores, key=lambda score: -(score or 0.0))
    for hit in (first[0], first[-1]):
        assert hit.reranker_score == pytest.approx(
            by_hand(encoder, QUESTION, normalize_for_display(hit.passage.text)), abs=1e-5
        )
    assert after[RERANK_DEPTH:] == before[RERANK_DEPTH:]
    assert [hit.rank for hit in after] == [hit.rank for hit in before]
    assert {hit.passage.id: hit.score for hit in after} == {hit.passage.id: hit.score for hit in before}
    assert second.search(QUESTION, limit=4).hits == after[:4]
    assert f"re-ranked {first[0].reranker_score:.3f}" in explain_hit(first[0])
    assert "re-ranked" not in explain_hit(before[0])


def test_without_one_nothing_is_different(assistant: Assistant) -> None:
    found = assistant.search(QUESTION)
    assert found == search(assistant.index, assistant.embedder(), QUESTION, reranker=None)
    assert {hit.reranker_score for hit in found.hits} == {None}
    provenance = assistant.ask(QUESTION).provenance
    assert provenance
    assert provenance.reranker is None
    assert assistant.reranker() is None


@pytest.fixture
def hits(assistant: Assistant) -> tuple[Hit, ...]:
    return assistant.search(QUESTION).hits


def test_reordering_by_hand(hits: tuple[Hit, ...]) -> None:
    named = (replace(hits[0], exact=ExactMatch.RECORD), *hits[1:])
    after = reorder_hits(named, [None, 0.2, 0.9, 0.9])
    assert [hit.passage for hit in after] == [hits[i].passage for i in (0, 2, 3, 1, *range(4, len(hits)))]
    assert [hit.rank for hit in after] == list(range(1, len(hits) + 1))
    assert [hit.reranker_score for hit in after[:5]] == [None, 0.9, 0.9, 0.2, None]
    assert reorder_hits((), []) == ()
    assert reorder_hits(hits, []) == hits
    rising = [number / 100 for number in range(len(hits))]
    assert [hit.rank for hit in hits].index(RERANK_DEPTH) == RERANK_DEPTH - 1
    after = reorder_hits(hits, rising)
    assert [hit.passage for hit in after] == [hit.passage for hit in (*hits[:RERANK_DEPTH][::-1], *hits[RERANK_DEPTH:])]
    with pytest.raises(ValueError, match="2 scores for 1 hits"):
        reorder_hits(hits[:1], [0.1, 0.2])


def test_what_a_question_names_stays_in_front(assistant: Assistant, second: Assistant) -> None:
    question = "la recomendación 7 de la mesa 1.2"
    assert second.search(question).hits == assistant.search(question).hits
    quoted = "«migración de retorno» y mujeres"
    before, after = assistant.search(quoted).hits, second.search(quoted).hits
    exact = [hit for hit in before if hit.exact]
    assert exact
    assert list(after[: len(exact)]) == exact


@pytest.mark.parametrize("question", [QUESTION, "¿Quién fue el relator?", "energía nuclear", "receta de paella", "🙂"])
def test_it_orders_answers_and_refuses_nothing(assistant: Assistant, second: Assistant, question: str) -> None:
    before, after = assistant.ask(question), second.ask(question)
    assert after.status == before.status
    assert {citation.passage.id for citation in before.citations} <= {
        citation.passage.id for citation in after.citations
    }
    used = any(hit.reranker_score is not None for hit in after.hits)
    assert after.provenance
    assert after.provenance.reranker == (second._reranker_name if used else None)
    by_name = any(hit.exact for hit in before.hits)  # what a question names needs no second opinion
    assert used == (before.status == "answered" and not by_name)
    assert (LABELS[after.language].fields["reranker"] in answer_html(after)) == used


def test_a_model_that_cannot_rerank_is_said(report: Report, tmp_path: Path, assistant: Assistant) -> None:
    with pytest.raises(RelatoriaError, match=r"(?s)'nobody/no-such-model' cannot be opened .*leave --reranker"):
        open_reranker("nobody/no-such-model")
    with pytest.raises(RelatoriaError, match="gives 3 scores to a pair"):
        open_reranker(str(save(tmp_path / "three", report.text, 3)))
    with pytest.raises(RelatoriaError, match="is no cross-encoder"):
        open_reranker(str(save(tmp_path / "none", report.text, 0)))
    with pytest.raises(RelatoriaError, match="cannot be opened"):
        Assistant(assistant.index.folder, reranker=str(tmp_path)).search(QUESTION)


def test_the_command_takes_it_from_option_or_environment(
    assistant: Assistant, encoder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RELATORIA_INDEX", str(assistant.index.folder))
    assert main(["search", QUESTION, "--explain", "--json", "--reranker", encoder]) == 0
    assert '"reranked": 0.' in capsys.readouterr().out
    assert main(["search", QUESTION, "--explain", "--json"]) == 0
    assert "reranked" not in capsys.readouterr().out
    monkeypatch.setenv("RELATORIA_RERANKER", "nobody/no-such-model")
    assert main(["ask", QUESTION]) == 1
    assert "leave --reranker and RELATORIA_RERANKER out" in " ".join(capsys.readouterr().err.split())
