"""Gradio's Blocks without the work for outputs that stay as they are.

A streamed answer leaves most outputs alone at each step. Gradio makes every one of them anew all the same, for
each visitor, the Chatbot with the JSON schema of its messages: twice what the search itself costs.
"""

import copy
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from gradio.block_function import BlockFunction
from gradio.helpers import skip
from gradio.state_holder import SessionState

from app.strict import StrictBlocks

if importlib.util.find_spec("matplotlib") is None:  # Gradio looks for it on the disk at every event
    sys.modules["matplotlib"] = None  # type: ignore[assignment]


class LeanBlocks(StrictBlocks):
    """Answers as Blocks does."""

    async def postprocess_data(
        self, block_fn: BlockFunction, predictions: Any, state: SessionState | None
    ) -> list[Any]:
        """What is sent to the page for each output of an event."""
        outputs = block_fn.outputs
        if state is None or block_fn.batch or len(outputs) < 2:
            return await super().postprocess_data(block_fn, predictions, state)
        if predictions == skip():
            predictions = [skip()] * len(outputs)
        if not isinstance(predictions, Sequence) or len(predictions) != len(outputs):
            return await super().postprocess_data(block_fn, predictions, state)
        idle = [_changes_nothing(one, value, state) for one, value in zip(outputs, predictions, strict=True)]
        if sum(idle) == len(outputs):
            return [dict(value) for value in predictions]
        rest = copy.copy(block_fn)
        rest.outputs = [one for one, still in zip(outputs, idle, strict=True) if not still]
        left = [value for value, still in zip(predictions, idle, strict=True) if not still]
        made = iter(await super().postprocess_data(rest, left[0] if len(left) == 1 else left, state))
        return [dict(value) if still else next(made) for value, still in zip(predictions, idle, strict=True)]


def _changes_nothing(block: Any, value: Any, state: SessionState) -> bool:
    """Whether an update leaves the visitor's component as it is."""
    if block.stateful or not isinstance(value, Mapping) or value.get("__type__") != "update" or "value" in value:
        return False
    now = state[block._id].constructor_args if block._id in state else {}
    return all(name in now and now[name] == new for name, new in value.items() if name != "__type__")
