"""Perturbations that make a true sentence false, one kind each, for testing the verifier.

Sentences are the true ones of `evals/data/statements`, and the reports' own. A perturbed one is false by construction,
whatever the verifier says of it; where an operation might leave a sentence true, it is not applied.
Their words are in `evals/data/perturbations.toml`, the other kinds here: a short function each.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from ingest.lexicon.sentences import find_sentences
from ingest.report import Kind, Passage, normalize_for_display
from retrieval.text.terms import fold
from retrieval.verification.quotes import format_mark

DATA_FOLDER = Path(__file__).parent.parent / "data"
STATEMENTS_FOLDER = DATA_FOLDER / "statements"
SOURCE_HALF = "source"  # the half of sentences that are the report's own
FORM_FAULT_KINDS = frozenset(  # kinds that are refused by their form
    {
        *("mark invented", "mark missing", "mark lookalike", "mark alone", "markup", "unseen characters"),
        *("quote altered", "quote elsewhere"),
    }
)
NEVER_SHOWN_KINDS = FORM_FAULT_KINDS | {"mark exchanged", "number changed"}  # the others are counted
RARELY_SHOWN_KINDS = {"negation added", "negation taken out", "strengthened"}  # refused by grammar, which has gaps
_WORDS: dict[str, dict[str, Any]] = tomllib.loads((DATA_FOLDER / "perturbations.toml").read_text(encoding="utf-8"))
_MARK = re.compile(r" ?\[(\d+)\]")
_QUOTED = re.compile(r"«[^»]*»|\"[^\"]*\"")
_NEGATIVE_WORD = re.compile(r"\b(?:ni|neither|nor|tampoco|nadie|nem|ning[uú]n\w*)\b", re.IGNORECASE)
_INTERCHANGEABLE = (  # passages that may each be cited for much of what the other says
    *({"1.1-r05", f"1.1-r05.{part}"} for part in range(1, 6)),
    {"1.2-r04", "1.2-p01"},
    {"1.2-r08", "1.2-p02"},
    {"1.2-r14", "1.2-p02"},
    {"1.2-r08", "1.2-r06"},
)


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A sentence with marks, the passages that [1], [2], … cite, and its label: whether they entail it."""

    language: str
    given: tuple[str, ...]  # ends of passage ids
    text: str
    true: bool
    kind: str
    half: str

    @property
    def marks(self) -> list[int]:
        return [int(number) for number in _MARK.findall(self.text)]


PassagesByName = Mapping[str, Passage]
Perturbation = Callable[[LabelledSentence, PassagesByName], Iterator[str]]


def load_statements(file: Path) -> list[LabelledSentence]:
    """Load the labelled sentences of a file of `evals/data/statements`, true and false."""
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return [LabelledSentence(**line | {"given": tuple(line["given"])}) for line in lines]


def extract_report_sentences(passages: PassagesByName) -> list[LabelledSentence]:
    """Extract the reports' own sentences, each with its passage as [1] and the next two passages."""
    kinds = (Kind.RECOMMENDATION, Kind.PARAGRAPH, Kind.CONCLUSION)
    whole = [name for name, passage in passages.items() if passage.kind in kinds]
    made = []
    for at, name in enumerate(whole):
        others = [other for other in (*whole[at + 1 :], *whole) if not are_interchangeable(name, other)][:2]
        text = passages[name].text
        for start, end in find_sentences(text):
            words = normalize_for_display(text[start:end]).strip().rstrip(".")
            if len(words) > 20 and ":" not in words and "1." not in words:
                made.append(LabelledSentence("es", (name, *others), f"{words} [1].", True, "own", SOURCE_HALF))
    return made


def are_interchangeable(name: str, other: str) -> bool:
    """Whether two passages may each be cited for much of what the other says."""
    return name == other or any({name, other} <= names for names in _INTERCHANGEABLE)


def perturb(kind: str, said: LabelledSentence, passages: PassagesByName) -> list[LabelledSentence]:
    """Apply one kind of perturbation to a true sentence; returns all its false variants, each once."""
    made = (text for text in PERTURBATIONS[kind](said, passages) if text != said.text)
    return [replace(said, text=text, true=False, kind=kind) for text in dict.fromkeys(made)]


def _replace_words(kind: str, said: LabelledSentence) -> Iterator[str]:
    """Replace words by others, outside quotation marks."""
    if kind == "negation added" and _NEGATIVE_WORD.search(said.text):
        return
    quoted = [match.span() for match in _QUOTED.finditer(said.text)]
    for pattern, *others in _WORDS["exchange"].get(kind, {}).get(said.language, ()):
        for found in re.finditer(pattern, said.text):
            if any(start <= found.start() < end for start, end in quoted):
                continue
            for other in others:
                words = found.expand(other)
                words = words[:1].upper() + words[1:] if found.start() == 0 else words
                yield said.text[: found.start()] + words + said.text[found.end() :]


