"""Links to a span of a report, with a hash of the quoted words that detects when the text has changed."""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import quote as url_quote
from urllib.parse import unquote

from ingest.report import Passage
from retrieval.assistant import Assistant
from retrieval.results import Citation

SEAL_LENGTH = 12  # hexadecimal digits
_FRAGMENT = re.compile(
    rf"#at=([^:\s]{{1,600}}):(\d{{1,12}})-(\d{{1,12}})(?::([0-9a-f]{{{SEAL_LENGTH}}}):([^:\s]{{1,900}}))?(?!\S)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A span of a report that a link refers to; a quote's also has the hash of its words and its record's id."""

    report_id: str
    start: int  # characters in the report's text, half-open
    end: int
    seal: str = ""  # of the quoted words, by `compute_seal`; empty: any words will do
    passage_id: str = ""  # of the record that was quoted; with a seal

    @classmethod
    def of_citation(cls, citation: Citation) -> "Place":
        """The place of a citation's quote, sealed."""
        passage = citation.passage
        return cls(passage.report_id, citation.start, citation.end, compute_seal(citation.quote), passage.id)

    @property
    def fragment(self) -> str:
        """The URL fragment that opens the report here.

        >>> Place("a b", 3, 9).fragment
        '#at=a%20b:3-9'
        """
        words = f":{self.seal}:{url_quote(self.passage_id, safe='')}" if self.seal and self.passage_id else ""
        return f"#at={url_quote(self.report_id, safe='')}:{self.start}-{self.end}{words}"

    @classmethod
    def parse(cls, fragment: str) -> "Place | None":
        """Parse a URL fragment; None where it is not one of ours.

        >>> Place.parse("#at=a%20b:3-9")
        Place(report_id='a b', start=3, end=9, seal='', passage_id='')
        """
        found = _FRAGMENT.match(fragment)
        if not found:
            return None
        return cls(unquote(found[1]), int(found[2]), int(found[3]), found[4] or "", unquote(found[5] or ""))


def compute_seal(words: str) -> str:
    """Hash quoted words: the first SEAL_LENGTH hexadecimal digits of their SHA-256."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:SEAL_LENGTH]


PASSAGE_PARAMETER = "passage"
MAX_ID = 1_000  # characters of an id that is looked up


def permalink(passage_id: str) -> str:
    """The query string that opens the page at a record.

    >>> permalink("gfmd#1.2-r07")
    '?passage=gfmd%231.2-r07'
    """
    return f"?{PASSAGE_PARAMETER}={url_quote(passage_id, safe='')}"


def find_passage(assistant: Assistant, passage_id: str) -> Passage | None:
    """Look up a record by id in the current index; None where there is none. Raises NoIndex."""
    if not passage_id or len(passage_id) > MAX_ID:
        return None
    store = assistant.index.store
    rows = store.rows_with_ids([passage_id]).values()
    return next(iter(store.passages_at(rows).values()), None)


def place_of(passage: Passage) -> Place:
    """The place of a record's whole text, sealed."""
    return Place(passage.report_id, passage.start, passage.end, compute_seal(passage.text), passage.id)
