"""Report names: what a question may call each report by, from its title, place, date, symbol, file and first lines."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain

from retrieval.storage.reader import ReportSummary
from retrieval.text.gazetteer import find_concepts, find_state_code, find_states, find_states_in_any_case
from retrieval.text.lexicon import QUERY_STOP_WORDS
from retrieval.text.terms import WORD, extract_terms, fold

_NAMES = re.compile(r"\b[^\W\d_a-z]\w+")  # a word with a capital
_SHARED = 50  # reports whose name has a word that names none
_CODE = 2  # letters: the "uk" of a file's name is more often the language than the State
_YEAR = re.compile(r"(?:19|20)\d\d")


class ReportNames:
    """The terms (terms.py) and States that tell the reports of an index from each other; none of a single report."""

    def __init__(self, reports: Sequence[ReportSummary], fronts: Mapping[str, str]) -> None:
        """``fronts`` are the first characters of each report's text, by id."""
        self._all = list(reports)
        self._reports = self._all if len(self._all) > 1 else []
        self._fronts = fronts

    @cached_property
    def printed(self) -> dict[str, str]:
        """What each report is called by, by id."""
        return {it.id: _printed_name(it) for it in self._reports}

    @cached_property
    def languages(self) -> dict[str, str]:
        """The language of each report, ISO 639-1, by id."""
        return {it.id: it.metadata.language for it in self._reports}

    @cached_property
    def terms(self) -> dict[str, frozenset[str]]:
        """The terms of each report's own name, by id."""
        return {id_: frozenset(_name_terms(name)) for id_, name in self.printed.items()}

    @cached_property
    def _weights(self) -> dict[str, dict[str, float]]:
        """Of each term, the reports that it may name, with how much it says: less, the more reports have it."""
        having: dict[str, dict[str, float]] = {}
        for it in self._reports:
            front = _name_terms(" ".join(_NAMES.findall(self._fronts.get(it.id, ""))))
            for share, terms in ((0.5, front), (1.0, self.terms[it.id])):
                for term in terms:
                    having.setdefault(term, {})[it.id] = share
        most = math.log(1 + len(self._reports))
        telling = {term: some for term, some in having.items() if len(some) <= _SHARED}
        return {
            term: {id_: share * math.log(1 + len(self._reports) / len(some)) / most for id_, share in some.items()}
            for term, some in telling.items()
        }

    @cached_property
    def _of_state(self) -> dict[str, frozenset[str]]:
        """The reports whose title, place or file names a State, by its code."""
        having: dict[str, set[str]] = {}
        for it in self._all:
            words = (word for word in re.findall(r"[^\W\d_]+", it.id) if len(word) > _CODE or not find_state_code(word))
            spelled = " ".join(words).title()
            for name in (it.metadata.title, it.metadata.place, it.metadata.forum, spelled):
                for code, *_ in find_states(name):
                    having.setdefault(code, set()).add(it.id)
        return {code: frozenset(some) for code, some in having.items()}

    @cached_property
    def dates(self) -> dict[str, str]:
        """The date of each report that states one, or its year, by id."""
        stated = {it.id: it.metadata.date or str(it.metadata.year or "") for it in self._reports}
        return {id_: date or next(iter(_YEAR.findall(id_)), "") for id_, date in stated.items()}

    def score(self, words: Iterable[str]) -> dict[str, float]:
        """How surely these words name each report: a word that only one report's name has counts 1."""
        found: dict[str, float] = {}
        for term in {term for word in words for term in _name_terms(word)}:
            for id_, weight in self._weights.get(term, {}).items():
                found[id_] = found.get(id_, 0.0) + weight
        return found

    def has_state(self, code: str) -> bool:
        """Whether a report is on the State of this code."""
        return code in self._of_state

    def find_states(self, text: str) -> list[tuple[int, int, frozenset[str]]]:
        """The States named in a text, in any case, that reports are on: (start, end, ids of these reports)."""
        if not self._reports:
            return []
        found = ((start, end, self._of_state.get(code)) for code, start, end in find_states_in_any_case(text))
        return [(start, end, reports) for start, end, reports in found if reports]


NO_NAMES = ReportNames((), {})


def _printed_name(report: ReportSummary) -> str:
    known = report.metadata
    named = (known.title, report.id.replace("-", " "), known.forum, known.place, known.session, known.symbol)
    return " ".join(" ".join((*named, known.date[:4] or str(known.year or ""))).split())


def _name_terms(text: str) -> Iterable[str]:
    apart = re.sub(r"(?<=[^\W\d])(?=\d)", " ", text)
    words = (word for word in dict.fromkeys(WORD.findall(f"{apart} {text}")) if fold(word) not in QUERY_STOP_WORDS)
    return chain(find_concepts(apart), (term for word in words if len(word) > 1 for term in extract_terms(word)))
