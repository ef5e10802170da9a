"""LangChain adapters: the assistant as a retriever and as a runnable chain."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableConfig, RunnableGenerator
from langchain_core.runnables.config import run_in_executor
from pydantic import ConfigDict

from ingest.report import normalize_for_display
from retrieval.assistant import Assistant
from retrieval.index.filters import Filter
from retrieval.results import Answer


class RelatoriaRetriever(BaseRetriever):
    """Retrieves the best ``k`` passages for a question, as LangChain documents.

    ``id`` is the passage's; ``page_content`` is its text for reading; ``metadata`` says where it
    stands (report_id, kind, number, headings, start, end, page, line, language) and its score.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    k: int = 5
    where: Filter | None = None  # only passages that fit

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        del run_manager
        found = self.assistant.search(query, limit=self.k if k is None else k, where=self.where)
        return [
            Document(
                id=hit.passage.id,
                page_content=normalize_for_display(hit.passage.text),
                metadata={
                    "report_id": hit.passage.report_id,
                    "kind": str(hit.passage.kind),
                    "number": hit.passage.number,
                    "headings": list(hit.passage.headings),
                    "start": hit.passage.start,
                    "end": hit.passage.end,
                    "page": hit.passage.page,
                    "line": hit.passage.line,
                    "language": hit.passage.language,
                    "score": hit.score.total,
                },
            )
            for hit in found.hits
        ]


class AnswerChain(RunnableGenerator[str, Answer]):
    """Runnable from a question to an Answer; ``stream`` yields partial answers, ``invoke`` and ``batch`` the last."""

    def __init__(self, assistant: Assistant) -> None:
        def grow(questions: Iterator[str]) -> Iterator[Answer]:
            """Stream the answers to one question, which may come in chunks."""
            yield from assistant.stream("".join(questions))

        async def agrow(questions: AsyncIterator[str]) -> AsyncIterator[Answer]:
            """The same in an executor, so that a search does not block the event loop."""
            answers = assistant.stream("".join([piece async for piece in questions]))
            while (answer := await run_in_executor(None, next, answers, None)) is not None:
                yield answer

        super().__init__(grow, agrow, name="relatoria")

    def invoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: A002
        *_, answer = self.stream(input, config, **kwargs)
        return answer

    async def ainvoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: A002
        answers = [answer async for answer in self.astream(input, config, **kwargs)]
        return answers[-1]


def answer_chain(assistant: Assistant) -> AnswerChain:
    """Create an AnswerChain, with LangChain's invoke, batch and stream, and their async variants."""
    return AnswerChain(assistant)
