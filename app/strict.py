"""Gradio's Blocks, strict about what is sent: no address of a file is fetched, and no value is missing."""

from inspect import Parameter, signature
from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.state_holder import SessionState

from app.refused import Refused


class StrictBlocks(gr.Blocks):
    """As Blocks, which would download what a file value's path says, and fail where a last value is left out."""

    async def preprocess_data(
        self, block_fn: BlockFunction, inputs: list[Any], state: SessionState | None, explicit_call: bool = False
    ) -> list[Any]:
        """What the function of an event is given. Raises Refused where something is wrong with what was sent."""
        if address := _address(inputs):
            raise Refused(f"A file was given as the address {address[:80]!r}; files are uploaded, none is fetched.")
        return list(await super().preprocess_data(block_fn, _whole(block_fn, inputs), state, explicit_call))


def _address(value: Any) -> str:
    """The first path of a file value that is an address; empty where there is none.

    >>> _address([{"path": "http://192.0.2.1/x", "meta": {"_type": "gradio.FileData"}}]), _address(["http://192.0.2.1"])
    ('http://192.0.2.1/x', '')
    """
    if isinstance(value, dict):
        path = value.get("path")
        if isinstance(path, str) and "://" in path:
            return path
        return _address(list(value.values()))
    if isinstance(value, list):
        return next(filter(None, map(_address, value)), "")
    return ""


def _whole(block_fn: BlockFunction, inputs: list[Any]) -> list[Any]:
    """The values, with the function's own for those left out at the end. Raises Refused where it has none."""
    if block_fn.fn is None or len(inputs) >= len(block_fn.inputs):
        return inputs
    wanted = list(signature(block_fn.fn).parameters.values())[: len(block_fn.inputs)]
    left_out = wanted[len(inputs) :]
    if missing := [one.name for one in left_out if one.default is Parameter.empty]:
        raise Refused(
            f"{len(inputs)} values were given, without {', '.join(missing)}. "
            f"Send, in this order: {', '.join(one.name for one in wanted)}."
        )
    return [*inputs, *(one.default for one in left_out)]
