"""The API's endpoints: the functions of `handlers.py` by name, over HTTP (gradio_client) and as MCP tools.

Gradio serves the docstrings below as the tools' descriptions. The endpoints bypass the page's event queue: one
request is one reply, in the caller's name (over the queue, Gradio's MCP server would call again itself, as nobody).
They share a concurrency limit of their own, so that visitors keep their threads however many programs call.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypedDict

import anyio
import gradio as gr
from gradio.events import api

from app.api import handlers
from app.api.errors import RequestError
from app.api.handlers import LIST_LIMIT, SEARCH_LIMIT
from app.render.serialize import Json
from ingest.errors import RelatoriaError
from retrieval.assistant import Assistant

MAX_CONCURRENT = 8  # programs that are answered at the same time
MAX_WAITING = 100  # more are told to come back
FilterValues = str | list[str]  # one, or alternatives


class Filters(TypedDict, total=False):
    """Conditions on a passage: all fields must hold, the values of one field are alternatives."""

    reports: FilterValues
    section: FilterValues
    kinds: FilterValues
    addressee: FilterValues
    by: FilterValues
    strength: FilterValues
    language: FilterValues
    forum: FilterValues
    body: FilterValues
    year: FilterValues
    labels: dict[str, FilterValues]


def register_endpoints(assistant: Assistant) -> None:
    """Register the endpoints `ask`, `search`, `passage` and `list` on the Gradio page that is being laid out."""
    turn = _limited_runner()

    async def ask(question: str, language: str | None = None, filters: Filters | None = None) -> dict[str, Any]:
        """
        Answer a question from conference reports, only with exact quotes, each tied to the recommendation it comes from. Where the reports do not answer, status is nothing_found or out_of_scope and nearest holds what comes closest; nothing is ever made up.

        Args:
            question: The question in plain words, in any language; up to 2,000 characters.
            language: The language of the sentences around the quotes: es, en, fr, pt, ar, de, it, ru or zh. Without it, the question's. Quotes stay in the report's own language.
            filters: Only passages that fit, each field a text or a list of alternatives: reports (ids), section ("1.2" or words of a heading), kinds (recommendation, commitment, proposal, decision, part, paragraph, conclusion, observation, note, fact), addressee and by (names), strength (obligation, recommendation, possibility, statement), language (es, en, …), forum, body (that issued them) and year of reports, labels (an object of names and values).

        Returns:
            an object with status, text (to show as it is), statements with marks [1], [2], …, and citations that give for each mark the exact quote with its passage_id, report and place.
        """
        return await turn(partial(handlers.ask, assistant, question, language, filters))

    async def search(question: str, limit: int = SEARCH_LIMIT, filters: Filters | None = None) -> dict[str, Any]:
        """
        Rank the passages of conference reports by how well they answer a question, best first, each with its scores. Use ask for an answer; use search to see more of what is there.

        Args:
            question: What to look for, in plain words, in any language; up to 2,000 characters.
            limit: How many passages, 1 to 200.
            filters: Only passages that fit, as in ask: reports, section, kinds, addressee, by, strength, language, forum, body, year, labels.

        Returns:
            an object with hits: passage_id, probability that it answers (0 to 1), text, place and scores of each.
        """
        return await turn(partial(handlers.search, assistant, question, limit, filters))

    async def passage(id: str) -> dict[str, Any]:  # noqa: A002 - what callers write
        """
        Read one passage of a report by its id: its exact text, what it says of itself, where it stands, and the line to cite it by.

        Args:
            id: The id, as passage_id in an answer's citations or in a search's hits, or as id in a list's records: gfmd-2010-mesa-redonda-1#1.1-r09.

        Returns:
            the record with text, headings, addressees, by, strength and labels; place (page, line, and the link that opens it here); report (title, forum, year, date, …); and citation.
        """
        return await turn(partial(handlers.passage, assistant, id))

    async def records(filters: Filters | None = None, offset: int = 0, limit: int = LIST_LIMIT) -> dict[str, Any]:
        """
        List the records of the reports in reading order, without asking anything: all of them, or those that fit the filters; for example every recommendation addressed to someone.

        Args:
            filters: Only passages that fit, as in ask: reports, section, kinds, addressee, by, strength, language, forum, body, year, labels. {"kinds": "recommendation"} leaves out other paragraphs, notes and facts.
            offset: How many records to skip; next in the reply is the offset to go on from.
            limit: How many records in one reply, 1 to 200.

        Returns:
            an object with total (of all that fit), records (each with its id and exact text), offset and next, which is null at the end.
        """
        return await turn(partial(handlers.records, assistant, filters, offset, limit))

    records.__name__ = "list"  # of the tool
    for name, answer in {"ask": ask, "search": search, "passage": passage, "list": records}.items():
        api(answer, api_name=name, queue=False)


def reply_in_json(page: gr.Blocks) -> None:
    """Make the MCP tools of a served page reply in JSON; Gradio itself would send the `repr` of a dict."""
    server = page.mcp_server_obj
    if server is None:
        raise RuntimeError(
            f"The page is served without its MCP tools: {getattr(page, 'mcp_error', 'mcp_server=False')}"
        )

    def contents(results: Sequence[object], _url: str) -> list[Any]:
        return [
            server.types.TextContent(type="text", text=json.dumps(result, ensure_ascii=False)) for result in results
        ]

    server.postprocess_output_data = contents  # type: ignore[method-assign,assignment]


def _limited_runner() -> Callable[[Callable[[], Json]], Awaitable[Json]]:
    """A runner of requests in threads, MAX_CONCURRENT at a time. Raises RequestError for what the caller can put right."""
    room = anyio.CapacityLimiter(MAX_CONCURRENT)

    async def turn(work: Callable[[], Json]) -> Json:
        if room.statistics().tasks_waiting >= MAX_WAITING:
            raise RequestError(f"{MAX_WAITING} programs are waiting already. Ask again in a minute.")
        try:
            return await anyio.to_thread.run_sync(work, limiter=room)
        except RelatoriaError as error:
            raise RequestError(str(error)) from error

    return turn
