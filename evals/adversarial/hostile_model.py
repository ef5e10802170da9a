"""A hostile chat model at the seam: it says what it is told to, in whatever pieces, and breaks as it is told to."""

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from evals.adversarial.perturbations import Passages, Said
from ingest.report import Passage, Report
from retrieval.generation.chat_model import ChatModel, Messages, Piece
from retrieval.generation.writer import write
from retrieval.models.calibration import Calibration
from retrieval.models.embedder import Encoded
from retrieval.results import Answer, Citation, Layer, Statement, Status
from retrieval.text.sentence_stream import sentences
from retrieval.verification.alignment import WordEmbedder
from retrieval.verification.claims import claims_of
from retrieval.verification.quotes import quote_statement
from retrieval.verification.verifier import Prover

TIMEOUT = 10.0  # seconds


@dataclass
class Hostile:
    """A source whose answer is written already; ``heard`` is what it was sent."""

    says: Iterable[str]
    breaks: Exception | None = None  # raised when all is said
    heard: list[Messages] = field(default_factory=list)
    secrets: tuple[str, ...] = ()

    def pieces(self, messages: Messages, left: threading.Event) -> Iterator[Piece]:
        self.heard.append(messages)
        for text in self.says:
            if left.is_set():
                return
            yield Piece(text)
        if self.breaks:
            raise self.breaks

    def model(self, timeout: float = TIMEOUT) -> ChatModel:
        """It, as a chat model under our clock."""
        return ChatModel("hostile", self, timeout)


class Once:
    """An embedding model that embeds a passage once, however often it is asked."""

    def __init__(self, embedder: WordEmbedder) -> None:
        self._embedder = embedder
        self._made: dict[str, Encoded] = {}
        self.name, self.query = embedder.name, embedder.query
        self.windows, self.spans = embedder.windows, embedder.spans

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[int, Encoded]]:
        new = [one for one in dict.fromkeys(texts) if one not in self._made]
        self._made.update((new[at], encoded) for at, encoded in self._embedder.passages(new))
        yield from ((at, self._made[text]) for at, text in enumerate(texts))


class Trial:
    """Answers whose quotes are passages of our own choosing, and what a model may write under them."""

    def __init__(
        self,
        passages: Passages,
        report: Callable[[str], Report | None],
        embedder: WordEmbedder,
        calibration: Calibration,
    ) -> None:
        self.passages = passages
        self._report, self._embedder, self._calibration = report, embedder, calibration
        self._provers: dict[tuple[tuple[str, ...], str], Prover] = {}

    def answer(self, given: Sequence[str], language: str, question: str = "¿Qué se recomendó?") -> Answer:
        """An answer that quotes these passages, in this order."""
        quotes = [Citation.whole(number, self.passages[name]) for number, name in enumerate(given, start=1)]
        return Answer(question, question, language, Status.ANSWERED, tuple(map(quote_statement, quotes)))

    def prover(self, given: Sequence[Citation], language: str) -> Prover:
        """The proof for these passages, made ready once."""
        key = tuple(one.passage.id for one in given), language
        if key not in self._provers:
            self._provers[key] = Prover(
                given,
                source=self._report,
                embedder=self._embedder,
                calibration=self._calibration,
                language=language,
            )
        return self._provers[key]

    def grown(self, answer: Answer, source: Hostile) -> list[Answer]:
        """All that is yielded while the model writes."""
        return list(write(answer, source.model(), self.prover))

    def shown(self, given: Sequence[str], language: str, pieces: Iterable[str]) -> list[Statement]:
        """The written sentences that a reader gets to see, at any time, each once."""
        grown = self.grown(self.answer(given, language), Hostile(pieces))
        found = [one for answer in grown for one in answer.statements if one.layer is Layer.WRITTEN and one.citations]
        return list(dict.fromkeys(found))

    def let_through(self, said: Said) -> bool:
        """Whether a reader gets to see a sentence; of two made of it, both."""
        shown = [one.text for one in self.shown(said.given, said.language, [said.text])]
        return shown == list(sentences([said.text]))

    def leaks(self, false: Said, true: Said) -> list[str]:
        """What a reader gets to see of a false sentence, beside the true one that it was made of, or a part of it."""
        fine = _letters(true.text)
        shown = [one.text for one in self.shown(false.given, false.language, [false.text])]
        part = false.kind not in ("broken behind a no", "mark alone")
        return [one for one in shown if _letters(one) != fine and not (part and _letters(one) in fine)]

    def warm(self, some: Iterable[Said]) -> None:
        """Embed sentences many at once, which is faster."""
        list(self._embedder.passages([claims_of(one).text for said in some for one in sentences([said.text])]))


def _letters(text: str) -> str:
    """A sentence without its white space, full stops and marks, which a splitter moves."""
    return re.sub(r"[\s.]|\[\d+\]", "", text)


def by_name(passages: Iterable[Passage]) -> Passages:
    """Passages by what stands behind "#" in their ids."""
    return {one.id.partition("#")[2]: one for one in passages}
