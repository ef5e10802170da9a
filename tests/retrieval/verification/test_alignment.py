"""Word vectors: whole words of tokens, content words told from others, and the best match alone or as a pair."""

import numpy as np
import pytest

from retrieval.models.calibration import Calibration, MeanVectors
from retrieval.verification.alignment import (
    BIGRAM_PENALTY,
    WordVectors,
    compute_bigram_vectors,
    embed_words,
    score_words,
)
from tests.retrieval.verification.concept_embedder import EXACT, NOTHING, WIDTH, ConceptEmbedder

MEANINGS = ConceptEmbedder({"ninos": "child", "children": "child", "drenaje": "drain"}, {"menores": ("child", 0.8)})


def words_of(text: str, language: str = "es", calibration: Calibration = EXACT) -> WordVectors:
    return embed_words([text], [language], MEANINGS, calibration)[0]


def test_words_are_put_together_of_their_tokens() -> None:
    words = words_of("  Los niños, ex-menores de_edad: 20!")
    assert [words.text[start:end] for start, end in words.spans] == ["Los", "niños", "ex-menores", "de", "edad", "20"]
    assert words.content_mask.tolist() == [False, True, True, False, True, True]
    assert np.linalg.norm(words.vectors, axis=1) == pytest.approx(np.ones(6), abs=1e-5)
    assert words.vectors[1] @ words_of("children").vectors[0] == pytest.approx(1, abs=1e-5)
    assert words.vectors[4] @ words_of("edad").vectors[0] == pytest.approx(1, abs=1e-5)
    assert words.vectors[1] @ words.vectors[4] == pytest.approx(0, abs=1e-5)
    assert words_of("menores").vectors[0] @ words.vectors[1] == pytest.approx(0.8, abs=1e-5)
    assert words_of("… !").vectors.shape == (0, WIDTH)


def test_texts_keep_their_order_and_lose_the_mean_of_their_language() -> None:
    mean = MEANINGS.query("niños").tokens[0]
    centred = Calibration(
        "m", NOTHING, MeanVectors(NOTHING.overall, {"es": mean}), {}, {}, 0.0, 0.5, 0.5, 0.5, 0.5, 0.0
    )
    short, long = embed_words(["niños", "los niños migran"], ["en", "es"], MEANINGS, centred)
    assert (short.text, long.text) == ("niños", "los niños migran")
    assert np.linalg.norm(short.vectors[0]) == pytest.approx(1, abs=1e-5)
    assert np.abs(long.vectors[1]).max() == pytest.approx(0, abs=1e-5)  # nothing but what all words have
    assert long.vectors[2] @ short.vectors[0] == pytest.approx(-(0.5**0.5), abs=1e-3)


def test_a_span_is_of_the_first_word_that_it_overlaps() -> None:
    words = words_of("uno dos tres")
    asked = {(0, 3): 0, (4, 7): 1, (2, 5): 0, (3, 4): None, (6, 7): 1, (11, 12): 2, (12, 20): None, (3, 5): 1}
    assert {span: words.index_at(span) for span in asked} == asked


def test_pairs_are_of_content_words_side_by_side() -> None:
    words = words_of("fuga de cerebros grave")
    pairs = compute_bigram_vectors(words)
    fuga, _, cerebros, grave = words.vectors
    assert pairs.shape == (2, WIDTH)
    assert pairs @ fuga == pytest.approx([0.5**0.5, 0], abs=1e-5)
    assert pairs @ cerebros == pytest.approx([0.5**0.5] * 2, abs=1e-5)
    assert pairs @ grave == pytest.approx([0, 0.5**0.5], abs=1e-5)


def test_a_word_is_answered_alone_or_less_so_with_its_neighbour() -> None:
    source = words_of("niños fuga cerebros")
    vectors = np.concatenate([source.vectors, compute_bigram_vectors(source)])
    words = words_of("menores fuga otra cerebros")
    assert score_words(words, [0], vectors) == pytest.approx([0.8], abs=1e-4)
    assert score_words(words, [2], vectors) == pytest.approx([0], abs=1e-4)
    half = 0.5**0.5  # "fuga otra" answers to "fuga" as well as to nothing
    assert score_words(words, [1, 2, 3], vectors) == pytest.approx([1, half - BIGRAM_PENALTY, 1], abs=1e-4)
    as_one = words_of("fuga cerebros")
    both = compute_bigram_vectors(as_one)
    assert score_words(as_one, [0, 1], both) == pytest.approx([1 - BIGRAM_PENALTY] * 2, abs=1e-4)
    three = words_of("otra fuga cerebros")
    assert score_words(three, [0, 1, 2], both) == pytest.approx(
        [0.5 - BIGRAM_PENALTY, *[1 - BIGRAM_PENALTY] * 2], abs=1e-4
    )
