"""Twins are whole: two passages on one topic, and questions of which neither side is favoured."""

from collections import Counter

from evals.train_reader.twins import SIDES, read_twins

TWINS = read_twins()


def test_both_sides_say_something_and_not_the_same() -> None:
    assert len(TWINS) > 1_000
    assert all(it.text.strip() and it.twin.strip() and it.text != it.twin and it.asked for it in TWINS)
    assert len({it.name for it in TWINS}) == len(TWINS)


def test_no_side_answers_more_often_than_the_other() -> None:
    answered = Counter(side for twins in TWINS for it in twins.asked for side in it.answered_by)
    asked = sum(len(twins.asked) for twins in TWINS)
    assert all(0.4 < answered[side] / asked < 0.6 for side in SIDES), answered
