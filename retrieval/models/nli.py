"""Natural language inference: a cross-encoder decides whether a passage entails a written sentence.

Off by default. It can only reject: a sentence that none of its passages entails is not shown. Nothing is
downloaded: a model that is not on this machine is an error.
"""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ingest.errors import RelatoriaError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

ENTAILMENT_LABEL = "entailment"


class EntailmentModel:
    """Classifies with an NLI cross-encoder whether a passage entails a sentence."""

    def __init__(self, model: "CrossEncoder", name: str, label: int) -> None:
        self.name = name
        self._model = model
        self._label = label

    def __call__(self, passage: str, sentence: str) -> bool:
        pair: Any = [(passage, sentence)]
        scores = self._model.predict(pair, show_progress_bar=False)[0]
        return int(scores.argmax()) == self._label


EntailmentCheck = Callable[[str, str], bool]


def open_entailment(name: str) -> EntailmentModel:
    """Load the NLI model of that name or path. Raises RelatoriaError when it is not here, or is none."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read by the hub's client when it is imported
    from sentence_transformers import CrossEncoder

    remedy = (
        "Give the path of a cross-encoder for natural language inference on this machine, or leave --entailment out."
    )
    try:
        model = CrossEncoder(name, local_files_only=True, trust_remote_code=False)
        inner: Any = model[0]
        labels: dict[int, str] = inner.model.config.id2label
    except Exception as error:
        raise RelatoriaError(f"The entailment model {name!r} cannot be opened ({error}). {remedy}") from error
    found = [number for number, label in labels.items() if label.lower() == ENTAILMENT_LABEL]
    if not found:
        raise RelatoriaError(
            f"The model {name!r} tells {', '.join(labels.values())}, and no {ENTAILMENT_LABEL!r} among them. {remedy}"
        )
    return EntailmentModel(model, name, int(found[0]))
