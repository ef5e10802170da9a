"""Highlights the sentences of a quote that answer the question, scored one by one by late interaction.

The token vectors are read from the index and cut at sentence boundaries by the tokenizer's counts; so
nothing is embedded, and it costs a millisecond or two an answer.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from ingest.lexicon.sentences import find_sentences
from ingest.report import Passage, normalize_for_display
from retrieval.index.index import Index
from retrieval.models.calibration import Calibration
from retrieval.search import late_interaction
from retrieval.search.late_interaction import EncodedQuestion, Window
from retrieval.storage.token_vectors import TokenVectors

HIGHLIGHT_SHARE = 0.85  # share of the best sentence's score that another one must have to answer too
_MIN_WORDS = 3  # words of a sentence that can answer
_COUNT_TOLERANCE = 0.05  # share of the tokens by which a count may be off: the index sets run-together words apart
Spans = tuple[tuple[int, int], ...]
Highlighter = Callable[[Sequence[Passage]], list[Spans]]


@runtime_checkable
class TokenCounter(Protocol):
    """An embedding model that can count the token vectors of a text without embedding it."""

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Returns the number of token vectors of each text by itself."""
        ...


def highlight_nothing(passages: Sequence[Passage]) -> list[Spans]:
    """Highlights no sentence of any passage."""
    return [()] * len(passages)


def highlight(
    index: Index, counts: object, asked: EncodedQuestion | None, calibration: Calibration | None
) -> Highlighter:
    """Returns a highlighter for an encoded question; it highlights nothing without one, or without a TokenCounter."""
    if asked is None or calibration is None or not isinstance(counts, TokenCounter):
        return highlight_nothing

    def highlight_passages(passages: Sequence[Passage]) -> list[Spans]:
        spans = [find_sentences(passage.text) for passage in passages]
        several = [at for at, sentences in enumerate(spans) if len(sentences) > 1]
        tokens = _load_tokens(index, [passages[at] for at in several])
        texts = [normalize_for_display(passages[at].text[start:end]) for at in several for start, end in spans[at]]
        lengths = iter(counts.lengths(texts))
        windows: list[Window] = []
        owners: list[tuple[int, tuple[int, int]]] = []
        for at in several:
            passage = passages[at]
            cut = _split_tokens(tokens.get(passage.id), [next(lengths) for _ in spans[at]])
            windows += (Window(token, calibration.passages.for_language(passage.language)) for token in cut)
            owners += ((at, (passage.start + start, passage.start + end)) for start, end in spans[at][: len(cut)])
        scores: dict[int, dict[tuple[int, int], float]] = {}
        if windows:
            matches = late_interaction.score_tokens(asked.tokens, late_interaction.pack(windows))
            found = late_interaction.weighted_mean(matches, asked.weights).tolist()
            for (at, span), score in zip(owners, found, strict=True):
                scores.setdefault(at, {})[span] = score
        return [select_best(scores.get(at, {}), passage) for at, passage in enumerate(passages)]

    return highlight_passages


def select_best(scores: dict[tuple[int, int], float], passage: Passage) -> Spans:
    """Selects the spans of the best sentences and those not far behind, in order; none where it is all of them."""
    long = {
        (start, end): score
        for (start, end), score in scores.items()
        if len(passage.text[start - passage.start : end - passage.start].split()) >= _MIN_WORDS
    }
    least = HIGHLIGHT_SHARE * max(long.values(), default=0.0)
    chosen = tuple(sorted(span for span, score in long.items() if score >= least))
    introduced = any(passage.text[: end - passage.start].endswith(":") for _, end in chosen)  # a list: it is all of it
    return chosen if len(chosen) < len(scores) and not introduced else ()


def _load_tokens(index: Index, passages: Sequence[Passage]) -> dict[str, TokenVectors]:
    """Loads the token vectors of the passages that are one window, by passage id."""
    rows = index.store.rows_with_ids(passage.id for passage in passages)
    ids: dict[int, list[str]] = {}
    for row, vector_id, is_heading in index.store.windows_of_rows(rows.values()):
        if not is_heading:
            ids.setdefault(row, []).append(vector_id)
    only = {row: some[0] for row, some in ids.items() if len(some) == 1}
    tokens = index.store.tokens.get(only.values())
    return {name: tokens[only[row]] for name, row in rows.items() if only.get(row) in tokens}


def _split_tokens(tokens: TokenVectors | None, lengths: Sequence[int]) -> list[TokenVectors]:
    """Splits a window's tokens by sentence; none where the counts do not fit."""
    counted = sum(lengths)
    if tokens is None or not all(lengths) or abs(len(tokens) - counted) > max(2, _COUNT_TOLERANCE * counted):
        return []
    ends = [round(sum(lengths[: at + 1]) * len(tokens) / counted) for at in range(len(lengths))]
    parts = [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]
    if any(part.start >= part.stop for part in parts):
        return []
    return [TokenVectors(tokens.mean, tokens.token_scales[part], tokens.codes[part]) for part in parts]
