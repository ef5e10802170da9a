"""Gradio's Blocks that fetch nothing: a visitor's value may name a file that was uploaded, never an address."""

from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.state_holder import SessionState

from app.refused import Refused


class OfflineBlocks(gr.Blocks):
    """As Blocks, but Gradio would download what a file value's path says, on behalf of whoever asks."""

    async def preprocess_data(
        self, block_fn: BlockFunction, inputs: list[Any], state: SessionState | None, explicit_call: bool = False
    ) -> list[Any]:
        """What the function of an event is given. Raises Refused for the address of a file."""
        if address := _address(inputs):
            raise Refused(f"A file was given as the address {address[:80]!r}; files are uploaded, none is fetched.")
        return list(await super().preprocess_data(block_fn, inputs, state, explicit_call))


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
