"""The labels of strength and addressees, and the suite's matching and comparing, on examples worked by hand."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from evals.benchmarks.passages import build_report
from evals.extraction.attributes import match_labels
from evals.extraction.labels import (
    HALVES,
    LABELS_FILE,
    GoldLabel,
    LabelMatch,
    hash_letters,
    labelled_text,
    match_label,
    normalize_names,
    read_labels,
    words_agree,
)
from evals.extraction.tally import Tally
from ingest.errors import RelatoriaError
from ingest.report import Passage, Strength

UN = "upr_un_reports/pdf/x.pdf"
DUTY = GoldLabel(
    "x", "", hash_letters("Los gobiernos no deben esperar."), "es", Strength.OBLIGATION, ("no deben",), ("gobiernos",)
)


def _passages(*texts: str) -> list[Passage]:
    return build_report("x", texts, "es")[2]


def test_the_labels_are_sound() -> None:
    labels = read_labels(LABELS_FILE)
    assert Counter((label.report, label.letters) for label in labels).most_common(1)[0][1] == 1
    assert len({label.report for label in labels}) >= 5
    assert {label.language for label in labels} == {"es", "en", "fr", "pt"}
    assert {label.strength for label in labels} == set(Strength)
    assert {label.half for label in labels} == set(HALVES)
    for label in labels:
        assert len(label.letters) == 12
        assert bool(label.words) == (label.strength is not Strength.STATEMENT), label
        assert len(normalize_names(label.addressees)) == len(label.addressees), label
        assert all(word == word.strip() and len(word) < 40 for word in label.words), label


def test_a_line_that_is_no_label_is_named(tmp_path: Path) -> None:
    good = json.loads(LABELS_FILE.read_text(encoding="utf-8").splitlines()[0])
    path = tmp_path / "labels.jsonl"
    for bad in ({"strength": "wish"}, {"letters": "xyz"}, {"mood": "good"}, {"half": "third"}):
        path.write_text(f"{json.dumps(good)}\n{json.dumps(good | bad)}\n", encoding="utf-8")
        with pytest.raises(RelatoriaError, match="line 2 is no label"):
            read_labels(path)


def test_letters_are_those_of_the_definition() -> None:
    # printf losgobiernosdeben | sha256sum
    assert hash_letters("• Los gobiernos-\n deben 2.") == "2d25414d6638"


def test_un_wording_drops_number_and_brackets_and_others_keep_them() -> None:
    assert labelled_text("86.2.\tRatify (Chile)\nCED (Iran (Islamic Republic of));", UN) == "Ratify CED ;"
    assert labelled_text("86.2 Ratify (Chile)", "x.md") == "86.2 Ratify (Chile)"


def test_a_record_is_found_by_its_letters_whatever_the_layout() -> None:
    other, right = passages = _passages("Los gobiernos deben esperar.", "LOS GOBIERNOS no\n  deben esperar")
    assert match_label(DUTY, passages) == (right,)
    assert match_label(DUTY, [other]) == ()


def test_records_in_a_row_make_up_a_passage() -> None:
    passages = _passages("Antes.", "Los gobiernos", "no deben esperar.", "Después.")
    assert match_label(DUTY, passages) == tuple(passages[1:3])
    assert match_label(DUTY, [passages[1], passages[3], passages[2]]) == ()


def test_a_record_nearly_the_same_is_found_by_the_text() -> None:
    text = "Los Estados deben proteger a las personas que se desplazan por su territorio sin demora."
    label = replace(DUTY, letters=hash_letters(text))
    near, far = _passages(text.replace("demora", "demora3 x"), text.replace("que se desplazan ", ""))
    assert match_label(label, [far, near], text) == (near,)
    assert match_label(label, [far], text) == ()
    assert match_label(label, [near]) == ()


def test_addressees_are_compared_as_names() -> None:
    assert normalize_names(["Los Gobiernos", "a la Fiscalía", "l’État"]) == {"gobiernos", "fiscalia", "etat"}
    assert normalize_names(["Alaska", "Losada"]) == {"alaska", "losada"}
    assert normalize_names(["Gobierno Nacional"]) != normalize_names(["Gobierno"])


@pytest.mark.parametrize(
    ("found", "expected", "right"),
    [
        (["deben"], ["Deben", "es necesario"], True),
        (["se recomienda"], ["recomienda"], True),
        (["deben"], ["no deben"], False),  # the negation is lost
        (["no deben"], ["deben"], False),
        (["n’ont pas"], ["ont"], False),
        (["deben", "podrían"], ["deben"], False),  # weaker words show another strength
        (["debe"], ["deben"], False),
        ([], ["deben"], False),
        ([], [], True),
    ],
)
def test_words_are_compared_with_their_negation(found: list[str], expected: list[str], right: bool) -> None:
    assert words_agree(found, expected) is right


def test_of_several_records_the_strongest_counts() -> None:
    weak, strong = _passages("Los países podrían verlo.", "Los gobiernos no deben esperar.")
    weak = replace(weak, strength=Strength.POSSIBILITY, strength_words=("podrían",), addressees=("países",))
    strong = replace(strong, strength=Strength.OBLIGATION, strength_words=("no deben",), addressees=("Gobiernos",))
    judged = LabelMatch(DUTY, (weak, strong))
    assert judged.strength_right
    assert judged.words_right
    assert not judged.addressees_right
    assert LabelMatch(DUTY, (strong,)).addressees_right


def test_a_label_without_a_record_is_wrong_in_all() -> None:
    judged = LabelMatch(replace(DUTY, words=(), addressees=()), ())
    assert (judged.strength_right, judged.words_right, judged.addressees_right) == (False, False, False)


def test_a_report_that_is_not_there_leaves_its_labels_without_records(tmp_path: Path) -> None:
    (judged,) = match_labels([replace(DUTY, report=UN)], tmp_path, Tally(""))
    assert judged.passages == ()


def test_the_bundled_report_is_found_whole(tmp_path: Path) -> None:
    own = [label for label in read_labels(LABELS_FILE) if label.report.startswith("corpus/")]
    judged = match_labels(own, tmp_path, Tally(""))
    assert len(judged) == 34
    assert [label.label.letters for label in judged if not label.passages] == []