def _change_words(kind: str) -> Perturbation:
    """Replace words, add some behind the last claim, or in front of the sentence."""

    def make(said: LabelledSentence, passages: PassagesByName) -> Iterator[str]:
        yield from _replace_words(kind, said)
        body, marks = _split_marks(said.text)
        for tail in _WORDS["behind"].get(kind, {}).get(said.language, ()):
            yield f"{body}{tail}{marks}."
        for head in _WORDS["before"].get(kind, {}).get(said.language, ()):
            yield head + said.text[:1].lower() + said.text[1:]

    return make


def _split_marks(text: str) -> tuple[str, str]:
    """A sentence without its last marks and full stop, and those marks."""
    found = re.search(r"\.?((?: ?\[\d+\])+)\.?$", text)
    return (text[: found.start()], " " + found[1].strip()) if found else (text.rstrip("."), "")


def _change_numbers(said: LabelledSentence, passages: PassagesByName) -> Iterator[str]:
    for found in re.finditer(r"(?<![\[\d])\d+(?![\]\d])", said.text):
        for other in (int(found[0]) + 1, int(found[0]) * 10, int(found[0][::-1]) + 3):
            yield said.text[: found.start()] + str(other) + said.text[found.end() :]
    words = {"noviembre": "octubre", "November": "October", "novembre": "octobre", "dos": "tres"}
    for found in re.finditer(rf"\b(?:{'|'.join(words)})\b", said.text):
        yield said.text[: found.start()] + words[found[0]] + said.text[found.end() :]


def _invent_marks(said: LabelledSentence, passages: PassagesByName) -> Iterator[str]:
    for found in _MARK.finditer(said.text):
        for number in (len(said.given) + 1, len(said.given) + 7, 99, 9999):
            yield said.text[: found.start()] + f" {format_mark(number)}" + said.text[found.end() :]
            yield said.text[: found.end()] + format_mark(number) + said.text[found.end() :]


def _swap_marks(said: LabelledSentence, passages: PassagesByName) -> Iterator[str]:
    """Exchange each mark for that of another passage, which does not say the same."""
    apart = "][" not in said.text.replace(" ", "")
    for found in _MARK.finditer(said.text):
        own = int(found[1])
        for number, name in enumerate(said.given, start=1):
            if not any(are_interchangeable(name, said.given[mark - 1]) for mark in said.marks):
                yield said.text[: found.start()] + f" {format_mark(number)}" + said.text[found.end() :]
                yield said.text[: found.end()] + format_mark(number) + said.text[found.end() :]  # beside the right one
            elif number in said.marks and apart and not are_interchangeable(name, said.given[own - 1]):
                swapped = {number: own, own: number}
                parts = _MARK.split(said.text)  # text and numbers alternate
                parts[1::2] = [f" {format_mark(swapped.get(int(mark), int(mark)))}" for mark in parts[1::2]]
                yield "".join(parts)


def _remove_marks(said: LabelledSentence, passages: PassagesByName) -> Iterator[str]:
    yield " ".join(_MARK.sub("", said.text).split())
    yield _MARK.sub("", said.text).rstrip(".") + " [0]."


def _imitate_marks(said: LabelledSentence, passages: PassagesByName) -> Iterator[str]:
    for form in _WORDS["imitate"]["mark lookalike"]:
        yield _MARK.sub(lambda found, form=form: " " + form.format(n=found[1]), said.text)  # type: ignore[misc]
        body, marks = _split_marks(said.text)
        yield f"{body}{marks} {form.format(n=2)}."
    wide = str.maketrans("123456789", "１２３４５６７８９")
    arabic = str.maketrans("123456789", "١٢٣٤٥٦٧٨٩")
    for digits in (wide, arabic):
        yield _MARK.sub(lambda found, digits=digits: f" [{found[1].translate(digits)}]", said.text)  # type: ignore[misc]


