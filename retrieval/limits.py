"""Limits of everything that comes in, one table: what a door measures, in which unit, and the most that it takes."""

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.errors import BeyondLimit
from ingest.sanitize import MAX_REPEATED


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that is taken of something; docs/server.md has a line for each in ``LIMITS``."""

    name: str  # as an error begins
    unit: str
    most: int
    remedy: str = "Send less."

    def check(self, found: int) -> None:
        """Raises BeyondLimit where more was found, saying how much, how much is taken, and what to do."""
        if found > self.most:
            raise BeyondLimit(
                f"{self.name} has {found:,} {self.unit}; up to {self.most:,} are taken. {self.remedy}", self.most
            )

    def check_texts(self, texts: Iterable[str]) -> None:
        """Raises BeyondLimit for the first text that is too long."""
        for text in texts:
            self.check(len(text))


QUESTION = Limit("The question", "characters", 2_000, "Ask in fewer words.")
TURNS = Limit("The conversation", "turns", 8, "Send the first and the last ones.")
MESSAGES = Limit("The page's conversation", "messages", 1_000, "Load the page anew.")
FILTER_VALUES = Limit("The filter", "values", 100, "Leave some out.")
FILTER_VALUE = Limit("A filter's value", "characters", 500, "A few words of it will do.")
RESULTS = Limit("The result of a search", "passages", 1_000, "Ask for fewer.")
RECORDS = Limit("A reply", "records", 200, "list goes on from its offset.")
OFFSET = Limit("An offset", "records", 2**31)
RECORD_ID = Limit("The id of a record", "characters", 600)
WORDS = Limit("The text to look for", "characters", 400, "Fewer will do.")
TEXT = Limit("The text of a box of the page", "characters", 100_000, "Please shorten it.")
LINK = Limit("A link into a report", "characters", 2_000)
NOTE = Limit("The note", "characters", 2_000, "Please shorten it.")
OPINIONS = Limit("A visit", "opinions", 50)
FILES = Limit("An upload", "files", 20, "Send the others afterwards.")
FILE_NAME = Limit("The name of a file, before its ending,", "bytes", 100)  # the rest is cut off
BOXES = Limit("A page of boxes", "boxes", 200)
EXPORTED = Limit("An export", "recommendations", 10_000)
BODY = Limit("A request", "bytes", 4 * 2**20)  # a long conversation goes with each question
FORM = Limit("A log-in", "bytes", 8 * 2**10)
PATH = Limit("The path of an address", "characters", 4_096)
SESSION = Limit("The name of a session", "characters", 100)
JSON_DEPTH = Limit("JSON", "levels", 32)
JSON_VALUES = Limit("JSON", "values", 20_000)  # each of which costs the page's own thread
JSON_DIGITS = Limit("A number of JSON", "digits", 100)
REPEATED = Limit("What an error repeats", "characters", MAX_REPEATED)  # the rest is cut off
COMPARED = Limit("What is compared with an unknown name", "names", 100)  # of so many characters each

LIMITS = tuple(limit for limit in globals().values() if isinstance(limit, Limit))
