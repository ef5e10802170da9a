"""Nasty texts: strings made to slow a pattern down, derived from its own parse tree, and a list common to all.

A backtracking engine is slow on long runs of what one of its repetitions takes, behind what leads there and before
what lets it fail; so those are built for each repetition of a pattern, alone and again and again.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, islice
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

UNITS = (  # what is repeated, for any reader of text
    *' \t\n\r\f\xa0\u2003\u3000().,;:!?-–—_/\\|#*"\'’«»“”„‹›「」[]{}<>=+&%$@^~`0aA1é…¿¡·•°º\0\u0301\u0651\u200f\u202e',
    *"س漢。！ߋ½",
    *("(Peru) ", "(i) ", "((", "()", "[1]", " [1]", "a#a", "#1", "1.", "1.1", "1,000", "1 000 ", "- ", "• "),
    *("* ", "\n\n", "\r\n"),
    *("\n1. ", "\n(a) ", " \n", "\n \n", ". ", ".\n", ".)", '."', "U.S.", "a.b.", "Dr. ", "A. ", "a ", "A "),
    *("Aa ", "a, ", "a; ", "a: "),
    *("a-", "a'", "d'", "a/", "a\n", "A\n", "a. A", "«a» ", "“a” ", '"a" ', "'a' ", "‘a’ ", "a.a@", "http://"),
    *("&#x", "**", "__", "](", "x" * 99 + " "),
    *("de ", "of ", "a of ", "the ", "y ", "and ", "que ", "not ", "no ", "must ", "must. ", "debe "),
    *("debe.\n", "should be ", "to ", "to the ", "la ", "se "),
    *("recommendation ", "recommendations: ", "Congress ", "states ", "the Congress and ", "Spain, "),
    *("of Spain ", "Ministerio de "),
    *("Plazo: ", "To: a\n", "Addressee: Congress; ", "Mesa Redonda 1.2 ", "section 1.1 and "),
    *("España recomienda ", "the first recommendation "),
    *("و", "و ", "ال", "يجب ", "على ", "a\u0301", "e\u0301 ", "\u202ea\u202c", "ﷺ", "ﬁ", "<p>", "<td>a"),
    *("| a ", "|-", "`a` ", "# a\n", "> ", "a\n===\n", "~~~"),
)  # fmt: skip
_ALPHABET = " \t\n\xa0aAeEzZéÉsS019.,;:!?-–—_/#*\"'’«»“”()[]{}<>=&$|\\^~`…¿•°\0\u0301سو漢。\u202e"
_TAILS = ("", "\0", "x", "\n")
_FEW = 1 << 5  # times; a repetition that ends before is none that could be slow
_CATEGORIES: dict[Any, Callable[[str], bool]] = {
    _constants.CATEGORY_DIGIT: str.isdecimal,
    _constants.CATEGORY_NOT_DIGIT: lambda c: not c.isdecimal(),
    _constants.CATEGORY_SPACE: str.isspace,
    _constants.CATEGORY_NOT_SPACE: lambda c: not c.isspace(),
    _constants.CATEGORY_WORD: lambda c: c.isalnum() or c == "_",
    _constants.CATEGORY_NOT_WORD: lambda c: not (c.isalnum() or c == "_"),
}
_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)


class Spec(NamedTuple):
    """A text of any length: the unit again and again, behind the head and before the tail."""

    head: str
    unit: str
    tail: str


def spell(text: Spec, length: int) -> str:
    """The text at a length.

    >>> spell(Spec("a", "bc", "!"), 6)
    'abcbc!'
    """
    repeated = text.head + text.unit * (length // max(1, len(text.unit)) + 1)
    return repeated[: max(0, length - len(text.tail))] + text.tail


def common_texts() -> Iterator[Spec]:
    """What is tried on everything."""
    for unit in UNITS:
        yield Spec("", unit, "")
    for unit in ("(", "[", "«", '"', "<", "a", "1", " "):  # opened again and again, each time far from its end
        yield Spec("", unit + "a" * 20, "")
        yield Spec("", unit + " " * 20, "")


def texts_for(pattern: "re.Pattern[Any]", most: int = 250) -> list[Spec]:
    """What may be slow for a pattern; a sample where there is more than ``most`` beside what is tried on everything."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    random_ = random.Random(repr(source))
    tree = _parser.parse(source, pattern.flags & ~re.DEBUG)
    sample = _Sampler(random_, ignore_case=bool(pattern.flags & re.IGNORECASE))
    made: dict[tuple[str, str, str], None] = {}
    for heads, bodies, behind in _repetitions(list(tree), sample):
        for head in heads:
            for body in bodies:
                for tail in _TAILS:
                    made[head, body, tail] = None
                made["", head + body * 3, ""] = None
                made["", head + body * 30, ""] = None
                made["", head + body * 3 + behind, "\0"] = None
                made["", body * 2 + behind, "\0"] = None
            made["", head or " ", "\0"] = None
    letters = sample.letters(tree)
    pairs = [first + second for first, second in combinations(letters, 2)]
    random_.shuffle(pairs)
    made |= {("", unit, tail): None for unit in letters for tail in _TAILS}
    made |= {("", unit, "\0"): None for unit in pairs[:80]}
    made |= {("", sample.text(list(tree)) or " ", ""): None for _ in range(8)}
    made |= {("", sample.text(list(tree)) + " ", ""): None for _ in range(8)}
    chosen = list(made)
    if len(chosen) > most:
        chosen = random_.sample(chosen, most)
    common = list(common_texts())
    return [*(Spec(*text) for text in chosen), *common, *(Spec("", text.unit, "x") for text in common)]


