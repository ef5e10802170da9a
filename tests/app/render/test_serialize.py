"""The JSON that programs read: a failed question has the keys and values of any answer."""

import json

from app.render.serialize import failed_json


def test_a_failed_question_is_an_answer_with_the_message_as_its_text() -> None:
    expected = {
        "question": "q" * 200,
        "searched": "",
        "language": "en",
        "status": "failed",
        "text": "The question is too long.",
        "statements": [{"text": "The question is too long.", "citations": [], "layer": None, "frame": True}],
        "citations": [],
        "nearest": [],
        "borderline": {"statements": [], "citations": []},
        "total": 0,
        "of": 0,
        "dropped": {},
        "translations": [],
        "writing": None,
        "provenance": None,
    }
    assert json.dumps(failed_json("q" * 3_000, "The question is too long.")) == json.dumps(expected)
