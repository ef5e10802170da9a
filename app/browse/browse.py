"""The state of the browse panel for a query and a selection of records, and the export of what is selected."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from app.browse.records import FIELDS, PAGE_SIZE, BrowseQuery, RecordTable
from app.browse.views import Options, count_html, count_unlisted, filter_options, range_html, table_html
from app.export.document import Export, export_passages
from app.i18n.labels import format_count, labels_for
from app.render.errors import LocalizedError
from retrieval.assistant import Assistant
from retrieval.index.cache import LatestCache
from retrieval.limits import BOXES, EXPORTED, TEXT


@dataclass(frozen=True, slots=True)
class Screen:
    """All that the panel shows: HTML, filter choices, page and selection."""

    table: str
    view: BrowseQuery = field(default_factory=BrowseQuery)
    count: str = ""
    range: str = ""
    choices: Mapping[str, Options] = field(default_factory=dict)  # by field
    left_out: Mapping[str, int] = field(default_factory=dict)  # values that are not among the choices, by field
    stated: frozenset[str] = frozenset()  # fields that any recommendation states
    shown: int = 0  # recommendations that fit
    pages: int = 1
    selected: frozenset[str] = frozenset()


class RecordBrowser:
    """Serves the browse panel from the latest state of the index; shared by all visitors, holds no visitor's state."""

    def __init__(self, assistant: Assistant, most: int = EXPORTED.most) -> None:
        self._most = most
        self._assistant = assistant
        self._latest = LatestCache[RecordTable]()

    def records(self) -> RecordTable:
        """The table of the current index, cached per index state. Raises RelatoriaError where there is none."""
        index = self._assistant.index
        return self._latest.get_or_make(index.check()["state"], lambda: RecordTable(index.store, index.facets()))

    def render(
        self, view: BrowseQuery, selected: frozenset[str], language: str, *, boxes: str = "", here: str = ""
    ) -> Screen:
        """Render one page of a query; ``boxes`` is the JSON of the boxes ticked since. Raises RelatoriaError."""
        records = self.records()
        selected = self.apply_boxes(selected, boxes)
        listed = records.load_page(view)
        known = records.metadata
        position = records.position(here) if here else None  # of a part its recommendation's
        here = "" if position is None else records.ids[position]
        return Screen(
            view=listed.view,
            table=table_html(listed, known, language, selected, here),
            count=count_html(listed, len(selected), language),
            range=range_html(listed, language),
            choices={name: filter_options(listed, name, known, language) for name in FIELDS},
            left_out={name: count_unlisted(listed, name) for name in FIELDS},
            stated=frozenset(name for name, counts in listed.counts.items() if counts),
            shown=listed.shown,
            pages=listed.pages,
            selected=selected,
        )

    def apply_boxes(self, selected: frozenset[str], boxes: str) -> frozenset[str]:
        """The selection (ids) with the page's boxes applied; an empty ``boxes`` changes nothing."""
        return apply_boxes(selected, boxes, self.records().id_set) if boxes else selected

    def at_page_of(self, passage_id: str, view: BrowseQuery) -> BrowseQuery:
        """The query moved to the page that holds a recommendation; unchanged where it has filters."""
        position = self.records().position(passage_id) if passage_id and not view.active_fields else None
        return view if position is None else replace(view, page=position // PAGE_SIZE)

    def matching_ids(self, view: BrowseQuery) -> frozenset[str]:
        """The ids of all recommendations that match, on all pages."""
        return frozenset(self.records().matching_ids(view))

    def count(
        self, view: BrowseQuery, selected: frozenset[str], boxes: str, language: str
    ) -> tuple[str, frozenset[str], int]:
        """The count as HTML, the selection with the page's boxes applied, and the number of matches."""
        records = self.records()
        selected = self.apply_boxes(selected, boxes)
        listed = records.load_page(view)
        return count_html(listed, len(selected), language), selected, listed.shown

    def export(self, view: BrowseQuery, selected: Collection[str], boxes: str, language: str) -> Export:
        """Export the selection, or all matches without one. Raises RelatoriaError where they are too many."""
        records = self.records()
        ids = self.apply_boxes(frozenset(selected), boxes) or records.matching_ids(view)
        if len(ids) > self._most:
            raise LocalizedError(
                labels_for(language).export.too_many.format(most=format_count(self._most), count=format_count(len(ids)))
            )
        fingerprint = self._assistant.index.check()["fingerprint"]
        return export_passages(records.passages(ids), self._assistant.report, language, index=fingerprint)


def apply_boxes(selected: frozenset[str], boxes: str, known: Collection[str]) -> frozenset[str]:
    """Apply the page's checkboxes to a selection of ids; malformed JSON and unknown ids are ignored.

    ``boxes`` is JSON: the ticked ids under "on", the unticked ones under "off". Applying it is idempotent.

    >>> sorted(apply_boxes(frozenset("ab"), '{"on": ["c", "?"], "off": ["a"]}', "abc"))
    ['b', 'c']
    """
    try:
        said = json.loads(boxes) if len(boxes) <= TEXT.most else {}
    except (ValueError, RecursionError):
        return selected
    if not isinstance(said, dict):
        return selected
    on, off = (_ids(said.get(name)) for name in ("on", "off"))
    return (selected - off) | on.intersection(known)


def _ids(value: object) -> frozenset[str]:
    some = value[: BOXES.most] if isinstance(value, list) else []
    return frozenset(passage_id for passage_id in some if isinstance(passage_id, str))
