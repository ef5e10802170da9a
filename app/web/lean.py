"""Gradio's Blocks without the work that a page of ours has no use for.

Left out: making anew what stays as it is at a step of a streamed answer; describing every component anew for each
visitor, for links to a state of the page; statistics over all events after every event; and telling all who wait,
whenever one of them is answered, how many are before them.
"""

import copy
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.blocks import convert_component_dict_to_list
from gradio.helpers import skip
from gradio.routes import App
from gradio.state_holder import SessionState, StateHolder

from app.web.blocks import StrictBlocks

LOOKS = 0.005  # seconds between looks at who waits
_FLAGS = frozenset({"__type__", "visible", "submit_btn", "stop_btn"})  # what a component takes as it is given

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
        if isinstance(predictions, dict) and predictions:
            predictions = convert_component_dict_to_list(list(outputs), predictions)
        if not isinstance(predictions, Sequence) or len(predictions) != len(outputs):
            return await super().postprocess_data(block_fn, predictions, state)
        made = [_made(output, value, state) for output, value in zip(outputs, predictions, strict=True)]
        left = [number for number, one in enumerate(made) if one is None]
        if left:
            rest = copy.copy(block_fn)
            rest.outputs = [outputs[number] for number in left]
            values: Any = [predictions[number] for number in left]
            done = await super().postprocess_data(rest, values if len(left) > 1 else values[0], state)
            for number, one in zip(left, done, strict=True):
                made[number] = one
        return made


class LeanStates(StateHolder):
    """What Gradio keeps of each visitor, without the descriptions of components."""

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = LeanState(self.blocks)
        return super().__getitem__(session_id)


class LeanState(SessionState):
    """Of one visitor: their components, and what they hold."""

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__(SimpleNamespace(default_config=blocks.default_config, blocks={}))  # type: ignore[arg-type]
        vars(self.blocks_config)["config_for_block"] = lambda *_: {}


def lighten(app: App) -> None:
    """A page that is about to be served, without what it has no use for."""
    page = app.get_blocks()
    app.state_holder = LeanStates()  # type: ignore[no-untyped-call]  # Gradio's, untyped
    app.state_holder.set_blocks(page)
    page._queue.ANALYTICS_MAX_EVENTS = 0
    page._queue.sleep_when_free = LOOKS


def _made(block: Any, value: Any, state: SessionState) -> Any:
    """An update that needs no new component, as it is sent; None where Gradio is to make one."""
    if block.stateful or not isinstance(value, Mapping) or value.get("__type__") != "update" or "value" in value:
        return None
    now = state.get(block._id)
    known = {} if now is None else now.constructor_args
    if all(name in known and known[name] == new for name, new in value.items() if name != "__type__"):
        return dict(value)
    if now is None or not _FLAGS.issuperset(value):
        return None
    flags = {name: new for name, new in value.items() if name != "__type__"}
    made = copy.copy(now)
    made._constructor_args = [known | flags]
    vars(made).update(flags)
    state.blocks_config.blocks[block._id] = made
    return dict(value)
