"""Links the words of a question to the index's own values: what they were taken for, and could have been besides."""

from collections.abc import Iterable, Iterator

from retrieval.index.facets import Facets
from retrieval.index.filters import match_names
from retrieval.results import Fate, Hypothesis
from retrieval.text.gazetteer import find_states_in_any_case

_COLUMNS = {"by": "by", "addressee": "addressees"}  # of the index, by facet


def index_values(facet: str, names: Iterable[str], facets: Facets) -> tuple[str, ...]:
    """What a facet's values that a question names are called in the index; the names, where it has none."""
    if facet not in _COLUMNS:
        return tuple(names)
    found = [match_names(name, facets, _COLUMNS[facet]) or [name] for name in names]
    return tuple(dict.fromkeys(value for some in found for value in some))


def read_otherwise(taken: Iterable[Hypothesis], facets: Facets) -> Iterator[Hypothesis]:
    """What the States in words that were taken for one facet could have been besides."""
    for it in taken:
        states = find_states_in_any_case(it.words) if it.facet in (*_COLUMNS, "reports") else ()
        for words in (it.words[start:end] for _, start, end in states):
            for facet in sorted(_COLUMNS.keys() - {it.facet}):
                if values := match_names(words, facets, _COLUMNS[facet]):
                    yield Hypothesis(words, facet, tuple(values), Fate.BETTER)
