"""A search worker without a model or an index, whose questions say what becomes of their search."""

import re
import threading
import time

from retrieval import worker
from retrieval.query.request import Request
from retrieval.results import Answer, Status


class HangingAssistant:
    """Answers at once, but for "wait" (never), "hold" (never, and no other thread runs) and "slow SECONDS"."""

    def prepare(self) -> None: ...

    def prepare_for_concurrency(self) -> None: ...

    def warm_up(self) -> None: ...

    def is_long(self, request: Request) -> bool:
        return False

    def answer_with_quotes(self, request: Request) -> Answer:
        match request.question.split():
            case ["wait"]:
                threading.Event().wait()
            case ["hold"]:
                re.match(r"(?:a|aa)+$", 90 * "a" + "b")
            case ["slow", seconds, *_]:
                time.sleep(float(seconds))
        return Answer(request.question, request.question, "en", Status.ANSWERED, ())


if __name__ == "__main__":
    worker.Setup.assistant = lambda setup: HangingAssistant()  # type: ignore[assignment,method-assign,return-value]
    worker.main()
