"""Analyses a text: the modals, calls and imperatives of its main clauses; what stands behind "that" asks nothing.

A heuristic, no parser: it sees the word that opens a subordinate clause, the verb that it needs, and the comma or
second verb that shows that the main clause goes on.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.lexicon.modals import IMPERATIVE_PATTERNS, MODAL_LEXICONS, READER, RIGHT, ModalLexicon
from ingest.lexicon.sentences import Boundary, find_sentences
from ingest.lexicon.tables import WordTables
from ingest.report import Strength


@dataclass(frozen=True, slots=True)
class Modal:
    """A modal, call or imperative in a main clause; offsets in the text, half-open."""

    start: int
    end: int
    strength: Strength
    who: str  # modals.LEFT, RIGHT, NOBODY or READER
    sentence: int  # where its sentence starts
    clause: int  # where its clause starts, behind "agreed that"


@dataclass(frozen=True, slots=True)
class Analysis:
    """A text as `analyze` finds it, once for all that annotates it."""

    text: str
    language: str  # ISO 639-1; where it has no lexicon, there is nothing below
    statements: tuple[tuple[int, int], ...] = ()  # sentences, or parts of one, that are no questions
    modals: tuple[Modal, ...] = ()  # of main clauses, in order; those in questions, quotations and brackets left out


_QUOTED = re.compile(r"«[^«»]{0,200}»|“[^“”]{0,200}”|„[^„“”]{0,200}[“”]|\"[^\"\n]{0,160}\"|\((?!s\))[^()]{3,300}\)")
_TOKEN = re.compile(r"[^\W\d_]+|[,()–—]")
_WORDS = re.compile(r"[^\W\d_]{2}")
_THAT = re.compile(r"\A(?!si\b|s['’]|lorsqu|quand|se\b|cuando|quando).*\b(?:que|qu['’])", re.IGNORECASE | re.DOTALL)
_SAID_BEFORE = 60  # characters before "que" in which to look who says it
_LONGEST = 2_000  # characters of a sentence in which to look for its clauses


_TABLES = WordTables("ingest.annotate", "clauses")
_COMPLETIVE = _TABLES.word_sets("completive")
_RELATIVE = _TABLES.word_sets("relative")
_ADVERBIAL = _TABLES.word_sets("adverbial")
_NO_SUBJECT = _TABLES.words("no_subject")
_WHO = _TABLES.words("who")
_AND = _TABLES.words("and")
_BETWEEN = _TABLES.words("between")
_NOT_A_VERB = _TABLES.words("not_a_verb")
_NOUNS = _TABLES.words("nouns")
_FINITE = {code: _TABLES.compile("{finite}", language=code) for code in _TABLES.languages("finite")}
_TAKES_THAT_CLAUSE = _TABLES.compile(r"\b{takes_that_clause}[^\W\d_]*[\s,]*\Z", re.IGNORECASE)
_AGREED = _TABLES.compile(r"\b{agreed}\s*+\Z", re.IGNORECASE)


def analyze(text: str, language: str) -> Analysis:
    """Find the statements of a text and the modals of its main clauses."""
    lexicon = MODAL_LEXICONS.get(language)
    if lexicon is None:
        return Analysis(text, language)
    found = list(lexicon.find_all(text))
    hidden = [match.span() for match in _QUOTED.finditer(text)]
    marks: list[Modal] = []
    statements = tuple(_find_statements(text))
    for start, end in statements:
        if order := _match_imperative(text, language, start, end):
            marks.append(Modal(*order.span("words"), Strength.RECOMMENDATION, READER, start, start))
        if own := found[bisect_left(found, start, key=re.Match.start) : bisect_left(found, end, key=re.Match.start)]:
            marks += _main_clause_modals(text, language, start, own, lexicon, hidden)
    return Analysis(text, language, statements, tuple(marks))


def _match_imperative(text: str, language: str, start: int, end: int) -> re.Match[str] | None:
    """Match the imperative that a sentence begins with; in Spanish and Portuguese it is the text's first word."""
    found = IMPERATIVE_PATTERNS[language].match(text, start, end) if language in IMPERATIVE_PATTERNS else None
    if not found:
        return None
    at = found.start("words")
    opening = text[start:at]
    if not _WORDS.search(opening):
        return found if language == "fr" or not text[max(0, at - _SAID_BEFORE) : at].strip() else None
    return None if _THAT.search(opening) else found


