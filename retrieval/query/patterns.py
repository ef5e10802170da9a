"""Patterns of questions over folded text (`cursor.fold_question`): shapes of all languages, filled with their words."""

import re

from ingest.lexicon.tables import LanguageTables, WordTables
from retrieval.text.lexicon import SECTION_UNITS

_NAME = re.compile(r"\{([a-z_]+)\}")
_SHAPES = WordTables("retrieval.query", "shapes")


def compile_shapes(table: str, **made: str) -> dict[str, re.Pattern[str]]:
    """Compiles the shapes of a table: a name in one is a group of the words for it in all languages, or a shape."""
    words = LanguageTables("retrieval.text", table)
    shapes = {**_SHAPES.entry("parts"), **_SHAPES.entry(table), **made}

    def fill(shape: str) -> str:
        return _NAME.sub(lambda found: f"(?:{find(found[1])})", shape.strip("\n").replace("\n", "|"))

    def find(name: str) -> str:
        return words.pattern(name) if name in words.names() else fill(shapes[name])

    return {name: re.compile(fill(shape)) for name, shape in _SHAPES.entry(table).items()}


_ORDINALS = LanguageTables("retrieval.text", "ordinals")
_TERMS, _LABELS = LanguageTables("retrieval.text", "terms"), LanguageTables("retrieval.text", "labels")
_ORDINAL = "|".join(f"(?P<o{name}>{_ORDINALS.pattern(name)})" for name in sorted(_ORDINALS.names(), key=int)[::-1])
_TERM = "|".join(f"(?P<{name}>{_TERMS.pattern(name)})" for name in _TERMS.names())
_DIGITS = rf"(?P<digits>\d+)(?:{LanguageTables('retrieval.text', 'filters').pattern('ordinal_ending')}|°)"

PATTERNS = compile_shapes(
    "filters",
    any_ordinal=f"{_ORDINAL}|{_DIGITS}",
    **{f"{name}_label": _LABELS.pattern(name) for name in _LABELS.names()},
    terms=_TERM,
    terms_behind=_TERM.replace("P<", "P<_"),
    unit="|".join(sorted(SECTION_UNITS, key=len, reverse=True)),
)
FOLLOW_UPS = compile_shapes("follow_up", any_ordinal=f"{_ORDINAL}|{_DIGITS}")
TERMS = {name: frozenset(_TERMS.pattern(name).split("|")) for name in _TERMS.names()}
LABELS = {name: PATTERNS[name] for name in _LABELS.names()}
_RESPONSES = LanguageTables("retrieval.text", "responses")
RESPONSES = {  # in this order: what denies comes first
    name: re.compile(rf"(?<!\w)(?:{_RESPONSES.pattern(name)})(?!\w)") for name in _RESPONSES.names()
}
ASKING_FOR_ALL = tuple(pattern for name, pattern in PATTERNS.items() if name.startswith("all_"))
ASKING_WORD = PATTERNS["asking"]  # a whole word
ASKING = "recommends", "asked", "any_all", "compare"
NUMBERS = re.compile(r"\d+(?:\.\d+)*")
ID = re.compile(r"(?<!\S)\S[^\s#]*+#\S*\w|(?<![^\s(«\"“])(?:#?\d[\d.]*-[rpcn]\d+(?:\.\d+)*|#[rpcn]\d+(?:\.\d+)*)")
QUOTED = re.compile(
    r"«\s*+([^«»]{2,300}?)\s*»|“\s*+([^“”]{2,300}?)\s*”|„\s*+([^„“”]{2,300}?)\s*[“”]|\"\s*+([^\"]{2,300}?)\s*\""
)
_GREETING = LanguageTables("retrieval.text", "small_talk")


def _several(greetings: str) -> re.Pattern[str]:
    return re.compile(rf"\W*+(?:(?>(?:{greetings})(?!\w))\W*+)++")


GREETINGS = {code: _several(_GREETING.pattern("greeting", code)) for code in _GREETING.languages("greeting")}
_GREETING_IN_ANY = _several("|".join(_GREETING.pattern("greeting", code) for code in GREETINGS))


def says(text: str, *names: str) -> bool:
    """Whether a folded text has one of these patterns."""
    return any(PATTERNS[name].search(text) for name in names)


def find_greeting(text: str) -> str | None:
    """Finds the language of what is said to the product itself; None for other questions, and for several languages."""
    return next((code for code, greeting in GREETINGS.items() if greeting.fullmatch(text)), None)


def is_greeting(text: str) -> bool:
    """Whether a folded text is said to the product itself, in one language or in several."""
    return bool(_GREETING_IN_ANY.fullmatch(text))


def read_ordinal(found: re.Match[str]) -> str:
    """The number that an ordinal stands for, in digits: "seventh" is "7"."""
    named = next((name[1:] for name, value in found.groupdict().items() if value and name[0] == "o"), "")
    return named or found["digits"]