def _repetitions(items: Sequence[Any], sample: "_Sampler") -> Iterator[tuple[list[str], list[str], str]]:
    """Each repetition of a pattern: what may stand before it, what it repeats, what follows."""
    for at, item in enumerate(items):
        behind = sample.text(items[at + 1 :])
        heads = list(dict.fromkeys(sample.text(items[:at]) for _ in range(3)))
        if item[0] in _REPEATS:
            low, high, body = item[1]
            if high >= _FEW:
                yield heads, list(dict.fromkeys(filter(None, (sample.text(list(body)) for _ in range(3))))), behind
            if high and low < _FEW:
                for head in heads[:1]:
                    for inner, bodies, after in _repetitions(list(body), sample):
                        yield [head + before for before in inner], bodies, after + behind
        else:
            for branch in _branches(item):
                for inner, bodies, after in islice(_repetitions(branch, sample), 40):
                    yield [heads[0] + before for before in inner], bodies, after + behind


def _branches(item: Any) -> Iterable[list[Any]]:
    operation, argument = item
    if operation is _constants.BRANCH:
        return [list(branch) for branch in argument[1]]
    if operation is _constants.SUBPATTERN:
        return [list(argument[-1])]
    if operation is _constants.ATOMIC_GROUP:
        return [list(argument)]
    if operation in (_constants.ASSERT, _constants.ASSERT_NOT):
        return [list(argument[1])]
    return []


class _Sampler:
    """Writes texts that parts of a pattern match, or nearly."""

    def __init__(self, random_: random.Random, *, ignore_case: bool) -> None:
        self._random = random_
        self._ignore_case = ignore_case
        self._groups: dict[int, str] = {}

    def text(self, items: Sequence[Any]) -> str:
        return "".join(map(self._item, items))

    def _item(self, item: Any) -> str:
        operation, argument = item
        if operation is _constants.LITERAL:
            return chr(argument)
        if operation in (_constants.IN, _constants.NOT_LITERAL, _constants.ANY):
            fitting = [letter for letter in _ALPHABET if self._takes(item, letter)] or self._ranges(item)
            return self._random.choice(fitting) if fitting else ""
        if operation is _constants.BRANCH:
            return self.text(list(self._random.choice(argument[1])))
        if operation is _constants.SUBPATTERN:
            group, _, _, inner = argument
            made = self.text(list(inner))
            if group is not None:
                self._groups[group] = made
            return made
        if operation is _constants.ATOMIC_GROUP:
            return self.text(list(argument))
        if operation in _REPEATS:
            low, high, inner = argument
            return "".join(self.text(list(inner)) for _ in range(self._random.randint(low, min(high, low + 1))))
        return self._groups.get(argument, "") if operation is _constants.GROUPREF else ""

    def letters(self, tree: Any) -> list[str]:
        """One character for each way in which the classes of a pattern can tell characters apart."""
        classes: list[Any] = []

        def collect(items: Iterable[Any]) -> None:
            for item in items:
                if item[0] in (_constants.IN, _constants.NOT_LITERAL, _constants.ANY):
                    classes.append(item)
                elif item[0] in _REPEATS:
                    inner = list(item[1][2])
                    classes.extend(first for first in inner[:1] if first[0] is _constants.LITERAL)
                    collect(inner)
                elif item[0] is _constants.LITERAL and not chr(item[1]).isalnum():
                    classes.append(item)
                else:
                    for branch in _branches(item):
                        collect(branch)

        collect(tree)
        unlike: dict[tuple[bool, ...], str] = {}
        seen = list({str(item): item for item in classes}.values())[:60]
        literals = [chr(item[1]) for item in seen if item[0] is _constants.LITERAL]
        for letter in (*_ALPHABET, *literals):
            unlike.setdefault(tuple(self._takes(item, letter) for item in seen), letter)
        return list(unlike.values())[:24]

    def _takes(self, item: Any, letter: str) -> bool:
        operation, argument = item
        if self._ignore_case and letter.swapcase() != letter and len(letter.swapcase()) == 1:
            return self._takes_as_is(operation, argument, letter) or self._takes_as_is(
                operation, argument, letter.swapcase()
            )
        return self._takes_as_is(operation, argument, letter)

    @staticmethod
    def _takes_as_is(operation: Any, argument: Any, letter: str) -> bool:
        if operation is _constants.ANY:
            return letter != "\n"
        if operation in (_constants.LITERAL, _constants.NOT_LITERAL):
            return bool((ord(letter) == argument) == (operation is _constants.LITERAL))
        denied = False
        for kind, value in argument:
            if kind is _constants.NEGATE:
                denied = True
            elif (
                (kind is _constants.LITERAL and ord(letter) == value)
                or (kind is _constants.RANGE and value[0] <= ord(letter) <= value[1])
                or (kind is _constants.CATEGORY and _CATEGORIES[value](letter))
            ):
                return not denied
        return denied

    @staticmethod
    def _ranges(item: Any) -> list[str]:
        values = item[1] if item[0] is _constants.IN else []
        firsts = {kind: value for kind, value in values if kind in {_constants.LITERAL, _constants.RANGE}}
        return [chr(value if kind is _constants.LITERAL else value[0]) for kind, value in firsts.items()]
