"""Hand-made labels of strength and addressees, and how records match them; evals/data/labels says what they mean.

A label names its passage by a hash of the passage's letters, and its half of the data: the rules
were written with "tune", and never with "fresh". Who works on the rules looks at the misses of "tune" alone.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rapidfuzz import fuzz, process

from ingest.annotate.addressees import find_addressees
from ingest.annotate.clauses import analyze
from ingest.annotate.strength import classify_strength
from ingest.errors import RelatoriaError
from ingest.report import Block, BlockRole, Passage, Strength, normalize_for_display
from ingest.split.builder import split_to_window

LABELS_FILE = Path(__file__).parent.parent / "data" / "labels" / "attributes.jsonl"
HALVES = ("tune", "fresh")
UN_REPORTS = "upr_un_reports/"  # their records hold the number and who recommends
MIN_SIMILARITY = 95.0  # per cent, rapidfuzz's ratio: with a footnote mark or a running head in it, it is still the one
MAX_RECORDS = 6  # records at most that one labelled passage may have been cut into

_BRACKETS = re.compile(r"\([^()]*\)")
_BEFORE_A_NAME = re.compile(
    r"(?:(?:el|la|los|las|al?|del?|todos?|todas?|the|to|of|all|every|each|les?|aux?|des?|du|tous|toutes|os?|as|aos?|à|às"
    r"|cada|cualquier|qualquer|an?|any|un[ae]?|uma?|chaque)\s+"
    r"|[ld]['’])+",
    re.IGNORECASE,
)
_NEGATIONS = frozenset({"no", "not", "never", "nor", "ni", "nunca", "ne", "n'", "pas", "jamais", "nao"})


@dataclass(frozen=True, slots=True)
class GoldLabel:
    """A person's label of one passage; ``words`` and ``addressees`` as printed, none where there are none."""

    report: str  # file, in the repository or under RELATORIA_DATA
    number: str  # as printed; empty where there is none
    letters: str  # see hash_letters
    language: str  # ISO 639-1
    strength: Strength
    words: tuple[str, ...]
    addressees: tuple[str, ...]
    note: str = ""  # why the judgement was hard
    half: str = "tune"  # one of HALVES


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """A label and the record it was found as, or the records in a row that a long passage was cut into.

    Of several the strongest counts, with its words, and the addressees of all. Without a record
    everything is wrong.
    """

    label: GoldLabel
    passages: tuple[Passage, ...]

    @property
    def strength(self) -> Strength | None:
        return min(
            (passage.strength for passage in self.passages if passage.strength), key=list(Strength).index, default=None
        )

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(
            word for passage in self.passages if passage.strength is self.strength for word in passage.strength_words
        )

    @property
    def addressees(self) -> tuple[str, ...]:
        """Those that the passages' own words name; what stands above their list is no part of the label."""
        asked = (passage for passage in self.passages if passage.addressees)
        return tuple(name for passage in asked for name in find_addressees(analyze(passage.text, passage.language)))

    @property
    def strength_right(self) -> bool:
        return self.strength is self.label.strength

    @property
    def addressees_right(self) -> bool:
        return bool(self.passages) and normalize_names(self.addressees) == normalize_names(self.label.addressees)

    @property
    def words_right(self) -> bool:
        return bool(self.passages) and words_agree(self.words, self.label.words)


def read_labels(path: Path) -> list[GoldLabel]:
    """Read the labels in the file's order. Raises RelatoriaError naming the line that is none."""
    labels = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            stated = json.loads(line)
            stated |= {"strength": Strength(stated["strength"])}
            stated |= {key: tuple(stated[key]) for key in ("words", "addressees")}
            label = GoldLabel(**stated)
            int(label.letters, 16), HALVES.index(label.half)
        except (ValueError, KeyError, TypeError) as error:
            raise RelatoriaError(f"{path}, line {number} is no label ({error!r}). See README.md beside it.") from error
        labels.append(label)
    return labels


def hash_letters(text: str) -> str:
    """Hash a passage's letters, ignoring case, line breaks, spaces, signs and digits: 12 hexadecimal digits.

    >>> hash_letters("Los gobiernosdeben cola-\\nborar.") == hash_letters("los gobiernos deben colaborar")
    True
    """
    return hashlib.sha256(letters_only(text).encode()).hexdigest()[:12]


def letters_only(text: str) -> str:
    """Reduce a text to its letters, in lower case.

    >>> letters_only("87.1. Ratify the CED;")
    'ratifytheced'
    """
    return "".join(filter(str.isalpha, text.lower()))


def labelled_text(text: str, report: str) -> str:
    """Return the text that a label covers: of a UN report without the number in front and without brackets.

    >>> labelled_text("87.23. Ratify CED (Spain) (Iran (Islamic Republic of));", "upr_un_reports/pdf/x.pdf")
    'Ratify CED ;'
    """
    if report.startswith(UN_REPORTS):
        text = text.lstrip("0123456789. ")
        while text != (text := _BRACKETS.sub("", text)):
            pass
    return normalize_for_display(text)


def normalize_names(addressees: Iterable[str]) -> frozenset[str]:
    """Normalize addressees for comparison: without case, accents and the articles in front.

    >>> sorted(normalize_names(["Los Gobiernos", "Congreso de la República"]))
    ['congreso de la republica', 'gobiernos']
    """
    return frozenset(
        _fold(addressee[m.end() :] if (m := _BEFORE_A_NAME.match(addressee)) else addressee) for addressee in addressees
    )


def words_agree(found: Sequence[str], expected: Sequence[str]) -> bool:
    """Whether the words found agree with those expected: each equals, contains or is contained in one of them.

    A negation has to be found with its verb, and none may be added. Nothing found where something is
    expected is wrong; so is anything found where nothing is.
    """
    return bool(found) == bool(expected) and all(any(_agree(ours, theirs) for theirs in expected) for ours in found)


def match_label(label: GoldLabel, passages: Sequence[Passage], text: str = "") -> tuple[Passage, ...]:
    """Match a label with its record by its letters; else with the consecutive records that make it up; else with
    the piece of one that is embedded by itself; else with the one record most similar to ``text``, the passage
    itself. Empty where none matches."""
    wordings = [labelled_text(passage.text, label.report) for passage in passages]
    for length in range(1, MAX_RECORDS + 1):
        for at in range(len(passages) - length + 1):
            if hash_letters("".join(wordings[at : at + length])) == label.letters:
                return tuple(passages[at : at + length])
    for passage in passages:
        for piece in split_to_window(passage.text, Block(BlockRole.TEXT, 0, len(passage.text))):
            own = passage.text[piece.start : piece.end]
            if hash_letters(labelled_text(own, label.report)) == label.letters:
                force = classify_strength(analyze(own, passage.language))
                return (replace(passage, text=own, strength=force.strength, strength_words=force.words),)
    if text:
        best = process.extractOne(text, wordings, scorer=fuzz.ratio, processor=_fold, score_cutoff=MIN_SIMILARITY)
        return (passages[best[2]],) if best else ()
    return ()


def _fold(text: str) -> str:
    """Lower case, no accents, straight apostrophes, single spaces."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return normalize_for_display("".join(c for c in plain if not unicodedata.combining(c)))


def _agree(found: str, expected: str) -> bool:
    ours, theirs = (re.findall(r"\w+'?", _fold(words)) for words in (found, expected))
    held = f" {' '.join(ours)} " in f" {' '.join(theirs)} " or f" {' '.join(theirs)} " in f" {' '.join(ours)} "
    return held and _NEGATIONS.isdisjoint(ours) == _NEGATIONS.isdisjoint(theirs)
