"""Which recommendations are selected: by id, so that it outlasts paging, filters and a new state of the index."""

import json
from collections.abc import Collection

MOST = 200  # boxes on a page, and more
_LONGEST = 100_000  # characters of what the page says of its boxes


def picked(selected: frozenset[str], boxes: str, known: Collection[str]) -> frozenset[str]:
    """The selection after what the page says of its boxes; what is none of ours changes nothing.

    ``boxes`` is JSON: the ids with a tick under "on", those without under "off". To say it twice is to say it once.

    >>> sorted(picked(frozenset("ab"), '{"on": ["c", "?"], "off": ["a"]}', "abc"))
    ['b', 'c']
    """
    try:
        said = json.loads(boxes) if len(boxes) <= _LONGEST else {}
    except (ValueError, RecursionError):
        return selected
    if not isinstance(said, dict):
        return selected
    on, off = (_ids(said.get(name)) for name in ("on", "off"))
    return (selected - off) | {one for one in on if one in known}


def _ids(value: object) -> frozenset[str]:
    some = value[:MOST] if isinstance(value, list) else []
    return frozenset(one for one in some if isinstance(one, str))