def _find_statements(text: str) -> Iterator[tuple[int, int]]:
    for start, end in find_sentences(text, Boundary.CLAUSE):
        if not (text.startswith("¿", start) or text.endswith(("?", "؟"), start, end)):
            yield start, end


def _main_clause_modals(
    text: str,
    language: str,
    start: int,
    found: list[re.Match[str]],
    lexicon: ModalLexicon,
    hidden: list[tuple[int, int]],
) -> Iterator[Modal]:
    """Yield the modals of one sentence that stand in no subordinate clause, quotation or brackets."""
    clauses = _ClauseStack(text, language, start)
    for match in found:
        if match.start() - start > _LONGEST or any(left < match.start() < right for left, right in hidden):
            continue
        row = lexicon.rows[(match.lastindex or 1) - 1]
        if clauses.in_main_clause(
            match.start(), match.end(), calls=row.who == RIGHT and row.strength is Strength.RECOMMENDATION
        ):
            yield Modal(match.start(), match.end(), row.strength, row.who, start, clauses.main)


@dataclass(slots=True)
class _OpenClause:
    """A subordinate clause that is open."""

    adverbial: bool
    opener: str
    relative: bool = False  # the very next word may be its verb
    words: int = 0
    verb: bool = False


class _ClauseStack:
    """Reads a sentence token by token and keeps the stack of its open subordinate clauses."""

    def __init__(self, text: str, language: str, start: int) -> None:
        self.text, self.language, self.start, self.at = text, language, start, start
        self.main = start  # where the main clause starts
        self.frames: list[_OpenClause] = []
        self.before = self.earlier = ""
        self.comma = False
        self.finite = _FINITE[language]

    def in_main_clause(self, start: int, end: int, *, calls: bool) -> bool:
        """Whether the words from start to end stand in a main clause; call it in reading order.

        ``calls``: they are a verb like "urged"; behind "and" it goes on with the main clause.
        """
        for token in _TOKEN.finditer(self.text, self.at, max(start, self.at)):
            self._read_token(token)
        self.at = max(end, self.at)
        if self.frames and self.frames[-1].words == 1 and self.frames[-1].opener in {"that", "which"}:
            self.frames[-1].verb = False  # "the measures that governments should take"
        joined = self.before in _AND and not self.comma
        if calls and self.before in _AND:
            while self.frames and self.frames[-1].opener not in _WHO:
                self.frames.pop()
        while self.frames and self.frames[-1].verb and not joined:
            self.frames.pop()
        main = not self.frames
        if self.frames:
            self.frames[-1].verb = True
        self.before, self.comma = "", False
        return main

    def _read_token(self, token: re.Match[str]) -> None:
        word = token.group().lower()
        if word in {",", "–", "—", "("}:
            self._close_at_comma()
            self.comma = True
            return
        if word == ")":
            return
        if not self._open_clause(word, token):
            self._read_word(word, token.group())
        if word not in _AND:
            self.comma = False
        self.earlier, self.before = self.before, word

    def _close_at_comma(self) -> None:
        while self.frames and (self.frames[-1].adverbial or (self.frames[-1].words and self.frames[-1].verb)):
            self.frames.pop()

    def _open_clause(self, word: str, token: re.Match[str]) -> bool:
        if word in _COMPLETIVE[self.language]:
            before = self.text[max(self.start, token.start() - _SAID_BEFORE) : token.start()]
            if _AGREED.search(before) and not self.frames:
                self.main = token.end()
                return True
            if not re.search(r"\w", before):
                return True
            relative = word == "that" and not _TAKES_THAT_CLAUSE.search(before)
            self.frames.append(_OpenClause(False, word, relative))
            return True
        if word in _RELATIVE[self.language]:
            self.frames.append(_OpenClause(False, word, relative=word not in _NO_SUBJECT))
            return True
        if word in _ADVERBIAL[self.language]:
            self.frames.append(_OpenClause(True, word))
            return True
        return False

    def _read_word(self, word: str, printed: str) -> None:
        if not self.frames:
            return
        top = self.frames[-1]
        if word in _BETWEEN and top.words == 0:
            return
        top.words += 1
        first = top.words == 1 and word not in _NOT_A_VERB and printed[:1].islower()
        verb = first and (self.language != "en" or top.relative)
        if not verb and (word in _NOUNS or not self.finite.fullmatch(word)):
            return
        if not top.verb:
            top.verb = True
        elif self.before not in _AND:
            self.frames.pop()
            if self.frames:
                self.frames[-1].verb = True
