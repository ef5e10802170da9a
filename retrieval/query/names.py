"""Reads whom a question names: the reports, by what they are called, who recommends, and to whom."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from retrieval.index.facets import Facets
from retrieval.index.filters import match_names
from retrieval.query.cursor import QuestionCursor
from retrieval.query.patterns import ASKING, PATTERNS, says
from retrieval.results import Fate, Hypothesis
from retrieval.text.gazetteer import find_state_code, find_states_in_any_case
from retrieval.text.lexicon import content_words
from retrieval.text.terms import WORD, fold

_COLUMNS = {"by": "by", "addressee": "addressees"}  # of the index, by facet
_CLAUSE = re.compile(r"[,;:?!¿¡؟،«»\"]")
_YEAR_BEHIND = re.compile(r"(?<=\s\s\s)((?:19|20)\d\d)\b")  # what was consumed
_NOUNS = 4  # such as "report", that are looked beside
_REACH = 7  # words on either side of "report"
_SURE, _SAME, _PROPER = 0.75, 0.1, 0.99  # of a score (report_names.py): that it is one, two alike, alone
_MOST = 3  # reports that one name can mean


class NameReader(QuestionCursor):
    """Consumes the names in a question that the index knows."""

    def __init__(self, question: str, facets: Facets) -> None:
        super().__init__(question)
        self.facets = facets

    def read_reports(self) -> tuple[str, ...]:
        """The reports that the question names: by id, by a State they are on, by what stands beside "report"."""
        names, found = self.facets.report_names, self.facets.find_report_id(self.flat)
        if found:
            self.consume(*found[:2])
            return (found[2],)
        of_states = self._reviewed(names.find_states(self.text))
        for start, end, _ in of_states:
            asked = [found for found in PATTERNS["addressed"].finditer(self.flat, 0, start) if found.end() == start]
            noun = next(iter(asked), None) or PATTERNS["named_noun"].search(self.flat, 0, start)
            behind = None if noun else PATTERNS["noun_behind"].match(self.flat, end)
            self.consume(noun.start() if noun else start, behind.end() if behind else end)
        named = {id_ for *_, ids in of_states for id_ in ids} or self._proper_name()
        for noun in self.find_all("report_noun")[:_NOUNS]:
            beside = self._named_beside(*noun.span(), among=named)
            named = named or beside
        latest = PATTERNS["latest"].search(self.flat)
        if latest and (named or says(self.flat, "report_noun")):
            dated = {id_: names.dates[id_] for id_ in named or names.dates if names.dates[id_]}
            newest = max(dated.values(), default="")
            named = {id_ for id_, date in dated.items() if date == newest} or named
            self.consume(*latest.span())
        years = {names.dates[id_][:4] for id_ in named if id_ in names.dates}
        for year in [*_YEAR_BEHIND.finditer(self.flat)] if named else ():
            if year[1] in years:
                self.consume(*year.span())
        return tuple(sorted(named))

    def _reviewed(self, states: list[tuple[int, int, frozenset[str]]]) -> list[tuple[int, int, frozenset[str]]]:
        """Of two States that reports are on, the one whose report has what the other asked of it, if so it reads."""
        to = [it for it in states if PATTERNS["to_before"].search(f"{self.flat[: it[0]]}\0{self.flat[it[0] : it[1]]}")]
        if len(states) == len(to) + 1 == 2 and says(self.flat, *ASKING[:-1]):
            (other,) = (it for it in states if it not in to)
            made = match_names(self.text[other[0] : other[1]], self.facets, "by")
            if self.facets.rows_with_values("by", made) & self.facets.rows_with_values("report_id", to[0][2]):
                return to
        return states

    def _proper_name(self) -> set[str]:
        """The report whose title alone has a name: a word with a digit, or a capital where it is not the first."""
        for at, word in enumerate(WORD.finditer(self.text)):
            if (at and word[0][0].isupper()) or any(map(str.isdigit, word[0][1:])):
                scores = self.facets.report_names.score([word[0]])
                named = {id_ for id_, score in scores.items() if score >= _PROPER}
                if len(named) == 1 and not word[0].isdigit():
                    self.consume(*word.span())
                    return named
        return set()

    def _named_beside(self, start: int, end: int, among: Collection[str] = ()) -> set[str]:
        """The reports that the words around a noun such as "report" name best; these words are consumed."""
        names = self.facets.report_names
        clause_start = max((found.end() for found in _CLAUSE.finditer(self.flat, 0, start)), default=0)
        clause_end = next((found.start() for found in _CLAUSE.finditer(self.flat, end)), len(self.flat))
        words = [*WORD.finditer(self.flat, clause_start, start)][-_REACH:]
        words += [*WORD.finditer(self.flat, end, clause_end)][:_REACH]
        scores = names.score(self.text[slice(*word.span())] for word in words)
        scores = {id_: score for id_, score in scores.items() if not among or id_ in among}
        best = max(scores.values(), default=0.0)
        if best < _SURE:
            return set()
        named = {id_ for id_, score in scores.items() if score >= best - _SAME}
        if len(named) > _MOST:
            return set()
        its = [word for word in words if named & names.score([self.text[slice(*word.span())]]).keys()]
        self.consume(min(start, its[0].start()), max(end, its[-1].end()))
        return named

    def is_author(self, name: str) -> bool:
        """Whether this can name an author of recommendations: a known one, or any state; False in an index without."""
        return (
            not PATTERNS["to_whom"].match(fold(name))
            and bool(self.facets.values_of("by"))
            and (find_state_code(name) is not None or bool(match_names(name, self.facets, "by")))
        )

    def read_states_that_recommend(self, reports: tuple[str, ...]) -> tuple[str, ...]:
        """The States named, of a question for what they asked of those whose reports are named."""
        if not reports and not says(self.flat_original, "recommends"):
            return ()
        rows = self.facets.rows_with_values("report_id", reports)
        spans = [(start, end) for _, start, end in find_states_in_any_case(self.text)]
        names = [self.text[start:end] for start, end in spans]
        made = self.facets.rows_with_values("by", (by for it in names for by in match_names(it, self.facets, "by")))
        if not (rows & made if reports else made):
            return ()
        rest = QuestionCursor(self.text)
        for start, end in spans:
            rest.consume(start, end)
        if not says(self.flat_original, *ASKING) and content_words(rest.remaining_subject()):
            return ()
        for start, end in spans:
            self.consume(start, end)
        return tuple(names)

    def read_addressee(self) -> tuple[str, ...]:
        return self.take_names("addressed", lambda name: bool(match_names(name, self.facets, "addressees")))

    def take_names(self, phrase: str, known: Callable[[str], bool]) -> tuple[str, ...]:
        """Consumes the known names behind a phrase, one or several joined by "and"."""
        wanted: list[str] = []
        for found in self.find_all(phrase):
            end = found.end()
            named: list[str] = []
            while candidate := next((pair for pair in self.name_candidates(end) if known(pair[1])), None):
                end = candidate[0]
                named.append(candidate[1])
                joined = PATTERNS["joined"].match(self.flat, end)
                if not joined or not any(known(name) for _, name in self.name_candidates(joined.end())):
                    break
                end = joined.end()
            if named:
                wanted += named
                self.consume(found.start(), end)
        return tuple(dict.fromkeys(wanted))


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
