"""Reads what an office file states of itself, in the elements of Dublin Core."""

from ingest.readers.archive import Element
from ingest.readers.extract import parse_date, parse_language_tag
from ingest.report import Metadata

DC = "{http://purl.org/dc/elements/1.1/}"


def read_metadata(root: Element | None, *dates: str) -> Metadata:
    """The title, date and language below an element; of ``dates``, elements too, the first between 1990 and 2100."""
    if root is None:
        return Metadata()

    def said(name: str) -> str:
        return " ".join((root.findtext(name) or "").split())

    days = (parse_date(said(name)) for name in dates)
    return Metadata(
        title=said(f"{DC}title"),
        date=next((day for day in days if "1990" <= day < "2101"), ""),
        language=parse_language_tag(said(f"{DC}language")),
    )
