"""The suites: rankings with passages taken away, the baselines' inputs, files of other people, figures by hand.

Long because each suite's reader and figures have a test here.
"""

import gzip
import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from evals.benchmarks import cev_lists, distractors, held_out, nomiracl, piaf, xquad
from evals.benchmarks.__main__ import main
from evals.benchmarks.ask import Query, QueryOutcome, ask, ask_all, split_halves
from evals.benchmarks.passages import build_report
from evals.benchmarks.results import RowBuilder, mean_by_group, recall_metric, render_table
from evals.benchmarks.systems import OURS, ProductSearch, rank_by_score
from evals.extraction import cev as commission
from evals.public_data import require_public
from evals.run.cases import load_cases
from evals.run.embedders import CachingEmbedder
from evals.statistics.bootstrap import Interval
from ingest.errors import RelatoriaError
from ingest.readers.read import read_report
from ingest.sources import BUNDLED_CORPUS
from ingest.split.splitter import split
from retrieval.index.index import Index
from tests.fakes.hashing_embedder import MODEL, HashingEmbedder

TEXTS = {"a": ["rojo vino", "verde prado"], "b": ["azul cielo", "rojo fuego"]}


@pytest.fixture
def product(tmp_path: Path) -> ProductSearch:
    index = Index(tmp_path / "index", MODEL)
    index.put([build_report(name, texts, "es") for name, texts in TEXTS.items()], HashingEmbedder())
    return ProductSearch(index, HashingEmbedder())


def test_passages_taken_away_are_as_if_they_were_not_there(product: ProductSearch) -> None:
    whole = product.rank("azul cielo")
    assert whole.ids[0] == "b#p01"
    fewer = product.rank("azul cielo", removed={"b#p01"})
    assert "b#p01" not in fewer.ids
    assert fewer.confidence < whole.confidence
    nothing = product.rank("azul cielo", removed={passage.id for passage in product._index.store.passages()})
    assert (nothing.ids, nothing.confidence, nothing.answered) == ((), -1.0, False)


def test_one_report_alone_is_searched_whole(product: ProductSearch) -> None:
    assert set(product.rank("azul cielo", within="a").ids) == {"a#p01", "a#p02"}
    assert product.rank("azul cielo", within="b").ids[0] == "b#p01"
    assert product.rank("azul cielo", within="none").ids == ()


def test_asking_with_and_without_what_answers(product: ProductSearch) -> None:
    query = Query("verde prado", ("a#p02",), group="a", taken={"passage": frozenset({"a#p02"})})
    asked = ask(product, query)
    assert asked.rank == 1
    assert asked.absent["passage"] < asked.confidence
    assert ask_all([product], [query], "test")[OURS] == [asked]


