"""What a question wants, read from its words: all or the best, of which passages, and what about.

"¿Cuántas recomendaciones de la mesa 1.2 se dirigen a los gobiernos?" wants all of them, in section
1.2, addressed to "gobiernos", on no particular subject. Only values that stand in the index are
read; what is not understood stays in the subject, and is searched.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from retrieval import phrases
from retrieval.asking import subject
from retrieval.filters import ANY, Filter, name_fits, section_fits
from retrieval.names import state
from retrieval.stated import Stated, content_words
from retrieval.words import fold

_WORD = re.compile(r"\w+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_UNIT = {word: name for name, words in phrases.UNITS.items() for word in words}
_NAME_LENGTH = 9  # words
_MOST_OF_IT = 2 / 3  # of a heading's words, to be meant by a subject


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question, understood."""

    subject: str  # what to search for; empty where the rest says it all
    all_of_them: bool = False
    filter: Filter = ANY
    numbers: tuple[str, ...] = ()  # of records: "7", "87.23"
    ids: tuple[str, ...] = ()  # of passages, or what stands in them behind "#"
    quoted: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the answer is a set, not the best few."""
        return self.all_of_them or (not self.subject and bool(self.filter or self.numbers or self.ids))

    def described(self) -> dict[str, list[str]]:
        """What was understood beside the subject, for people and for JSON."""
        said = {name: list(getattr(self, name)) for name in ("numbers", "ids", "quoted")}
        return self.filter.described() | {name: values for name, values in said.items() if values}


NOTHING = Wanted("")


def read(question: str, stated: Stated) -> Wanted:
    """What a question wants of the passages with these values."""
    return _Reading(question, stated).wanted()


def folded(text: str) -> str:
    """Lower case without accents, of the same length as the text in composed form.

    >>> folded(composed("¿Qué recomendó España?"))
    '¿que recomendo espana?'
    """
    return "".join((fold(one) or " ")[0] for one in text)


def composed(text: str) -> str:
    """Each letter one character; marks that no letter takes in (Arabic vowels) are left out."""
    return "".join(one for one in unicodedata.normalize("NFC", text) if not unicodedata.combining(one))


class _Reading:
    """A question while it is read: what was understood is taken out of it."""

    def __init__(self, question: str, stated: Stated) -> None:
        self.text = composed(question)
        self.flat = folded(self.text).replace("’", "'")
        self.stated = stated
        self.whole = self.flat
        self.taken = False

    def wanted(self) -> Wanted:
        quoted = self._quoted()
        filters = Filter(labels=self._labels())
        ids = self._ids()
        filters = replace(filters, reports=self._reports(), section=self._sections())
        numbers = self._numbers()
        addressee = self._names(phrases.ADDRESSED, self._addressee) or self._must_do()
        by = self._by()
        all_of_them = self._all()
        strength = self._strength()
        recommends = bool(phrases.RECOMMENDS.search(self.whole)) or bool(strength or addressee or by)
        filters = replace(filters, strength=strength, addressee=addressee, by=by)
        about = self._rest()
        if about and not (numbers or ids) and (meant := self._heading(about, all_of_them=all_of_them)):
            section, labels = meant
            about = ""
            filters = replace(filters, section=filters.section or section, labels=(*filters.labels, *labels))
        if filters or all_of_them:
            filters = replace(filters, recommends=recommends and not numbers)
        if not about and not (filters or numbers or ids or all_of_them):
            about = subject(self.text)
        return Wanted(about, all_of_them, filters, numbers, ids, quoted)

    def _take(self, start: int, end: int) -> None:
        self.taken = True
        blank = " " * (end - start)
        self.text = self.text[:start] + blank + self.text[end:]
        self.flat = self.flat[:start] + blank + self.flat[end:]

    def _quoted(self) -> tuple[str, ...]:
        """Phrases between quotation marks; they stay in the subject."""
        found = (next(filter(None, one.groups())) for one in phrases.QUOTED.finditer(self.text))
        return tuple(one for one in found if _WORD.search(one))

    def _ids(self) -> tuple[str, ...]:
        found = []
        for one in list(phrases.ID.finditer(self.flat)):
            found.append(one[0].lstrip("#") if one[0].startswith("#") else one[0])
            self._take(*one.span())
        return tuple(found)

    def _reports(self) -> tuple[str, ...]:
        for report in self.stated.reports:
            at = self.flat.find(fold(report))
            if at >= 0 and re.search(r"\d|-", report) and _apart(self.flat, at, at + len(report)):
                self._take(at, at + len(report))
                return (report,)
        return ()

    def _sections(self) -> tuple[str, ...]:
        wanted: list[str] = []
        for found in list(phrases.SECTION.finditer(self.flat)):
            unit = self.text[slice(*found.span("unit"))]
            named = [f"{unit} {number}" for number in phrases.NUMBERS.findall(found["numbers"])]
            there = [one for one in named if self._is_section(one) or _UNIT[found["unit"]] in self.stated.units]
            if there:
                wanted += there
                self._take(*found.span())
        if not wanted:
            bare = re.compile(r"(?:\b(?:in|en|dans|em|na|في)\s+|^\W*)(\d+\.\d+)(?=\W*$|\s)")
            for found in list(bare.finditer(self.flat)):
                if self._is_section(found[1]) and not self.stated.has_number(found[1]):
                    wanted.append(found[1])
                    self._take(*found.span())
        return tuple(dict.fromkeys(wanted))

    def _is_section(self, wanted: str) -> bool:
        return any(section_fits(wanted, path) for path in self.stated.lists("headings"))

    def _numbers(self) -> tuple[str, ...]:
        wanted: list[str] = []
        for pattern in (phrases.ORDINAL_FIRST, phrases.ORDINAL_LAST):
            for found in list(pattern.finditer(self.flat)):
                ordinal = next((name[1:] for name, value in found.groupdict().items() if value and name[0] == "o"), "")
                wanted.append(ordinal or found["digits"])
                self._take(*found.span())
        for found in list(phrases.REFERENCE.finditer(self.flat)):
            numbers = [one for one in phrases.NUMBERS.findall(found["numbers"]) if not _YEAR.fullmatch(one)]
            if numbers:
                wanted += numbers
                self._take(*found.span())
        for found in list(phrases.BARE.finditer(self.flat)):
            if self.stated.has_number(found[0]):
                wanted.append(found[0])
                self._take(*found.span())
        return tuple(dict.fromkeys(one.lstrip("0") for one in wanted))

    def _all(self) -> bool:
        found = False
        for pattern in phrases.ALL:
            if one := pattern.search(self.whole):
                found = True
                self._take(*one.span())
        return found

    def _strength(self) -> tuple[str, ...]:
        found = phrases.OBLIGATORY.search(self.whole)
        if not found:
            return ()
        start = found.start("noun") if found["noun"] else found.start()
        before = phrases.IN_FRONT.search(self.flat, 0, start)
        self._take(before.start() if before else start, found.end())
        return ("obligation",)

    def _labels(self) -> tuple[tuple[str, str], ...]:
        wanted: list[tuple[str, str]] = []
        of_name: dict[str, list[str]] = {}
        for name, value in self.stated.each("labels"):
            of_name.setdefault(name, []).append(value)
        if terms := of_name.get("term"):
            for found in list(phrases.TERM.finditer(self.flat)):
                meant = next(name.lstrip("_") for name, value in found.groupdict().items() if value)
                words = set(phrases.TERMS[meant].split("|"))
                fitting = [one for one in terms if words & set(_WORD.findall(fold(one)))]
                if fitting:
                    wanted += (("term", one) for one in fitting)
                    self._take(*found.span())
        for name, called in phrases.LABELS.items():
            there = [one for one in self.stated.each("labels") if one[0] in (name, f"sub{name}")]
            for found in list(re.finditer(phrases.AS_LABEL.format(called), self.flat)) if there else ():
                for end, candidate in self._candidates(found.end()):
                    same = [one for one in there if _same(candidate, one[1])]
                    if named := same or [one for one in there if name_fits(candidate, one[1])]:
                        wanted += named
                        self._take(found.start(), end)
                        break
        return tuple(dict.fromkeys(wanted))

    def _names(self, pattern: re.Pattern[str], known: Callable[[str], bool]) -> tuple[str, ...]:
        """The names behind a phrase, one or several joined by "and"."""
        wanted: list[str] = []
        for found in list(pattern.finditer(self.flat)):
            end = found.end()
            named: list[str] = []
            while one := next((each for each in self._candidates(end) if known(each[1])), None):
                end = one[0]
                named.append(one[1])
                joined = re.compile(r"\s*(?:,|;|\band\b|\by\b|\be\b|\bet\b|\bor\b|\bo\b|\bou\b|و)\s*").match(
                    self.flat, end
                )
                if not joined or not any(known(each) for _, each in self._candidates(joined.end())):
                    break
                end = joined.end()
            if named:
                wanted += named
                self._take(found.start(), end)
        return tuple(dict.fromkeys(wanted))

    def _candidates(self, start: int) -> Iterator[tuple[int, str]]:
        """What may be a name from here on, the longest first, with its end."""
        words: list[re.Match[str]] = []
        for word in _WORD.finditer(self.flat, start):
            between = self.flat[words[-1].end() if words else start : word.start()]
            if len(words) == _NAME_LENGTH or re.search(r"[.;:?!¿¡؟،,]|\s{3}", between):
                break
            words.append(word)
        first = next((at for at, word in enumerate(words) if word[0] not in phrases.LITTLE), len(words))
        for count in range(len(words), first, -1):
            if words[count - 1][0] not in phrases.LITTLE:
                begin = words[0].start()
                end = words[count - 1].end()
                bracket = re.compile(r"\s*\([^()]*\)").match(self.text, end)
                yield (bracket.end() if bracket else end), self.text[begin:end]

    def _addressee(self, name: str) -> bool:
        return any(name_fits(name, one) for one in self.stated.each("addressees"))

    def _must_do(self) -> tuple[str, ...]:
        """ "What must governments do?": to whom it is addressed, where nothing else is asked."""
        found = phrases.MUST_DO.match(self.flat)
        for end, candidate in self._candidates(found.end()) if found else ():
            behind = phrases.TO_DO.match(self.flat, end)
            if self._addressee(candidate) and not content_words(self.flat[behind.end() if behind else end :]):
                self._take(0, len(self.flat))
                return (candidate,)
        return ()

    def _made(self, name: str) -> bool:
        """Whether somebody made recommendations; a state that made none is a name all the same."""
        there = self.stated.each("by")
        return bool(there) and (state(name) is not None or any(name_fits(name, one) for one in there))

    def _by(self) -> tuple[str, ...]:
        if not self.stated.each("by"):
            return ()
        for found in list(phrases.ASKED_OF.finditer(self.flat)):
            for end, candidate in self._candidates(found.end()):
                behind = phrases.ASKED_SAID.match(self.flat, end)
                if behind and self._made(candidate):
                    self._take(found.start(), behind.end())
                    return (candidate,)
        if (owned := phrases.OWNED.search(self.flat)) and (name := self._last_words(owned)):
            return (name,)
        return self._names(phrases.MADE_BY, self._made)

    def _last_words(self, owned: re.Match[str]) -> str:
        """The name in front of "'s recommendations"."""
        for word in _WORD.finditer(self.flat, *owned.span("name")):
            if self._made(name := self.text[word.start() : owned.end("name")]):
                self._take(word.start(), owned.end())
                return name
        return ""

    def _rest(self) -> str:
        """What is left to search for: all of the question, where nothing was understood."""
        if not self.taken:
            return subject(self.text)
        rest = subject(" ".join(self.text.split()))
        words = list(_WORD.finditer(folded(rest)))
        telling = [at for at, word in enumerate(words) if word[0] not in phrases.GENERIC]
        if not telling:
            return ""
        return rest[words[telling[0]].start() : words[telling[-1]].end()]

    def _heading(self, about: str, *, all_of_them: bool) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]] | None:
        """The headings, or else the themes, that a subject names by their words."""
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


def _apart(text: str, start: int, end: int) -> bool:
    """Whether a stretch is not in the middle of a word."""
    return not (text[:start][-1:].isalnum() or text[end:][:1].isalnum())
