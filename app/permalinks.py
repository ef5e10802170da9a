"""Permanent links: a record's id in the page's address, which a restart and a re-ingest leave as it is."""

from urllib.parse import quote as url_quote

from app.place import Place, sealed
from ingest.report import Passage
from retrieval.assistant import Assistant

PARAMETER = "passage"
LONGEST = 1_000  # characters of an id that is looked up


def permalink(passage_id: str) -> str:
    """The end of an address that opens the page at a record.

    >>> permalink("gfmd#1.2-r07")
    '?passage=gfmd%231.2-r07'
    """
    return f"?{PARAMETER}={url_quote(passage_id, safe='')}"


def passage_at(assistant: Assistant, passage_id: str) -> Passage | None:
    """The record of that id as it is now; None where there is none. Raises NoIndex."""
    if not passage_id or len(passage_id) > LONGEST:
        return None
    store = assistant.index.store
    rows = store.rows_with_ids([passage_id]).values()
    return next(iter(store.passages_at(rows).values()), None)


def place_of(passage: Passage) -> Place:
    """Where a record stands, its words sealed."""
    return Place(passage.report_id, passage.start, passage.end, sealed(passage.text), passage.id)
