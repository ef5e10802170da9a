"""Judges whether the best candidates answer the question, by the reader of pairs on the token vectors the index keeps.

Late interaction tells what a passage is about; that the asked thing is in it, an amount, a reason, who, tells the head
*answers* (`retrieval/models/reader.py`), which was trained on passages that answer and their twins that only come near.
"""

import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ingest.errors import RelatoriaError
from ingest.report import Passage
from retrieval.index.index import Index
from retrieval.models.calibration import Calibration
from retrieval.models.embedder import Embedder

if TYPE_CHECKING:
    from retrieval.models.reader import Reader

Floats = NDArray[np.float32]
JUDGED = 10  # of the best candidates
JUDGED_OF_ALL = 200  # where all that match are wanted
_HEAD = "answers"


def open_answers(embedder: Embedder) -> "Reader | None":
    """The head *answers* for an embedding model, loaded once; None, said once in the log, where it does not fit."""
    reader: Reader | None = _open(embedder)  # type: ignore[arg-type]
    return reader


@lru_cache(maxsize=4)
def _open(embedder: Embedder) -> "Reader | None":
    from retrieval.models.reader import Reader  # which takes torch, and that seconds

    try:
        return Reader.open(_HEAD, embedder)
    except RelatoriaError as error:
        logging.getLogger("relatoria").warning("%s", error)
        return None


def judge_answers(
    index: Index, reader: "Reader", calibration: Calibration, asked: Floats, passages: Mapping[int, Passage]
) -> dict[int, float]:
    """The log-odds that each passage, by row, answers a question of centred tokens, (q, d): those of its best window.

    A window is read together with its heading and lead-in. A passage whose vectors are gone has none.
    """
    of_row = index.store.windows_of_rows(passages)
    languages = {vector_id: passages[row].language for row, vector_id, _ in of_row}
    stored = index.store.tokens.get(languages)
    read = {
        id_: unit(tokens.dequantize() - calibration.passages.for_language(languages[id_]))
        for id_, tokens in stored.items()
    }
    above: dict[int, list[Floats]] = {}
    for row, vector_id, is_above in of_row:
        if is_above and vector_id in read:
            above.setdefault(row, []).append(read[vector_id])
    own = [(row, read[vector_id]) for row, vector_id, is_above in of_row if not is_above and vector_id in read]
    question = unit(asked)
    logits = reader.judge_tokens([(question, np.concatenate([window, *above.get(row, [])])) for row, window in own])
    odds = reader.stated["odds"]  # what a logit is worth, by twins of hands left out
    best: dict[int, float] = {}
    for (row, _), logit in zip(own, (odds["intercept"] + odds["slope"] * logits).tolist(), strict=True):
        best[row] = max(logit, best.get(row, logit))
    return best


def unit(tokens: Floats) -> Floats:
    """Token vectors, (t, d), of length 1."""
    made: Floats = tokens / np.maximum(np.linalg.norm(tokens, axis=1, keepdims=True), 1e-6)
    return made
