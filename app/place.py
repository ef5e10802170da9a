"""A stretch of a report as links carry it, and the seal that tells when other words stand in its place."""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import quote as url_quote
from urllib.parse import unquote

from retrieval.results import Citation

SEAL = 12  # hexadecimal digits
_FRAGMENT = re.compile(
    rf"#at=([^:\s]{{1,600}}):(\d{{1,12}})-(\d{{1,12}})(?::([0-9a-f]{{{SEAL}}}):([^:\s]{{1,900}}))?(?!\S)", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a report, as links carry it; a quote's also tells which words stood there, of which record."""

    report_id: str
    start: int  # characters in the report's text, half-open
    end: int
    seal: str = ""  # of the quoted words, as `sealed` makes it; empty: any words will do
    passage_id: str = ""  # of the record that was quoted; with a seal

    @classmethod
    def of(cls, citation: Citation) -> "Place":
        """The place of a quote, sealed."""
        passage = citation.passage
        return cls(passage.report_id, citation.start, citation.end, sealed(citation.quote), passage.id)

    @property
    def fragment(self) -> str:
        """The part of a link that opens the page here.

        >>> Place("a b", 3, 9).fragment
        '#at=a%20b:3-9'
        """
        words = f":{self.seal}:{url_quote(self.passage_id, safe='')}" if self.seal and self.passage_id else ""
        return f"#at={url_quote(self.report_id, safe='')}:{self.start}-{self.end}{words}"

    @classmethod
    def read(cls, fragment: str) -> "Place | None":
        """The place of a link, or None when it is not one of ours.

        >>> Place.read("#at=a%20b:3-9")
        Place(report_id='a b', start=3, end=9, seal='', passage_id='')
        """
        found = _FRAGMENT.match(fragment)
        if not found:
            return None
        return cls(unquote(found[1]), int(found[2]), int(found[3]), found[4] or "", unquote(found[5] or ""))


def sealed(words: str) -> str:
    """A short fingerprint of quoted words, to notice that others stand in their place."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:SEAL]
