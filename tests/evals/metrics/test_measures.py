"""The measuring side: measures worked by hand or by another library, ready-made passages, what a benchmark embeds."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score, roc_auc_score  # type: ignore[import-untyped]

from evals.benchmarks.passages import build_report
from evals.benchmarks.xquad import read_articles
from evals.metrics import measures
from evals.metrics.measures import Share
from evals.performance.warm import indexed_texts
from evals.public_data import require_public
from evals.statistics import ranking
from evals.statistics.bootstrap import bootstrap_interval, compute_interval
from evals.statistics.confidence import compute_confidence, remove_passages, would_answer
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant
from retrieval.index.index import Index
from retrieval.search.search import search

# Measures, by hand


def test_recall_counts_what_was_not_found() -> None:
    assert ranking.first_rank(["r#1.1-r01", "r#1.1-r05"], ["r#1.1-r05.2"]) == 2  # a part, quoted with its whole
    assert ranking.first_rank(["r#1.1-r05.2", "r#1.1-r0"], ["r#1.1-r05"]) is None
    ranks = [1, 2, None, 6, 1]
    assert ranking.recall_at(1, ranks) == Share(2, 5)
    assert ranking.recall_at(5, ranks) == Share(3, 5)
    assert ranking.recall_at(5, ranks).value == 0.6
    assert ranking.recall_at(5, [4, 5, 6]) == Share(2, 3)  # the fifth is among the first five


@pytest.mark.parametrize(
    ("k", "rank", "gain"),
    [(1, 1, 1.0), (1, 2, 0.0), (2, 2, 0.63093), (10, 2, 0.63093), (10, 10, 0.28906), (10, 11, 0.0), (10, None, 0.0)],
)
def test_gain_is_discounted_up_to_and_with_rank_k(k: int, rank: int | None, gain: float) -> None:
    assert ranking.ndcg_at(k, rank) == pytest.approx(gain, abs=1e-5)  # 1 / log2(1 + rank)


def test_gain_is_what_scikit_learn_computes() -> None:
    for rank in range(1, 15):
        right = np.eye(15)[[rank - 1]]
        for k in (1, 5, 10):
            assert ranking.ndcg_at(k, rank) == pytest.approx(ndcg_score(right, -np.arange(15.0)[None], k=k))


def test_a_quote_is_exact_or_not() -> None:
    text = "Los países deben"
    assert measures.is_exact("países", text, 4, 10)
    for quote, start, end in [("paises", 4, 10), ("países", 4, 11), ("", 4, 4), ("", -2, 0)]:
        assert not measures.is_exact(quote, text, start, end)
    assert not measures.is_exact("países", None, 4, 10)


def test_frame_language() -> None:
    pairs = [("es", "es"), ("en", "fr"), ("ar", "ar"), ("en", "ja"), ("pt", "und"), ("", "en"), ("es", "ja")]
    assert [measures.frame_fits(*pair) for pair in pairs] == [True, False, True, True, True, False, False]


def test_auroc_counts_pairs_and_halves_ties() -> None:
    # .8 beats .7 and .2; .5 beats .2; .2 draws with .2: 3.5 of 6
    assert ranking.auroc([0.8, 0.5, 0.2], [0.7, 0.2]) == pytest.approx(3.5 / 6)
    assert ranking.auroc([], [0.1]) == ranking.auroc([0.1], []) == 0.5


def test_auroc_is_what_scikit_learn_computes() -> None:
    scores = st.lists(st.integers(0, 6).map(lambda score: score / 6), min_size=1, max_size=12)

    @settings(max_examples=60, deadline=None)
    @given(scores, scores)
    def check(present: list[float], absent: list[float]) -> None:
        labels = [1] * len(present) + [0] * len(absent)
        assert ranking.auroc(present, absent) == pytest.approx(roc_auc_score(labels, present + absent))

    check()


def test_an_interval_holds_95_percent_of_what_could_have_been_drawn() -> None:
    """The mean of 100 drawn from as many zeros as ones is binomial: 95 % of them from .40 to .60, 90 % from .42."""
    groups = [0.0, 1.0] * 50
    low, high = bootstrap_interval(groups, lambda drawn: sum(drawn) / len(drawn), draws=4_000)
    assert (low, high) == pytest.approx((0.40, 0.60), abs=0.011)


def test_whole_groups_are_drawn() -> None:
    """Of 50 groups with four alike in each, 95 % are from .36 to .64; of 200 drawn one by one from .43 to .57."""
    asked = [(group, float(group % 2)) for group in range(50) for _ in range(4)]
    found = compute_interval(asked, lambda item: item[0], lambda some: sum(value for _, value in some) / len(some))
    assert found.value == 0.5
    assert (found.low, found.high) == pytest.approx((0.36, 0.64), abs=0.021)


def test_bootstrap_draws_groups_and_repeats_itself() -> None:
    groups = [[0.0] * 9, [1.0]]  # drawn: both of the first, both of the second, or one each

    def mean(drawn: object) -> float:
        assert isinstance(drawn, list)
        return sum(map(sum, drawn)) / sum(map(len, drawn))

    assert bootstrap_interval(groups, mean) == bootstrap_interval(groups, mean) == (0.0, 1.0)
    assert bootstrap_interval([], mean) == (0.0, 0.0)


# Ready-made passages, speed


def test_ready_made_passages_are_searched_like_any(assistant: Assistant, tmp_path: Path) -> None:
    index = Index(tmp_path, assistant.index.model)
    fish = build_report("xquad-00", ["Los peces respiran por branquias.", "El pan se hornea con harina."], "es")
    rock = build_report("xquad-01", ["El granito es una roca ígnea."], "es")
    index.put([fish, rock], assistant.embedder())
    assert {passage.id for passage in index.store.passages()} == {"xquad-00#p01", "xquad-00#p02", "xquad-01#p01"}
    index.check()
    found = search(index, assistant.embedder(), "¿Con qué se hornea el pan?")
    assert found.hits[0].passage.id == "xquad-00#p02"
    assert would_answer(found)
    removed = remove_passages(found, lambda passage: passage.report_id == "xquad-00")
    assert compute_confidence(removed) < compute_confidence(found)
    assert not would_answer(removed)


def test_xquad_needs_to_be_pointed_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("RELATORIA_DATA", raising=False)
    with pytest.raises(RelatoriaError, match="RELATORIA_DATA"):
        require_public("xquad/xquad.es.json")
    with pytest.raises(RelatoriaError, match="RELATORIA_DATA"):
        read_articles(tmp_path / "xquad.es.json")


def test_the_benchmark_embeds_what_an_ingest_embeds(assistant: Assistant, report_file: Path) -> None:
    assert len(indexed_texts((report_file,), assistant.embedder())) == len(assistant.index.store.vector_ids())
