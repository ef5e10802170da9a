"""Parses a question into a ParsedQuery: subject, filters, record numbers, quoted phrases, and whether all are wanted.

"¿Cuántas recomendaciones de la mesa 1.2 se dirigen a los gobiernos?" wants all of them, in section
1.2, addressed to "gobiernos", on no particular subject. Only values that the index has (its facets)
are recognized; all else stays in the subject, and is searched.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import filterfalse

from retrieval.index.facets import Facets
from retrieval.index.filters import NO_FILTER, Filter, match_labels, match_names, match_sections
from retrieval.query import patterns
from retrieval.query.cursor import QuestionCursor
from retrieval.query.intents import Attribute, detect_record_attribute, detect_report_attribute
from retrieval.query.preamble import strip_preamble
from retrieval.text.gazetteer import find_state_code
from retrieval.text.lexicon import SECTION_UNITS, content_words
from retrieval.text.terms import WORD, fold

_YEAR = re.compile(r"(?:19|20)\d\d")
_MIN_HEADING_SHARE = 2 / 3  # of a heading's words, to be meant by a subject


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """The structured form of a question."""

    subject: str  # what to search for; empty where the rest says it all
    all_of_them: bool = False
    filter: Filter = NO_FILTER
    numbers: tuple[str, ...] = ()  # of records: "7", "87.23"
    ids: tuple[str, ...] = ()  # of passages, or what stands in them behind "#"
    quoted: tuple[str, ...] = ()
    attribute: Attribute | None = None  # what is asked of the records, or of the report itself

    @property
    def is_exhaustive(self) -> bool:
        """Whether the answer is the whole matching set, not the best few."""
        return self.all_of_them or (not self.subject and bool(self.filter or self.numbers or self.ids))

    def describe(self) -> dict[str, list[str]]:
        """Returns the filters, numbers, ids and quotes by name, for display and for JSON."""
        said = {name: list(getattr(self, name)) for name in ("numbers", "ids", "quoted")}
        return self.filter.describe() | {name: values for name, values in said.items() if values}


EMPTY_QUERY = ParsedQuery("")


def parse(question: str, facets: Facets) -> ParsedQuery:
    """Parses a question against the facets of an index; never fails: what is not recognized is the subject."""
    return _Parser(question, facets).parse()


class _Parser(QuestionCursor):
    """One parse: each method consumes one kind of constraint from the question, in a fixed order."""

    def __init__(self, question: str, facets: Facets) -> None:
        super().__init__(question)
        self.facets = facets

    def parse(self) -> ParsedQuery:
        if fact := self._report_fact():
            return fact
        attribute = self._attribute()
        quoted = self._quoted()
        filters = Filter(labels=self._labels())
        ids = self._ids()
        filters = replace(filters, reports=self._reports(), section=self._sections())
        numbers = self._numbers()
        addressee = self._take_names(patterns.ADDRESSED, self._is_addressee) or self._addressee_of_duty()
        by = self._author()
        all_of_them = self._wants_all()
        about_it = attribute is Attribute.STRENGTH or len(ids) + len(numbers) == 1  # "is it mandatory?"
        strength = () if about_it else self._strength()
        recommends = bool(patterns.RECOMMENDS.search(self.flat_original)) or bool(strength or addressee or by)
        filters = replace(filters, strength=strength, addressee=addressee, by=by)
        about = self.remaining_subject()
        if about and not (numbers or ids) and (meant := self._match_headings(about, all_of_them=all_of_them)):
            section, labels = meant
            about = ""
            filters = replace(filters, section=filters.section or section, labels=(*filters.labels, *labels))
        if filters or all_of_them:
            recommends = recommends and not numbers and bool(self.facets.recommendation_rows)
            filters = replace(filters, recommends=recommends)
        if not about and not (filters or numbers or ids or all_of_them):
            about = strip_preamble(self.text)
        return ParsedQuery(about, all_of_them, filters, numbers, ids, quoted, attribute)

    def _report_fact(self) -> ParsedQuery | None:
        """A question for a fact of the only report in the index; with several reports, facts are searched for."""
        attribute = detect_report_attribute(self.flat) if len(self.facets.reports) == 1 else None
        if attribute is None:
            return None
        fact = next((name for name in (attribute, Attribute.TITLE) if self.facets.rows_with_ids([name])), None)
        return ParsedQuery("", ids=(fact,), attribute=attribute) if fact else None

    def _attribute(self) -> Attribute | None:
        asked = detect_record_attribute(self.flat)
        for start, end in asked.spans if asked else ():
            self.consume(start, end)
        return asked.attribute if asked else None

    def _quoted(self) -> tuple[str, ...]:
        """Phrases between quotation marks; they stay in the subject."""
        found = (next(filter(None, match.groups())) for match in patterns.QUOTED.finditer(self.text))
        return tuple(filter(WORD.search, found))

    def _ids(self) -> tuple[str, ...]:
        found = []
        for match in list(patterns.ID.finditer(self.flat)):
            found.append(match[0].lstrip("#"))
            self.consume(*match.span())
        return tuple(found)

    def _reports(self) -> tuple[str, ...]:
        if not (found := self.facets.find_report_id(self.flat)):
            return ()
        start, end, report = found
        self.consume(start, end)
        return (report,)

    def _sections(self) -> tuple[str, ...]:
        wanted: list[str] = []
        for found in list(patterns.SECTION.finditer(self.flat)):
            unit = self.text[slice(*found.span("unit"))]
            numbers = patterns.NUMBERS.findall(found["numbers"])
            is_known = SECTION_UNITS[found["unit"]] in self.facets.section_units
            named = [f"{unit} {number}" for number in numbers]
            there = [section for section in named if is_known or self._is_section(section)]
            if not there:  # "section 1.1" of a report whose sections are called roundtables
                there = [number for number in numbers if self._is_section(number)]
            if there:
                wanted += there
                self.consume(*found.span())
        if not wanted:
            for found in list(patterns.SECTION_NUMBER.finditer(self.flat)):
                if self._is_section(found[1]) and not self.facets.has_number(found[1]):
                    wanted.append(found[1])
                    self.consume(*found.span())
        return tuple(dict.fromkeys(wanted))

    def _is_section(self, wanted: str) -> bool:
        return bool(match_sections(wanted, self.facets))

    def _numbers(self) -> tuple[str, ...]:
        wanted: list[str] = []
        for pattern in (patterns.ORDINAL_FIRST, patterns.ORDINAL_LAST):
            for found in list(pattern.finditer(self.flat)):
                wanted.append(patterns.read_ordinal(found))
                self.consume(*found.span())
        for found in list(patterns.REFERENCE.finditer(self.flat)):
            numbers = list(filterfalse(_YEAR.fullmatch, patterns.NUMBERS.findall(found["numbers"])))
            if numbers:
                wanted += numbers
                self.consume(*found.span())
        for found in list(patterns.BARE_NUMBER.finditer(self.flat)):
            if self.facets.has_number(found[0]):
                wanted.append(found[0])
                self.consume(*found.span())
        return tuple(dict.fromkeys(number.lstrip("0") for number in wanted))

    def _wants_all(self) -> bool:
        found = [match for pattern in patterns.ALL if (match := pattern.search(self.flat_original))]
        for match in found:
            self.consume(*match.span())
        return bool(found)

    def _strength(self) -> tuple[str, ...]:
        found = patterns.OBLIGATORY.search(self.flat_original)
        if not found or not self.facets.rows_with_values("strength", ["obligation"]):
            return ()
        start = found.start("noun") if found["noun"] else found.start()
        before = patterns.RELATIVE_BEFORE.search(self.flat, 0, start)
        beside = patterns.NOUN_BESIDE.search(f"{self.flat_original[:start]}\0{self.flat_original[found.end() :]}")
        if not (
            found["noun"] or beside or (before and before[0].strip()) or patterns.RECOMMENDS.search(self.flat_original)
        ):
            return ()  # "compulsory schooling" is a subject
        self.consume(before.start() if before else start, found.end())
        return ("obligation",)

    def _labels(self) -> tuple[tuple[str, str], ...]:
        wanted: list[tuple[str, str]] = []
        if terms := patterns.TERM.search(self.flat) and self.facets.label_values.get("term"):
            for found in list(patterns.TERM.finditer(self.flat)):
                meant = next(name.lstrip("_") for name, value in found.groupdict().items() if value)
                words = set(patterns.TERMS[meant].split("|"))
                fitting = [term for term in terms if words & set(WORD.findall(fold(term)))]
                if fitting:
                    wanted += (("term", term) for term in fitting)
                    self.consume(*found.span())
        for name, called in patterns.LABELS.items():
            for found in list(called.finditer(self.flat)):
                for end, candidate in self.name_candidates(found.end()):
                    in_order = WORD.findall(fold(candidate))
                    there = match_labels(name, candidate, self.facets)
                    there += match_labels(f"sub{name}", candidate, self.facets)
                    if named := [label for label in there if WORD.findall(fold(label[1])) == in_order] or there:
                        wanted += named
                        self.consume(found.start(), end)
                        break
        return tuple(dict.fromkeys(wanted))

    def _take_names(self, pattern: re.Pattern[str], known: Callable[[str], bool]) -> tuple[str, ...]:
        """Consumes the known names behind a phrase, one or several joined by "and"."""
        wanted: list[str] = []
        for found in list(pattern.finditer(self.flat)):
            end = found.end()
            named: list[str] = []
            while candidate := next((pair for pair in self.name_candidates(end) if known(pair[1])), None):
                end = candidate[0]
                named.append(candidate[1])
                joined = patterns.JOINED.match(self.flat, end)
                if not joined or not any(known(name) for _, name in self.name_candidates(joined.end())):
                    break
                end = joined.end()
            if named:
                wanted += named
                self.consume(found.start(), end)
        return tuple(dict.fromkeys(wanted))

    def _is_addressee(self, name: str) -> bool:
        return bool(match_names(name, self.facets, "addressees"))

    def _addressee_of_duty(self) -> tuple[str, ...]:
        """ "What must governments do?": to whom it is addressed, where nothing else is asked."""
        found = patterns.MUST_DO.match(self.flat)
        for end, candidate in self.name_candidates(found.end()) if found else ():
            behind = patterns.TO_DO.match(self.flat, end)
            if self._is_addressee(candidate) and not content_words(self.flat[behind.end() if behind else end :]):
                self.consume(0, len(self.flat))
                return (candidate,)
        return ()

    def _is_author(self, name: str) -> bool:
        """Whether this can name an author of recommendations: a known one, or any state; False in an index without."""
        return bool(self.facets.values_of("by")) and (
            find_state_code(name) is not None or bool(match_names(name, self.facets, "by"))
        )

    def _author(self) -> tuple[str, ...]:
        for found in list(patterns.AUTHOR_QUESTION.finditer(self.flat)):
            for end, candidate in self.name_candidates(found.end()):
                behind = patterns.AUTHOR_VERB.match(self.flat, end)
                if behind and self._is_author(candidate):
                    self.consume(found.start(), behind.end())
                    return (candidate,)
        if (owned := patterns.POSSESSIVE_AUTHOR.search(self.flat)) and (name := self._owner_name(owned)):
            return (name,)
        return self._take_names(patterns.MADE_BY, self._is_author)

    def _owner_name(self, owned: re.Match[str]) -> str:
        """The name in front of "'s recommendations"."""
        for word in WORD.finditer(self.flat, *owned.span("name")):
            if self._is_author(name := self.text[word.start() : owned.end("name")]):
                self.consume(word.start(), owned.end())
                return name
        return ""

    def _match_headings(
        self, about: str, *, all_of_them: bool
    ) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]] | None:
        """The labels, or else headings, whose words the subject matches best: (headings, labels), one of them empty."""
        asked = content_words(about)
        found = list(self.facets.find_subjects(asked))
        share = max((share for share, _, _ in found), default=0.0)
        if share < _MIN_HEADING_SHARE or (len(asked) == 1 and not (all_of_them and share == 1)):
            return None
        best = [subject for subject in found if subject[0] == share]
        labels = tuple(dict.fromkeys(label for _, _, label in best if label))
        return ((), labels) if labels else (tuple(dict.fromkeys(printed for _, printed, _ in best)), ())