def test_memory_embeds_each_text_once_and_outlives_the_run(tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    memory = CachingEmbedder(embedder, tmp_path / "deep" / "vectors.npz")
    first, owners = memory.embed_windows(["uno", "dos", "uno"])
    assert embedder.embedded == ["uno", "dos"]
    assert owners.tolist() == [0, 1, 2]
    assert np.array_equal(first[0], first[2])
    memory.save()
    later = HashingEmbedder()
    again, _ = CachingEmbedder(later, tmp_path / "deep" / "vectors.npz").embed_windows(["uno", "dos", "uno"])
    assert np.array_equal(first, again)
    assert later.embedded == []
    assert memory.query("uno") is memory.query("uno")
    assert CachingEmbedder(HashingEmbedder()).embed_windows([])[1].tolist() == []


def test_baselines_rank_what_shares_words_or_vectors() -> None:
    baselines = pytest.importorskip("evals.benchmarks.baselines")
    for module in ("bm25s", "langchain_chroma", "langchain_text_splitters"):
        pytest.importorskip(module)
    passages = [passage for name, texts in TEXTS.items() for passage in build_report(name, texts, "es")[2]]
    for system in baselines.build_baselines(passages, "es", CachingEmbedder(HashingEmbedder())):
        assert system.rank("azul cielo").ids[0] == "b#p01", system.name
        assert "b#p01" not in system.rank("azul cielo", removed={"b#p01"}).ids
        assert {id_[0] for id_ in system.rank("rojo", within="a").ids} == {"a"}
        assert system.rank("rojo", within="a").answered is None


def test_rank_fusion_adds_the_reciprocals_of_both_ranks() -> None:
    for module in ("bm25s", "langchain_chroma", "langchain_text_splitters"):
        pytest.importorskip(module)
    from evals.benchmarks.baselines import LangChainSearch

    passages = build_report("a", ["rojo vino", "verde prado", "azul cielo"], "es")[2]
    ranking = LangChainSearch(passages, "es", CachingEmbedder(HashingEmbedder())).rank("verde prado")
    assert ranking.ids[0] == "a#p02"
    assert ranking.confidence == pytest.approx(2 / 61)  # first of both


def test_what_a_baseline_needs_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from evals.benchmarks.baselines import BM25Search

    monkeypatch.setitem(sys.modules, "bm25s", None)
    with pytest.raises(RelatoriaError, match=r"pip install .*\[evals\]"):
        BM25Search(build_report("a", ["uno"], "es")[2], "es")


# Figures


def _asked(
    group: str, rank: int | None, *, half: str = "", confidence: float = 0.0, answered: bool = True
) -> QueryOutcome:
    return QueryOutcome(Query("", (), group, half), rank, confidence, answered, {"all": 0.5}, {"all": False})


def test_rows_hold_targets_and_intervals_by_group() -> None:
    results = {
        OURS: [_asked("a", 1, confidence=0.9), _asked("b", 2, confidence=0.4)],
        "dense only": [_asked("a", 1), _asked("b", None)],
    }
    into = RowBuilder("suite", "set", "all", results)
    into.add_ranking({"R@1": 0.5}, ("R@1", "R@5"))
    into.add_gain_over_dense()
    into.add_refusal("all", target=0.6)
    figures = {row.measure: row.figures[OURS].value for row in into.rows}
    assert figures == {
        "R@1": 0.5,
        "R@5": 1.0,
        "R@1 above dense only": 0.0,
        "AUROC, all removed": 0.5,  # .9 above both of .5, .4 below both
        "answered, all removed": 0.0,
        "refused though present": 0.0,
    }
    assert into.rows[0].figures[OURS] == Interval(0.5, 0.0, 1.0)
    assert [row.reached for row in into.rows] == [True, None, True, False, None, None]
    assert render_table(into.rows).row_count == 6
    assert into.rows[0].as_json()["figures"]["dense only"] == [0.5, 0.0, 1.0]


def test_halves_only_where_a_set_is_divided() -> None:
    both = [_asked("a", 1, half="fit"), _asked("b", 1, half="report")]
    assert [(half, len(some[OURS])) for half, some in split_halves({OURS: both})] == [
        ("fit", 1),
        ("report", 1),
        ("all", 2),
    ]
    assert [half for half, _ in split_halves({OURS: [_asked("a", 1)]})] == ["all"]


def test_the_mean_of_groups_counts_each_once() -> None:
    assert mean_by_group(recall_metric(1))([_asked("a", 1), _asked("a", 1), _asked("b", 3), _asked("b", 1)]) == 0.75
    assert mean_by_group(recall_metric(1))([]) == 0


def test_equal_scores_are_ordered_by_id() -> None:
    assert rank_by_score([("b", 1.0), ("a", 1.0)]).ids == ("a", "b")
    assert rank_by_score([]).confidence == -1.0


# Other people's files


def test_xquad_takes_away_the_article_or_the_paragraph() -> None:
    (first, second) = xquad.build_queries([(["Uno.", "Dos."], [("¿uno?", 0)]), (["Tres."], [("¿tres?", 0)])])
    assert (first.gold, first.half, second.half) == (("xquad-00#p01",), "fit", "report")
    assert first.taken == {
        "article": {"xquad-00#p01", "xquad-00#p02"},
        "paragraph": {"xquad-00#p01"},
    }


def test_piaf_keeps_the_entries_that_are_there(tmp_path: Path) -> None:
    entries = tmp_path / "faq.json"
    stated = [{"id": "1", "title": "Quoi ?", "paragraphs": [{"context": "Ceci."}, {"context": "Cela."}]}]
    entries.write_text(json.dumps({"data": [*stated, {**stated[0], "title": "Autre"}]}), encoding="utf-8")
    found = piaf.read_entries(entries)
    assert found == {"1": "Quoi ?\nCeci.\nCela."}
    asked = tmp_path / "asked.json"
    epitca = [{"question": "C'est quoi ?", "result": [{"document": {"id": "7"}}, {"document": {"id": "1"}}]}]
    asked.write_text(json.dumps([{"expected": n, "epitca": epitca} for n in (1, 2)]), encoding="utf-8")
    (paraphrase,) = piaf.read_paraphrases(asked, found)
    assert (paraphrase.entry, paraphrase.returned, piaf.build_query(paraphrase).gold) == (
        "1",
        ("7", "1"),
        ("faq-1#p01",),
    )
    asked.write_text("{", encoding="utf-8")
    with pytest.raises(RelatoriaError, match="not JSON"):
        piaf.read_paraphrases(asked, found)


def test_nomiracl_skips_rows_without_text(tmp_path: Path) -> None:
    prompt = "Read.\n\nQUESTION:\n¿Qué?\n\nCONTEXTS:\n[1] A: uno.\n\n[2] B: dos [3] veces.\n\nOUTPUT:\n"
    rows = [
        {"prompt": None, "results": {"gpt-4-azure": "Yes, answer is present."}},
        {"prompt": prompt, "results": {"gpt-4-azure": "I don't know."}},
    ]
    path = tmp_path / "relevant.es.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    (question,) = nomiracl.read_judged_questions(path, relevant=True)
    assert question.passages == ("A: uno.", "B: dos [3] veces.")
    assert (question.question, question.half, question.gpt_4_answered, question.id) == (
        "¿Qué?",
        "report",
        False,
        "relevant-001",
    )
    path.write_bytes(b"no gzip")
    with pytest.raises(RelatoriaError, match="NoMIRACL"):
        nomiracl.read_judged_questions(path, relevant=True)


def test_the_curve_and_the_point_that_others_reached() -> None:
    def one(kind: str, confidence: float, *, answered: bool) -> QueryOutcome:
        return QueryOutcome(Query("", (), f"{kind}-{confidence}"), None, confidence, answered)

    ours = [
        one("relevant", 0.9, answered=True),
        one("relevant", 0.4, answered=False),
        one("absent", 0.5, answered=True),
        one("absent", 0.1, answered=False),
    ]
    theirs = [one(kind, n, answered=yes) for kind, n, yes in (("relevant", 1, True), ("absent", 2, False))]
    figures = {row.measure: row for row in nomiracl.build_rows("es", "all", {OURS: ours, nomiracl.GPT_4: theirs}, 0.9)}
    assert figures["AUROC"].figures[OURS].value == 0.75
    assert figures["hallucination at error 0.30"].figures[OURS].value == 0.5  # one refused of two would be .5
    assert figures["hallucination as it answers"].figures[OURS].value == 0.5
    assert figures["error as it answers"].figures[OURS].value == 0.5
    assert figures["error as it answers"].target == 0
    assert nomiracl.hallucination_at(1.0, [0.9], [0.95]) == 0
    assert nomiracl.hallucination_at(0.0, [0.9], [0.9]) == 1


def test_laws_become_reports(tmp_path: Path) -> None:
    path = tmp_path / "passages.jsonl.xz"
    lines = [{"doc": "ley-1", "text": "Uno."}, {"doc": "ley-1", "text": "Dos."}, {"doc": "ley-2", "text": "Tres."}]
    path.write_bytes(lzma.compress("\n".join(map(json.dumps, lines)).encode()))
    assert [(report.id, len(passages)) for _, report, passages in distractors.read_laws(path)] == [
        ("ley-1", 2),
        ("ley-2", 1),
    ]
    assert [len(passages) for _, _, passages in distractors.read_laws(path, 1)] == [1]
    path.write_bytes(b"no xz")
    with pytest.raises(RelatoriaError, match="JSON lines"):
        list(distractors.read_laws(path))


def entry(text: str, addressee: str) -> commission.Entry:
    return commission.Entry("", text, frozenset(), (("theme", "Paz"), ("addressee", addressee)))


ENTRIES = [
    entry("Al Congreso, legislar.", "Congreso de la República"),
    entry("Al Gobierno, hacer:\n● esto", "Gobierno Nacional"),
]


def test_list_questions_want_all_that_have_the_label() -> None:
    asked = {question: wanted for _, question, wanted in cev_lists.build_questions(ENTRIES)}
    assert asked["¿Qué se recomienda al Congreso de la República?"] == {0}
    assert asked["Todas las recomendaciones sobre el tema «Paz»"] == {0, 1}
    assert "  ● esto\n  Tema: Paz\n  Destinatario: Gobierno Nacional" in commission.render_report(ENTRIES)


def test_a_list_is_right_when_it_is_whole_and_nothing_else() -> None:
    wanted = frozenset({0, 1})
    half = cev_lists.ListOutcome("theme", "?", wanted, frozenset({0}), others=1)
    assert (half.recall, half.precision, half.exact) == (0.5, 0.5, False)
    empty = cev_lists.ListOutcome("term", "?", wanted, frozenset())
    assert (empty.recall, empty.precision, empty.exact) == (0.0, 1.0, False)
    whole = cev_lists.ListOutcome("term", "??", wanted, wanted)
    assert whole.exact
    figures = {(row.title, row.measure): row.figures[OURS].value for row in cev_lists.build_rows([half, empty, whole])}
    assert figures["all questions", "recall"] == 0.5
    assert figures["term", "exact sets"] == 0.5


def test_held_back_questions_are_new_and_enough() -> None:
    path = Path(BUNDLED_CORPUS) / held_out.CASES_FILE.with_suffix(".txt").name
    cases = load_cases(held_out.CASES_FILE, {passage.id for passage in split(read_report(path, path.stem))})
    fresh = held_out.select_held_out(cases)
    assert len(fresh) >= 60
    assert sum(not case.answerable for case in fresh) >= 20
    assert {case.language for case in fresh} == {"es", "en", "fr", "pt", "ar"}
    assert not any(case.before for case in fresh)
    assert not {case.name for case in fresh} & {case.name for case in cases if case.half == "fit"}


# The command


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("RELATORIA_DATA", raising=False)
    with pytest.raises(RelatoriaError, match="RELATORIA_DATA is not set"):
        require_public("xquad/xquad.es.json")
    monkeypatch.setenv("RELATORIA_DATA", str(tmp_path))
    with pytest.raises(RelatoriaError, match=r"There is no xquad/xquad\.es\.json in"):
        require_public("xquad/xquad.es.json")


def test_an_unknown_suite_is_a_mistake_in_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--suite", "trec"])
    assert stopped.value.code == 2
    assert "xquad" in capsys.readouterr().err
