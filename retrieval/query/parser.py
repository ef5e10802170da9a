"""Parses a question into a ParsedQuery: subject, filters, record numbers, quoted phrases, and whether all are wanted.

"¿Cuántas recomendaciones de la mesa 1.2 se dirigen a los gobiernos?" wants all of them, in section
1.2, addressed to "gobiernos", on no particular subject. Only values that the index has (its facets)
are recognized; all else stays in the subject, and is searched.
Long because one question is read in one order, each condition after those that it must not take words from.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from itertools import filterfalse
from typing import Any, TypeVar

from ingest.lexicon.language import detect_language
from ingest.lexicon.responses import RESPONSE
from retrieval.index.facets import Facets
from retrieval.index.filters import NO_FILTER, Filter, match_labels, match_sections
from retrieval.query import patterns
from retrieval.query.cursor import normalize_text, only_asks, strip_preamble
from retrieval.query.intents import Attribute, detect_record_attribute, detect_report_attribute
from retrieval.query.names import NameReader, index_values, read_otherwise
from retrieval.query.patterns import PATTERNS, is_greeting, says
from retrieval.results import Fate, Hypothesis
from retrieval.text.lexicon import QUESTION_LANGUAGES, SECTION_UNITS, content_words, is_function_word
from retrieval.text.numbers import find_figures
from retrieval.text.terms import WORD, fold

_YEAR = re.compile(r"(?:19|20)\d\d")
_LONGEST_RANGE = 50  # records
T = TypeVar("T")
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
    excluded: Filter = NO_FILTER  # "not addressed to …": of each condition, what matches it is left out
    absent: str = ""  # "that do not mention …": what matches this subject is left out
    places: tuple[int, int | None] | None = None  # "the first three": a slice of those in scope
    compares: bool = False  # whether each report is to answer by itself
    greets: bool = False  # whether it is said to the product itself, and asks nothing of the reports
    dropped: tuple[str, ...] = ()  # conditions that were read and left nothing
    hypotheses: tuple[Hypothesis, ...] = ()  # in the order in which they were read

    @property
    def is_exhaustive(self) -> bool:
        """Whether the answer is the whole matching set, not the best few."""
        narrowed = self.filter or self.excluded or self.absent or self.places or self.numbers or self.ids
        return self.all_of_them or (not self.subject and bool(narrowed))

    def describe(self) -> dict[str, list[str]]:
        """Returns the filters, numbers, ids and quotes by name, for display and for JSON."""
        said = {name: list(getattr(self, name)) for name in ("numbers", "ids", "quoted")}
        without = [value for values in self.excluded.describe().values() for value in values]
        said |= {"without": [*without, *([self.absent] if self.absent else [])], "dropped": list(self.dropped)}
        return self.filter.describe() | {name: values for name, values in said.items() if values}


EMPTY_QUERY = ParsedQuery("")


def parse(question: str, facets: Facets, *, without: Collection[str] = ()) -> ParsedQuery:
    """Parses a question against the facets of an index; never fails: what is not recognized is the subject.

    Conditions of the fields ``without`` are not read, their words stay in the subject.
    """
    return _Parser(question, facets, frozenset(without)).parse()


class _Parser(NameReader):
    """One parse: each method consumes one kind of constraint from the question, in a fixed order."""

    def __init__(self, question: str, facets: Facets, without: frozenset[str]) -> None:
        super().__init__(question, facets)
        self.question = question
        self.without = without
        self.negated: set[str] = set()  # fields whose condition is turned round
        self.typed = self.text  # nothing taken out
        self.hypotheses: list[Hypothesis] = []

    def parse(self) -> ParsedQuery:
        if is_greeting(self.flat):
            return ParsedQuery("", greets=True)
        if fact := self._report_fact():
            return fact
        attribute = self._link("attribute", self._attribute)
        quoted = self._link("quoted", self._quoted)
        filters = Filter(labels=self._read("labels", self._labels))
        ids = self._link("ids", self._ids)
        by = self._read("by", lambda: self.take_names("made_by", self.is_author))
        reports = self._read("reports", self.read_reports)
        there = self.facets.rows_with_values("report_id", reports)
        if there and filters.labels and there.isdisjoint(self.facets.rows_with_values("labels", filters.labels)):
            return parse(self.question, self.facets, without={*self.without, "labels"})
        filters = replace(filters, reports=reports, section=self._read("section", lambda: self._sections(there)))
        numbers, places = self._numbers_or_places()
        addressee = self._read("addressee", self.read_addressee)
        by = by or self._read("by", lambda: self.take_names("made_of", self.is_author))
        by = by or self._read("by", lambda: self.read_states_that_recommend(reports))
        absent = self._link("without", self._absent)
        compared = bool(self.facets.reports[1:]) and self._link(
            "compare", lambda: self._takes(self.find_all("compare"))
        )
        all_of_them = self._link("all", self._wants_all)
        narrowed = (reports or by or addressee) and not all_of_them
        if narrowed and (asked_for := PATTERNS["any_all"].search(self.flat_original)):
            counts = PATTERNS["counts"].match(asked_for[0]) and not says(self.flat_original, "recommends")
            all_of_them = self._link("all", lambda: self._takes(self.find_all("any_all")))
            all_of_them &= bool(by or addressee) or not counts  # else it asks for an amount
        if not (attribute is Attribute.STRENGTH or len(ids) + len(numbers) == 1):  # "is it mandatory?"
            filters = replace(filters, strength=self._read("strength", self._strength))
        recommends = says(self.flat_original, "recommends") or bool(filters.strength or addressee or by)
        filters = replace(filters, addressee=addressee, by=by)
        about = self.remaining_subject()
        wholly = not says(self.flat, "topic") and (by or addressee or (reports and all_of_them))
        if wholly and only_asks(about, self.facets.report_names.terms.get("".join(reports), frozenset())):
            about = ""
        if about and not (numbers or ids) and (meant := self._match_headings(about, all_of_them=all_of_them)):
            section, labels = meant
            named = section or tuple(": ".join(label) for label in labels)
            self.hypotheses.append(Hypothesis(about, "section" if section else "labels", named))
            about = ""
            filters = replace(filters, section=filters.section or section, labels=(*filters.labels, *labels))
        asks_of_them = recommends or all_of_them or numbers or ids or absent or places or filters.section
        if not about and reports and not asks_of_them:
            about = strip_preamble(normalize_text(self.question))  # the name of the report is the subject
        if filters or all_of_them or absent or places:
            recommends = recommends and not numbers and "recommends" not in self.without
            filters = replace(filters, recommends=recommends and bool(self.facets.recommendation_rows))
            if filters.recommends and (said := PATTERNS["recommends"].search(self.flat_original)):
                self.hypotheses.append(Hypothesis(said[0], "recommends"))
        if not about and not (filters or numbers or ids or all_of_them or absent or places):
            about = strip_preamble(self.text)
        excluded = Filter(**{field: getattr(filters, field) for field in self.negated})
        filters = replace(filters, **dict[str, Any](dict.fromkeys(self.negated, ())))
        return ParsedQuery(
            about,
            all_of_them or bool(places and about),
            filters,
            numbers,
            ids,
            quoted,
            attribute,
            excluded=excluded,
            absent=absent,
            places=places,
            compares=len(by) > 1 or len(reports) > 1 or compared,
            hypotheses=(*self.hypotheses, *read_otherwise(self.hypotheses, self.facets)),
        )

    def _read(self, field: str, read: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
        """Reads the values of a field, unless it is left out; notes whether a negation stands in front of them."""
        if field in self.without:
            return ()
        before = self.flat
        values = self._link(field, read)
        if values and self.flat != before:
            start = next(at for at, (was, now) in enumerate(zip(before, self.flat, strict=True)) if was != now)
            found = PATTERNS["not_before"].search(before, 0, start)
            if found and not self._means_in_the(found):
                self.negated.add(field)
                self.consume(*found.span())
                self.hypotheses[-1] = replace(self.hypotheses[-1], fate=Fate.NEGATED)
        return values

    def _link(self, facet: str, read: Callable[[], T]) -> T:
        """Reads what is asked of a facet; where that is something, notes the words that it rests on."""
        before = self.flat
        value = read()
        if value:
            taken = zip(self.typed, before, self.flat, strict=True)
            words = " ".join("".join(char if was != now else " " for char, was, now in taken).split())
            values = [value] if isinstance(value, str) else value if isinstance(value, tuple) else ()
            named = [": ".join(it) if isinstance(it, tuple) else str(it) for it in values if facet != "places"]
            found = index_values(facet, named, self.facets)
            self.hypotheses.append(Hypothesis(words or ", ".join(named), facet, found))
        return value

    def _means_in_the(self, negation: re.Match[str]) -> bool:
        """Whether it is the Portuguese "no", which denies nothing."""
        return negation[0].split()[0] == "no" and detect_language(self.question) == "pt"

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

    def _sections(self, among: set[int]) -> tuple[str, ...]:
        wanted: list[str] = []
        for found in self.find_all("section"):
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
            for found in self.find_all("section_number"):
                numbered = self.facets.rows_with_values("number", [found[1]])
                if self._is_section(found[1]) and not (numbered & among if among else numbered):
                    wanted.append(found[1])
                    self.consume(*found.span())
        return tuple(dict.fromkeys(wanted))

    def _is_section(self, wanted: str) -> bool:
        return bool(match_sections(wanted, self.facets))

    def _numbers_or_places(self) -> tuple[tuple[str, ...], tuple[int, int | None] | None]:
        """The numbers of records, or else places; what is printed as a number is one, "the second" may be either."""
        if numbers := self._link("numbers", self._numbers):
            return numbers, None
        places = self._link("places", self._places)
        return (() if places else self._link("numbers", self._ordinals)), places

    def _numbers(self) -> tuple[str, ...]:
        wanted = self._range()
        for found in self.find_all("reference"):
            numbers = list(filterfalse(_YEAR.fullmatch, patterns.NUMBERS.findall(found["numbers"])))
            if numbers:
                wanted += numbers
                self.consume(*found.span())
        for found in self.find_all("bare_number"):
            if self.facets.has_number(found[0]):
                wanted.append(found[0])
                self.consume(*found.span())
        return tuple(dict.fromkeys(number.lstrip("0") for number in wanted))

    def _ordinals(self) -> tuple[str, ...]:
        found = list(PATTERNS["ordinal"].finditer(self.flat_original))
        for it in found:
            self.consume(*it.span())
        return tuple(dict.fromkeys(map(patterns.read_ordinal, found)))

    def _places(self) -> tuple[int, int | None] | None:
        """ "The first three", "the last", "the second on women": a slice of the recommendations in scope."""
        found = PATTERNS["ordinal"].search(self.flat_original)
        topic = PATTERNS["topic"].search(self.flat, found.end()) if found else None
        between = WORD.findall(self.flat, found.end(), topic.start()) if found and topic else [""]
        if found and topic and all(map(is_function_word, between)) and content_words(self.flat[topic.end() :]):
            self.consume(*found.span())
            last = int(patterns.read_ordinal(found))
            return (last - 1, last)
        found = PATTERNS["first_or_last"].search(self.flat_original)
        if not found or not (found["last"] or found["last2"] or says(self.flat_original, "about_records")):
            return None
        words = found["count"] or found["count2"] or "1"
        figures = next((f for code in QUESTION_LANGUAGES for f in find_figures(words, code)), frozenset())
        count = max(1, next((int(it) for it in figures if it.isdigit()), 1))
        self.consume(*found.span())
        return (0, count) if found["firsts"] or found["firsts2"] else (-count, None)

    def _range(self) -> list[str]:
        """The numbers from one to another: "recommendations 3 to 6"; those that records have, if any has."""
        found = PATTERNS["range"].search(self.flat)
        if found and not says(self.flat_original, "about_records"):
            found = found if "." in found["first"] and self.facets.has_number(found["first"]) else None
        if not found or _YEAR.fullmatch(found["first"]):
            return []
        (stem, _, first), (other, _, last) = (found[name].rpartition(".") for name in ("first", "last"))
        if (other and other != stem) or not int(first) < int(last) <= int(first) + _LONGEST_RANGE:
            return []
        self.consume(*found.span())
        named = [f"{stem}.{at}".lstrip(".") for at in range(int(first), int(last) + 1)]
        return list(filter(self.facets.has_number, named)) or named

    def _absent(self) -> str:
        """The subject that "do not mention …" leaves out; "" where nothing does."""
        found = PATTERNS["not_about"].search(self.flat)
        absent = self.text[found.end() :].strip(" ?.!،؟") if found else ""
        if (
            not found
            or self._means_in_the(found)
            or not content_words(absent)
            or not says(self.flat_original, "about_records")
        ):
            return ""
        self.consume(found.start(), len(self.flat))
        return absent

    def _wants_all(self) -> bool:
        found = (it.search(self.flat_original) for it in patterns.ASKING_FOR_ALL)
        return self._takes(list(filter(None, found)))

    def _takes(self, found: list[re.Match[str]]) -> bool:
        """Whether there are matches, which are consumed."""
        for match in found:
            self.consume(*match.span())
        return bool(found)

    def _strength(self) -> tuple[str, ...]:
        found = PATTERNS["obligatory"].search(self.flat_original)
        if not found or not self.facets.rows_with_values("strength", ["obligation"]):
            return ()
        start = found.start("noun") if found["noun"] else found.start()
        before = PATTERNS["relative_before"].search(self.flat, 0, start)
        if not (found["noun"] or (before and before[0].strip()) or says(self.flat_original, "recommends")):
            return ()  # "compulsory schooling" is a subject
        self.consume(before.start() if before else start, found.end())
        return ("obligation",)

    def _labels(self) -> tuple[tuple[str, str], ...]:
        wanted: list[tuple[str, str]] = []
        if terms := PATTERNS["term"].search(self.flat) and self.facets.label_values.get("term"):
            for found in self.find_all("term"):
                words = patterns.TERMS[next(name.lstrip("_") for name, value in found.groupdict().items() if value)]
                fitting = [term for term in terms if words & set(WORD.findall(fold(term)))]
                if fitting:
                    wanted += (("term", term) for term in fitting)
                    self.consume(*found.span())
        if self.facets.label_values.get(RESPONSE) and says(self.flat, "recommends"):
            for value, said in patterns.RESPONSES.items():
                if not wanted and (answered := said.search(self.flat)):
                    wanted.append((RESPONSE, value))
                    self.consume(*answered.span())
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
