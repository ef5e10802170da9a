"""The fit of the judgement: no weight turns round, reports count alike, and who is measured was not fitted on."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from evals.calibrate.judgement import Judged, choose_thresholds, fit_regression, hold_out, measure, stack
from retrieval.models.judgement import SIGNALS

HEADING = SIGNALS.index("heading")


def judged(
    name: str, labels: list[int], *, of_set: str = "wild", heading: list[float] | None = None, explicit: int = 0
) -> Judged:
    """A report whose headings say what its labels are, or what is given; its first ``explicit`` ask in their words."""
    signals = np.zeros((len(labels), len(SIGNALS)))
    signals[:, HEADING] = heading or [2.0 * label - 1 for label in labels]
    said = np.arange(len(labels)) < explicit
    return Judged(of_set, name, signals, np.array(labels, float), np.zeros(len(labels), bool), said)


def logits(values: list[float]) -> NDArray[np.float64]:
    return np.array(values)


def held_out(reports: list[Judged]) -> dict[str, list[float]]:
    return {report.name: said.tolist() for report, said in hold_out(reports, ("heading",))}


def test_weights_separate_what_is_labelled_and_are_of_raw_signals() -> None:
    labels = logits([0, 0, 1, 1])
    weights, intercept = fit_regression(logits([10, 11, 20, 21])[:, None], labels, np.ones(4), ("heading",))
    fitted = logits([10, 11, 20, 21]) * weights[0] + intercept
    assert (fitted > 0).tolist() == [False, False, True, True]


@pytest.mark.parametrize(("name", "turns"), [("heading", True), ("row", False)])
def test_no_weight_turns_round(name: str, turns: bool) -> None:
    weights, _ = fit_regression(logits([1, 1, 0, 0])[:, None], logits([0, 0, 1, 1]), np.ones(4), (name,))
    assert weights[0] == pytest.approx(0) if turns else weights[0] < -0.1


def test_a_report_counts_as_much_as_another_of_its_set_however_long() -> None:
    short, long = judged("short", [0, 1] * 10), judged("long", [0, 1] * 100)
    weights = stack([short, long], [HEADING])[2]
    assert weights[:20].sum() == pytest.approx(weights[20:].sum())


def test_a_report_is_judged_by_what_was_fitted_on_others() -> None:
    others = [judged("a", [0, 1, 1]), judged("b", [0, 0, 1])]
    own = judged("c", [1, 1, 0], heading=[1, -1, 0.5])
    turned = replace(own, labels=1 - own.labels)
    found, again = held_out([*others, own]), held_out([*others, turned])
    assert found["c"] == again["c"]
    assert found["a"] != again["a"]


def test_a_set_other_than_wild_is_left_out_as_one() -> None:
    pair = [judged("u", [0, 1], of_set="upr"), judged("v", [0, 1], of_set="upr")]
    turned = replace(pair[1], labels=1 - pair[1].labels)
    wild = judged("a", [0, 1, 1])
    found, again = held_out([wild, *pair]), held_out([wild, pair[0], turned])
    assert found["u"] == again["u"]
    assert found["a"] != again["a"]


def test_precision_and_recall_of_a_set() -> None:
    report = judged("a", [1, 1, 0, 0], explicit=1)
    said = logits([-9, 1, 1, -1])
    assert measure([(report, said)], "wild", 0.0, 0.0) == (2 / 3, 1.0)  # the first is filed by what it says itself
    assert measure([(report, said)], "upr", 0.0, 0.0) == (0.0, 0.0)
    ruled = replace(report, ruled=np.array([True, True, True, True]))
    assert measure([(ruled, said)], "wild", 5.0, -2.0) == (0.5, 1.0)  # what the rules file stays from `kept` on


def test_thresholds_leave_what_a_person_checked_as_it_is() -> None:
    wild = (judged("a", [1, 1, 0, 0]), logits([2.5, 1.5, 0.5, -1.0]))
    checked = judged("b", [1, 0], of_set="bundled")
    free, _ = choose_thresholds([wild], [(checked, logits([9.0, -9.0]))])
    bound, _ = choose_thresholds([wild], [(checked, logits([9.0, 2.05]))])
    assert 0.5 < free <= 1.5
    assert bound > 2.05
