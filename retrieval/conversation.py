"""A conversation: what was said before, in as far as the next question can lean on it."""

from dataclasses import dataclass

from retrieval.answer import Answer


@dataclass(frozen=True, slots=True)
class Conversation:
    """The last turns, oldest first."""

    turns: tuple[Answer, ...] = ()

    def and_then(self, answer: Answer) -> "Conversation":
        """The conversation with one turn more."""
        return Conversation((*self.turns, answer))


ALONE = Conversation()
