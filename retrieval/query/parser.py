"""Parses a question into a ParsedQuery: subject, filters, record numbers, quoted phrases, and whether all are wanted.

"¿Cuántas recomendaciones de la mesa 1.2 se dirigen a los gobiernos?" wants all of them, in section
1.2, addressed to "gobiernos", on no particular subject. Only values that the index has (its facets)
are recognized; all else stays in the subject, and is searched.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from retrieval.index.facets import Stated
from retrieval.index.filters import ANY, Filter, labels, named, sections
from retrieval.query import patterns
from retrieval.query.cursor import Text
from retrieval.query.intents import Attribute, asked_of_record, asked_of_report
from retrieval.query.preamble import subject
from retrieval.text.gazetteer import state
from retrieval.text.lexicon import UNITS, content_words
from retrieval.text.terms import fold

_WORD = re.compile(r"\w+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_UNIT = {word: name for name, words in UNITS.items() for word in words}
_MOST_OF_IT = 2 / 3  # of a heading's words, to be meant by a subject


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """The structured form of a question."""

    subject: str  # what to search for; empty where the rest says it all
    all_of_them: bool = False
    filter: Filter = ANY
    numbers: tuple[str, ...] = ()  # of records: "7", "87.23"
    ids: tuple[str, ...] = ()  # of passages, or what stands in them behind "#"
    quoted: tuple[str, ...] = ()
    attribute: Attribute | None = None  # what is asked of the records, or of the report itself

    @property
    def complete(self) -> bool:
        """Whether the answer is the whole matching set, not the best few."""
        return self.all_of_them or (not self.subject and bool(self.filter or self.numbers or self.ids))

    def described(self) -> dict[str, list[str]]:
        """Returns the filters, numbers, ids and quotes by name, for display and for JSON."""
        said = {name: list(getattr(self, name)) for name in ("numbers", "ids", "quoted")}
        return self.filter.described() | {name: values for name, values in said.items() if values}


NOTHING = ParsedQuery("")


def read(question: str, stated: Stated) -> ParsedQuery:
    """Parses a question against the facets of an index; never fails: what is not recognized is the subject."""
    return _Reading(question, stated).wanted()


class _Reading(Text):
    """One parse: each method consumes one kind of constraint from the question, in a fixed order."""

    def __init__(self, question: str, stated: Stated) -> None:
        super().__init__(question)
        self.stated = stated

    def wanted(self) -> ParsedQuery:
        if fact := self._fact():
            return fact
        attribute = self._attribute()
        quoted = self._quoted()
        filters = Filter(labels=self._labels())
        ids = self._ids()
        filters = replace(filters, reports=self._reports(), section=self._sections())
        numbers = self._numbers()
        addressee = self._names(patterns.ADDRESSED, self._addressee) or self._must_do()
        by = self._by()
        all_of_them = self._all()
        about_it = attribute is Attribute.STRENGTH or len(ids) + len(numbers) == 1  # "is it mandatory?"
        strength = () if about_it else self._strength()
        recommends = bool(patterns.RECOMMENDS.search(self.whole)) or bool(strength or addressee or by)
        filters = replace(filters, strength=strength, addressee=addressee, by=by)
        about = self.rest()
        if about and not (numbers or ids) and (meant := self._heading(about, all_of_them=all_of_them)):
            section, labels = meant
            about = ""
            filters = replace(filters, section=filters.section or section, labels=(*filters.labels, *labels))
        if filters or all_of_them:
            recommends = recommends and not numbers and bool(self.stated.recommendations)
            filters = replace(filters, recommends=recommends)
        if not about and not (filters or numbers or ids or all_of_them):
            about = subject(self.text)
        return ParsedQuery(about, all_of_them, filters, numbers, ids, quoted, attribute)

    def _fact(self) -> ParsedQuery | None:
        """A question for a fact of the only report in the index; with several reports, facts are searched for."""
        attribute = asked_of_report(self.flat) if len(self.stated.reports) == 1 else None
        if attribute is None:
            return None
        there = next((one for one in (attribute, Attribute.TITLE) if self.stated.identified([one])), None)
        return ParsedQuery("", ids=(there,) if there else (), attribute=attribute) if there else None

    def _attribute(self) -> Attribute | None:
        asked = asked_of_record(self.flat)
        for start, end in asked.spans if asked else ():
            self.take(start, end)
        return asked.attribute if asked else None

    def _quoted(self) -> tuple[str, ...]:
        """Phrases between quotation marks; they stay in the subject."""
        found = (next(filter(None, one.groups())) for one in patterns.QUOTED.finditer(self.text))
        return tuple(one for one in found if _WORD.search(one))

    def _ids(self) -> tuple[str, ...]:
        found = []
        for one in list(patterns.ID.finditer(self.flat)):
            found.append(one[0].lstrip("#") if one[0].startswith("#") else one[0])
            self.take(*one.span())
        return tuple(found)

    def _reports(self) -> tuple[str, ...]:
        if not (found := self.stated.report_in(self.flat)):
            return ()
        start, end, report = found
        self.take(start, end)
        return (report,)

    def _sections(self) -> tuple[str, ...]:
        wanted: list[str] = []
        for found in list(patterns.SECTION.finditer(self.flat)):
            unit = self.text[slice(*found.span("unit"))]
            numbers = patterns.NUMBERS.findall(found["numbers"])
            named = [f"{unit} {number}" for number in numbers]
            there = [one for one in named if self._is_section(one) or _UNIT[found["unit"]] in self.stated.units]
            if not there:  # "section 1.1" of a report whose sections are called roundtables
                there = [one for one in numbers if self._is_section(one)]
            if there:
                wanted += there
                self.take(*found.span())
        if not wanted:
            bare = re.compile(rf"(?:\b(?:{patterns.WITHIN})\s+|^\W*)(\d+\.\d+)(?=\W*$|[\s,;:?.!])")
            for found in list(bare.finditer(self.flat)):
                if self._is_section(found[1]) and not self.stated.has_number(found[1]):
                    wanted.append(found[1])
                    self.take(*found.span())
        return tuple(dict.fromkeys(wanted))

    def _is_section(self, wanted: str) -> bool:
        return bool(sections(wanted, self.stated))

    def _numbers(self) -> tuple[str, ...]:
        wanted: list[str] = []
        for pattern in (patterns.ORDINAL_FIRST, patterns.ORDINAL_LAST):
            for found in list(pattern.finditer(self.flat)):
                ordinal = next((name[1:] for name, value in found.groupdict().items() if value and name[0] == "o"), "")
                wanted.append(ordinal or found["digits"])
                self.take(*found.span())
        for found in list(patterns.REFERENCE.finditer(self.flat)):
            numbers = [one for one in patterns.NUMBERS.findall(found["numbers"]) if not _YEAR.fullmatch(one)]
            if numbers:
                wanted += numbers
                self.take(*found.span())
        for found in list(patterns.BARE.finditer(self.flat)):
            if self.stated.has_number(found[0]):
                wanted.append(found[0])
                self.take(*found.span())
        return tuple(dict.fromkeys(one.lstrip("0") for one in wanted))

    def _all(self) -> bool:
        found = False
        for pattern in patterns.ALL:
            if one := pattern.search(self.whole):
                found = True
                self.take(*one.span())
        return found

    def _strength(self) -> tuple[str, ...]:
        found = patterns.OBLIGATORY.search(self.whole)
        if not found or not self.stated.rows("strength", ["obligation"]):
            return ()
        start = found.start("noun") if found["noun"] else found.start()
        before = patterns.IN_FRONT.search(self.flat, 0, start)
        beside = patterns.BESIDE.search(f"{self.whole[:start]}\0{self.whole[found.end() :]}")
        if not (found["noun"] or beside or (before and before[0].strip()) or patterns.RECOMMENDS.search(self.whole)):
            return ()  # "compulsory schooling" is a subject
        self.take(before.start() if before else start, found.end())
        return ("obligation",)

    def _labels(self) -> tuple[tuple[str, str], ...]:
        wanted: list[tuple[str, str]] = []
        if terms := patterns.TERM.search(self.flat) and self.stated.labels.get("term"):
            for found in list(patterns.TERM.finditer(self.flat)):
                meant = next(name.lstrip("_") for name, value in found.groupdict().items() if value)
                words = set(patterns.TERMS[meant].split("|"))
                fitting = [one for one in terms if words & set(_WORD.findall(fold(one)))]
                if fitting:
                    wanted += (("term", one) for one in fitting)
                    self.take(*found.span())
        for name, called in patterns.LABELS.items():
            for found in list(re.finditer(patterns.AS_LABEL.format(called), self.flat)):
                for end, candidate in self.candidates(found.end()):
                    there = [one for each in (name, f"sub{name}") for one in labels(each, candidate, self.stated)]
                    if named := [one for one in there if _same(candidate, one[1])] or there:
                        wanted += named
                        self.take(found.start(), end)
                        break
        return tuple(dict.fromkeys(wanted))

    def _names(self, pattern: re.Pattern[str], known: Callable[[str], bool]) -> tuple[str, ...]:
        """Consumes the known names behind a phrase, one or several joined by "and"."""
        wanted: list[str] = []
        for found in list(pattern.finditer(self.flat)):
            end = found.end()
            named: list[str] = []
            while one := next((each for each in self.candidates(end) if known(each[1])), None):
                end = one[0]
                named.append(one[1])
                joined = re.compile(r"\s*(?:,|;|\band\b|\by\b|\be\b|\bet\b|\bor\b|\bo\b|\bou\b|و)\s*").match(
                    self.flat, end
                )
                if not joined or not any(known(each) for _, each in self.candidates(joined.end())):
                    break
                end = joined.end()
            if named:
                wanted += named
                self.take(found.start(), end)
        return tuple(dict.fromkeys(wanted))

    def _addressee(self, name: str) -> bool:
        return bool(named(name, self.stated, "addressees"))

    def _must_do(self) -> tuple[str, ...]:
        """ "What must governments do?": to whom it is addressed, where nothing else is asked."""
        found = patterns.MUST_DO.match(self.flat)
        for end, candidate in self.candidates(found.end()) if found else ():
            behind = patterns.TO_DO.match(self.flat, end)
            if self._addressee(candidate) and not content_words(self.flat[behind.end() if behind else end :]):
                self.take(0, len(self.flat))
                return (candidate,)
        return ()

    def _made(self, name: str) -> bool:
        """Whether this can name an author of recommendations: a known one, or any state; False in an index without."""
        return bool(self.stated.each("by")) and (state(name) is not None or bool(named(name, self.stated, "by")))

    def _by(self) -> tuple[str, ...]:
        for found in list(patterns.ASKED_OF.finditer(self.flat)):
            for end, candidate in self.candidates(found.end()):
                behind = patterns.ASKED_SAID.match(self.flat, end)
                if behind and self._made(candidate):
                    self.take(found.start(), behind.end())
                    return (candidate,)
        if (owned := patterns.OWNED.search(self.flat)) and (name := self._last_words(owned)):
            return (name,)
        return self._names(patterns.MADE_BY, self._made)

    def _last_words(self, owned: re.Match[str]) -> str:
        """The name in front of "'s recommendations"."""
        for word in _WORD.finditer(self.flat, *owned.span("name")):
            if self._made(name := self.text[word.start() : owned.end("name")]):
                self.take(word.start(), owned.end())
                return name
        return ""

    def _heading(self, about: str, *, all_of_them: bool) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]] | None:
        """The labels, or else headings, whose words the subject matches best: (headings, labels), one of them empty."""
        asked = content_words(about)
        found = [one for one in self.stated.subjects(asked) if len(asked) > 1 or (all_of_them and one[0] == 1)]
        share = max((one[0] for one in found), default=0.0)
        if share < _MOST_OF_IT:
            return None
        best = [one for one in found if one[0] == share]
        labels = tuple(dict.fromkeys(label for _, _, label in best if label))
        return ((), labels) if labels else (tuple(dict.fromkeys(printed for _, printed, _ in best)), ())


def _same(one: str, other: str) -> bool:
    return _WORD.findall(fold(one)) == _WORD.findall(fold(other))
