"""Gradio Blocks with input validation: file values must be uploads, and missing trailing inputs get defaults."""

from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import replace
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.blocks import Block, BlocksConfig
from gradio.state_holder import SessionState
from gradio.utils import get_upload_folder

from app.api.errors import RequestError
from app.server.ownership import is_owned
from ingest.errors import BeyondLimit
from retrieval.limits import MESSAGES, TEXT

_USER: ContextVar[str | None] = ContextVar("user", default=None)  # whose event is processed


class _PageConfig(BlocksConfig):
    """The page's components, of which each visit and each call of the API has a copy.

    A copy does not describe them: Gradio does, a megabyte each time, for links into a visit, which nobody can make.
    """

    def __copy__(self) -> BlocksConfig:
        copied: BlocksConfig = super().__copy__()  # type: ignore[no-untyped-call]
        copied.config_for_block = lambda *_: {}  # type: ignore[method-assign]
        return copied


class StrictBlocks(gr.Blocks):
    """Blocks that validates inputs; plain Blocks reads or fetches any path and fails where a last value is left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.default_config = _PageConfig(self)

    async def process_api(self, *inputs: Any, **named: Any) -> dict[str, Any]:
        """Process an event as Blocks does, knowing whose it is."""
        _USER.set(getattr(named.get("request"), "username", None))
        return await super().process_api(*inputs, **named)

    async def preprocess_data(
        self, block_fn: BlockFunction, inputs: list[Any], state: SessionState | None, explicit_call: bool = False
    ) -> list[Any]:
        """Validate the inputs, then preprocess them as Blocks does. Raises RequestError where they are invalid."""
        values = _fill_defaults(block_fn, inputs)
        folder, user = Path(get_upload_folder()), _USER.get()
        for block, value in zip(block_fn.inputs, values, strict=False):
            _check_size(block, value)
            if any(not is_owned(path, folder, user) for path in _file_paths(value, marked=isinstance(block, gr.JSON))):
                raise RequestError("A file was given that nobody has uploaded; none is fetched, and none is read.")
        return list(await super().preprocess_data(block_fn, values, state, explicit_call))


def _check_size(block: Block, value: Any) -> None:
    """Raises RequestError for a text longer than its box takes, or a conversation of too many messages."""
    try:
        if isinstance(block, gr.Textbox) and block.max_length and isinstance(value, str):
            replace(TEXT, most=block.max_length).check(len(value))
        if isinstance(block, gr.Chatbot) and isinstance(value, list):
            MESSAGES.check(len(value))
    except BeyondLimit as error:
        raise RequestError(str(error)) from error


def _file_paths(value: Any, *, marked: bool) -> Iterator[str]:
    """The paths of all file values within ``value``; with ``marked``, only of dicts that carry file metadata.

    >>> file = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
    >>> list(_file_paths([[file], {"to": {"path": "a"}}], marked=True)), list(_file_paths({"path": "a"}, marked=False))
    (['/etc/passwd'], ['a'])
    """
    if isinstance(value, dict):
        path = value.get("path")
        if isinstance(path, str) and ("meta" in value or not marked):
            yield path
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in inner:
        yield from _file_paths(part, marked=marked)


def _fill_defaults(block_fn: BlockFunction, inputs: list[Any]) -> list[Any]:
    """The inputs, completed with the function's defaults. Raises RequestError where a missing one has none."""
    if block_fn.fn is None or len(inputs) >= len(block_fn.inputs):
        return inputs
    wanted = list(signature(block_fn.fn).parameters.values())[: len(block_fn.inputs)]
    left_out = wanted[len(inputs) :]
    if missing := [parameter.name for parameter in left_out if parameter.default is Parameter.empty]:
        raise RequestError(
            f"{len(inputs)} values were given, without {', '.join(missing)}. "
            f"Send, in this order: {', '.join(parameter.name for parameter in wanted)}."
        )
    return [*inputs, *(parameter.default for parameter in left_out)]
