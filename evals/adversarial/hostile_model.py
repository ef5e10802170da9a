"""A scripted hostile chat model, and a harness that counts which of its sentences the verifier lets through."""

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from evals.adversarial.perturbations import LabelledSentence, PassagesByName
from ingest.report import Passage, Report
from retrieval.generation.chat_model import ChatModel, Messages, StreamChunk
from retrieval.generation.writer import write
from retrieval.models.calibration import Calibration
from retrieval.results import Answer, Citation, Layer, Statement, Status
from retrieval.text.sentence_stream import split_stream
from retrieval.verification.alignment import WordEmbedder
from retrieval.verification.claims import parse_claims
from retrieval.verification.quotes import quote_statement
from retrieval.verification.verifier import Verifier

TIMEOUT = 10.0  # seconds


@dataclass
class HostileSource:
    """A ChatSource that streams scripted chunks, then may raise; ``heard`` records the messages it was sent."""

    says: Iterable[str]
    breaks: Exception | None = None  # raised when all is said
    heard: list[Messages] = field(default_factory=list)
    secrets: tuple[str, ...] = ()

    def pieces(self, messages: Messages, left: threading.Event) -> Iterator[StreamChunk]:
        self.heard.append(messages)
        for text in self.says:
            if left.is_set():
                return
            yield StreamChunk(text)
        if self.breaks:
            raise self.breaks

    def model(self, timeout: float = TIMEOUT) -> ChatModel:
        """Wrap it as a chat model with a time-out (seconds)."""
        return ChatModel("hostile", self, timeout)


class VerifierHarness:
    """Runs the writer with its verifier over chosen passages and scripted sentences."""

    def __init__(
        self,
        passages: PassagesByName,
        report: Callable[[str], Report | None],
        embedder: WordEmbedder,
        calibration: Calibration,
    ) -> None:
        self.passages = passages
        self._report, self._embedder, self._calibration = report, embedder, calibration
        self._provers: dict[tuple[tuple[str, ...], str], Verifier] = {}

    def build_answer(self, given: Sequence[str], language: str, question: str = "¿Qué se recomendó?") -> Answer:
        """Build an answer that quotes these passages, in this order."""
        quotes = [Citation.whole(number, self.passages[name]) for number, name in enumerate(given, start=1)]
        return Answer(question, question, language, Status.ANSWERED, tuple(map(quote_statement, quotes)))

    def get_verifier(self, given: Sequence[Citation], language: str) -> Verifier:
        """The verifier for these passages, cached."""
        key = tuple(citation.passage.id for citation in given), language
        if key not in self._provers:
            self._provers[key] = Verifier(
                given,
                source=self._report,
                embedder=self._embedder,
                calibration=self._calibration,
                language=language,
            )
        return self._provers[key]

    def write_all(self, answer: Answer, source: HostileSource) -> list[Answer]:
        """Run the writer; returns every answer that it yields."""
        return list(write(answer, source.model(), self.get_verifier))

    def shown_statements(self, given: Sequence[str], language: str, pieces: Iterable[str]) -> list[Statement]:
        """The written statements that are shown at any time while the model writes, each once."""
        grown = self.write_all(self.build_answer(given, language), HostileSource(pieces))
        found = [
            statement
            for answer in grown
            for statement in answer.statements
            if statement.layer is Layer.WRITTEN and statement.citations
        ]
        return list(dict.fromkeys(found))

    def is_shown(self, said: LabelledSentence) -> bool:
        """Whether a sentence is shown; where it splits into two, both."""
        shown = [statement.text for statement in self.shown_statements(said.given, said.language, [said.text])]
        return shown == list(split_stream([said.text]))

    def find_leaks(self, false: LabelledSentence, true: LabelledSentence) -> list[str]:
        """The sentences shown of a false one, except the true one that it was made from, or a part of that."""
        fine = _strip_marks(true.text)
        shown = [statement.text for statement in self.shown_statements(false.given, false.language, [false.text])]
        part = false.kind not in ("broken behind a no", "mark alone")
        return [text for text in shown if _strip_marks(text) != fine and not (part and _strip_marks(text) in fine)]

    def embed_all(self, some: Iterable[LabelledSentence]) -> None:
        """Embed sentences in batches ahead of time, which is faster."""
        sentences = [sentence for said in some for sentence in split_stream([said.text])]
        list(self._embedder.passages(list(dict.fromkeys(parse_claims(sentence).text for sentence in sentences))))


def _strip_marks(text: str) -> str:
    """Strip white space, full stops and marks, which a sentence splitter moves."""
    return re.sub(r"[\s.]|\[\d+\]", "", text)


def index_by_name(passages: Iterable[Passage]) -> PassagesByName:
    """Index passages by the part of their ids behind "#"."""
    return {passage.id.partition("#")[2]: passage for passage in passages}