def _insert(kind: str) -> Perturbation:
    """Insert markup or characters at the beginning, in the middle, in front of the mark."""

    def make(said: LabelledSentence, passages: PassagesByName) -> Iterator[str]:
        body, marks = _split_marks(said.text)
        gap = body.find(" ", len(body) // 2)
        for inserted in _WORDS["insert"][kind]:
            yield f"{inserted} {body}{marks}."
            yield f"{body[:gap]} {inserted}{body[gap:]}{marks}."
            yield f"{body} {inserted}{marks}."
            if not inserted.isprintable():
                yield f"{body[: gap - 1]}{inserted}{body[gap - 1 :]}{marks}."

    return make


def _alter_quotes(said: LabelledSentence, passages: PassagesByName) -> Iterator[str]:
    """Change a letter or a word between quotation marks."""
    sources = [normalize_for_display(passages[name].text) for name in said.given]
    for text in (said.text, *_wrap_in_quotes(said)):
        for found in _QUOTED.finditer(text):
            words = found[0][1:-1]
            for other in _alter_words(words):
                if not any(other.strip(" .,;:") in source for source in sources):
                    yield text[: found.start()] + found[0][0] + other + found[0][-1] + text[found.end() :]


def _alter_words(words: str) -> Iterator[str]:
    places = [found.span() for found in re.finditer(r"\w{4,}", words)]
    for start, end in places[:: max(1, len(places) // 4)]:
        yield words[:start] + words[start:end][::-1] + words[end:]
        yield words[: end - 1] + ("a" if words[end - 1] != "a" else "e") + words[end:]
        yield (words[:start] + words[end:].lstrip()).strip()
    yield words.upper()
    yield words.replace("o", "о", 1)  # a Cyrillic letter
    yield words.replace(" ", " no ", 1)
    yield "".join(word for word in words if fold(word) == word)
    for (_, end), (start, _) in pairwise(places):
        yield f"{words[:end]} […] {words[start:]}"
        yield f"{words[:end]} … {words[start:]}"
        break


def _wrap_in_quotes(said: LabelledSentence) -> Iterator[str]:
    """Put the report's own sentence between quotation marks."""
    if said.half == SOURCE_HALF:
        body, marks = _split_marks(said.text)
        yield f"El informe dice: «{body}»{marks}."
        yield f'The report says: "{body}"{marks}.'


def _misattribute_quotes(said: LabelledSentence, passages: PassagesByName) -> Iterator[str]:
    """Put a quote under the mark of a passage that does not have it."""
    for text in (said.text, *_wrap_in_quotes(said)):
        for found in _QUOTED.finditer(text):
            words = found[0][1:-1].strip(" .,;:")
            for number, name in enumerate(said.given, start=1):
                if number not in said.marks and words not in normalize_for_display(passages[name].text):
                    yield _MARK.sub(f" [{number}]", text)


def _truncate_quotes(said: LabelledSentence, passages: PassagesByName) -> Iterator[str]:
    """Begin a quote behind the word that negates it."""
    if said.half != SOURCE_HALF:
        return
    body, marks = _split_marks(said.text)
    for found in re.finditer(r"\b(?:no|NO|evitar) (?!obstante|acompa)", body):
        yield f"El informe dice: «{body[found.end() :]}»{marks}."
        yield f"{body[: found.start()]}«{body[found.end() :]}»{marks}."
        yield f"The report says «{body[found.end() :]}»{marks}."


def _break_after_negation(said: LabelledSentence, passages: PassagesByName) -> Iterator[str]:
    """Break the line or the sentence behind the word that negates what follows."""
    pattern = r"\b(?:no|not|cannot|evitar|avoid|pas|não|ni) |(?<!\w)(?:لا|عدم|تجنب) "
    for found in re.finditer(pattern, said.text):
        head, rest = said.text[: found.end()].rstrip(), said.text[found.end() :]
        for gap in ("\n", ". ", ".\n- ", "!\n\n", "\n1. "):
            yield head + gap + rest
            yield head + gap + rest[:1].upper() + rest[1:]


def _leave_marks_alone(said: LabelledSentence, passages: PassagesByName) -> Iterator[str]:
    """Leave marks alone, without content words."""
    marks = "".join(map(format_mark, said.marks))
    for words in ("", "Según el informe", "According to the report", "—", "…", "«»", '""', "D'après le rapport", "Sí"):
        yield f"{words} {marks}.".strip()


def _blend_passages(said: LabelledSentence, passages: PassagesByName) -> Iterator[str]:
    """Add a sentence of another passage, given or not, under the marks of this one."""
    if said.language != "es":
        return
    body, marks = _split_marks(said.text)
    cited = [said.given[number - 1] for number in said.marks]
    for name, passage in passages.items():
        if passage.kind is not Kind.RECOMMENDATION or any(are_interchangeable(name, other) for other in cited):
            continue
        start, end = find_sentences(passage.text)[0]
        other = normalize_for_display(passage.text[start:end]).strip().rstrip(".")
        if ":" not in other and len(body) + len(other) < 500:
            yield f"{body}, y {other[:1].lower()}{other[1:]}{marks}."


PERTURBATIONS: dict[str, Perturbation] = {
    **{kind: _change_words(kind) for kind in (*_WORDS["exchange"], *_WORDS["behind"])},
    "number changed": _change_numbers,
    "mark invented": _invent_marks,
    "mark exchanged": _swap_marks,
    "mark missing": _remove_marks,
    "mark lookalike": _imitate_marks,
    **{kind: _insert(kind) for kind in _WORDS["insert"]},
    "quote altered": _alter_quotes,
    "quote elsewhere": _misattribute_quotes,
    "quote behind a no": _truncate_quotes,
    "broken behind a no": _break_after_negation,
    "mark alone": _leave_marks_alone,
    "blended": _blend_passages,
}
