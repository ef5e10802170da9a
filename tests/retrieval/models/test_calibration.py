"""What a score is worth: the file that says so, what it is fitted on, and what happens without one."""

import json
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evals.benchmarks.xquad import DIRECTIONS, Article
from evals.calibrate import __main__ as calibrate
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant
from retrieval.index.index import Index
from retrieval.models.calibration import CALIBRATIONS_FOLDER, SIGNALS, load_calibration
from retrieval.models.embedder import model_name
from retrieval.search.search import search
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder, update_index

BUNDLED = CALIBRATIONS_FOLDER / "multilingual-e5-small.json"


def test_the_bundled_model_s_calibration_is_whole_and_says_what_it_rests_on() -> None:
    found = load_calibration(model_name(), 384)
    assert found.weights.keys() == set(SIGNALS)
    assert 0 < found.borderline_threshold < found.answer_threshold < 1
    assert found.questions.for_language("es").shape == found.passages.for_language("xx").shape == (384,)
    assert (found.passages.for_language("xx") == found.passages.overall).all()
    stated = json.loads(BUNDLED.read_text(encoding="utf-8"))
    assert {"data", "date", "figures"} <= stated.keys()
    assert BUNDLED.stat().st_size < 200_000


def test_what_tells_for_a_hit_raises_its_probability() -> None:
    found = load_calibration(model_name(), 384)
    middling = {"late": 0.5, "telling": 0.45, "lead": 0.05, "lexical": 0.2, "closeness": 0.8}
    for name in ("late", "telling", "lead", "lexical"):
        assert found.nearness(middling | {name: middling[name] + 0.1}) > found.nearness(middling)
    assert found.nearness(middling | {"closeness": 0.6}) > found.nearness(middling)  # as much as can be expected
    assert found.nearness(dict.fromkeys(SIGNALS, 100.0)) <= 1


def test_closeness_is_known_for_languages_with_translations_and_else_their_mean() -> None:
    found = load_calibration(model_name(), 384)
    assert found.closeness("en", "en") > found.closeness("en", "es") > found.closeness("ar", "es")
    apart = [v for name, row in found.translations.items() for other, v in row.items() if name != other]
    assert found.closeness("xx", "es") == pytest.approx(np.mean(apart))
    assert found.closeness("xx", "xx") > found.closeness("xx", "es")


@pytest.mark.parametrize("written", ["", "{", "[]", '{"model": "hashing-8"}', '{"model": "hashing-8", "means": 3}'])
def test_a_file_that_is_no_calibration_is_named(tmp_path: Path, written: str) -> None:
    file = tmp_path / "mine.json"
    file.write_text(written, encoding="utf-8")
    with pytest.raises(
        RelatoriaError, match=r"mine\.json cannot be read as a calibration .* Make it anew, from a checkout: python -m"
    ):
        load_calibration(MODEL, 8, file)


def test_a_calibration_of_another_model_is_refused() -> None:
    with pytest.raises(RelatoriaError, match=r"calibrates the embedding model multilingual-e5-small .*, not hashing-8"):
        load_calibration(MODEL, 384, BUNDLED)


@pytest.mark.parametrize("width", [383, 385, 768])
def test_a_calibration_of_another_width_is_refused(width: int) -> None:
    for file in (None, BUNDLED):
        with pytest.raises(RelatoriaError, match=rf"multilingual-e5-small .* with vectors of {width} numbers"):
            load_calibration(model_name(), width, file)


@pytest.mark.parametrize("whose", ["questions", "passages"])
@pytest.mark.parametrize("language", ["all", "es"])
def test_every_mean_has_that_width(tmp_path: Path, whose: str, language: str) -> None:
    stated = json.loads(BUNDLED.read_text(encoding="utf-8"))
    stated["means"][whose][language].pop()
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(stated), encoding="utf-8")
    with pytest.raises(RelatoriaError, match=r"mine\.json calibrates .* with vectors of 384 numbers"):
        load_calibration(model_name(), 384, file)


def test_a_model_without_calibration_is_searched_and_that_is_said(
    index: Index, reports: Path, caplog: pytest.LogCaptureFixture
) -> None:
    update_index(index, reports)
    index.model = index.model + " of its own"  # whatever was said of a model is not said again
    with caplog.at_level(logging.WARNING, "relatoria"):
        found = search(index, HashingEmbedder(), "la paz")
    assert found.hits[0].passage.text == "Se recomienda la paz."
    assert found.calibration is not None
    assert not found.calibration.questions.overall.any()
    assert "has no calibration" in caplog.text
    assert "python -m evals.calibrate" in caplog.text


def test_a_model_is_calibrated_and_then_searched_with_its_own(tmp_path: Path) -> None:
    """The whole script, on a tiny model and two articles: a file that fits the model it was made for."""
    article: Article = (
        ["Los peces respiran por branquias.", "El pan se hornea con harina."],
        [("¿cómo respiran los peces", 0), ("¿con qué se hornea el pan", 1)],
    )
    other: Article = (["El granito es una roca."], [("¿qué es el granito", 0)])
    articles = {code: [article, other] for code in {*sum(DIRECTIONS, ())}}
    stated = calibrate.fit_calibration(HashingEmbedder(), MODEL, articles)
    file = tmp_path / "calibration.json"
    file.write_text(calibrate.serialize_calibration(stated), encoding="utf-8")
    found = load_calibration(MODEL, 8, file)
    assert any(found.weights.values())
    assert found.closeness("es", "es") > found.closeness("es", "en")
    assert "es-es" in stated["figures"]


def test_the_threshold_of_scope_parts_what_can_be_parted() -> None:
    def example(late: float, kind: str) -> calibrate.Example:
        return calibrate.Example((late, 0, 0, 0, 0), present=False, weight=1, kind=kind, pair="own")

    examples = [
        *(example(late, "out_of_scope") for late in (0.1, 0.2)),
        *(example(late, "nothing_found") for late in (0.3, 0.4)),
    ]
    assert calibrate.find_scope_threshold(examples) == 0.3


def test_removing_the_runner_up_makes_the_first_likelier(assistant: Assistant) -> None:
    from evals.statistics.confidence import compute_confidence, remove_passages

    found = assistant.search("Which vulnerable groups need priority?")
    first, second = found.hits[:2]
    fewer = remove_passages(found, lambda passage: passage.id == second.passage.id)
    assert fewer.hits[0].passage == first.passage
    assert compute_confidence(fewer) > compute_confidence(found) == first.probability


def test_what_the_reader_judges_counts_where_it_has_read_and_the_hit_comes_near() -> None:
    found = load_calibration(model_name(), 384)
    read = replace(found, read=True)
    assert found.probability(0.6, -3.0) == 0.6
    assert read.probability(0.6, None) == 0.6
    assert read.probability(0.6, -3.0) < 0.1 < 0.9 < read.probability(0.6, 3.0)
    assert read.probability(0.01, 3.0) < read.probability(found.borderline_threshold, 3.0) == read.probability(0.9, 3.0)
