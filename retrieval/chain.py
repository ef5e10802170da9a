"""The LangChain face: the retriever and the assistant as parts of anybody's chain. It holds no logic."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import ConfigDict

from ingest.report import for_reading
from retrieval.answer import Answer
from retrieval.assistant import Assistant
from retrieval.filters import Filter


class RelatoriaRetriever(BaseRetriever):
    """The best ``k`` passages for a question, as LangChain documents.

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
                page_content=for_reading(hit.passage.text),
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


def answer_chain(assistant: Assistant) -> Runnable[str, Answer]:
    """A question to its Answer, with LangChain's invoke, batch and stream, and their async twins."""
    return RunnableLambda(assistant.ask, name="relatoria")
