"""Judges which passages ask for, promise, propose or decide something, and which of these they do, in any language.

Three linear classifiers over the embeddings of headings, lead-ins and openings say what each speaks of; a logistic
regression over what they say and the structure around a passage gives a probability, which the passages of one list
share. The coefficients are data, fitted by `python -m evals.calibrate.judgement` for one embedding model.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.annotate.clauses import analyze
from ingest.annotate.strength import classify_strength
from ingest.report import ACTS, Kind, Passage, Report, Strength, normalize_for_display
from retrieval.models.embedder import Embedder

Matrix = NDArray[np.float64]
Encode = Callable[[Sequence[str]], Matrix]  # the vectors of texts, a row each

JUDGEMENTS_FOLDER = Path(__file__).parent / "judgements"
PLACES = ("heading", "lead-in", "text")
SIGNALS = ("heading", "observes", "lead-in", "title", "openings", "number", "strength", "row")
_HEADING_LENGTH, _LEAD_IN_LENGTH, _TEXT_LENGTH = 160, 240, 240  # characters that are embedded
_MOST_OPENINGS = 8  # of a list that are embedded
_PRIOR = 0.25  # probability where no heading says anything
_CLEAR = 0.5  # of observing or concluding, from which on a paragraph does
_SHOWN = 60  # characters of a heading in a reason
_LETTER = re.compile(r"#((?:[\d.]+-)?)[rpc]")  # of an id
_SURE = 0.01  # no probability is nearer to 0 or 1 than this
_ASKING = {Strength.OBLIGATION, Strength.RECOMMENDATION}
_MARK = re.compile(r"\A(?:\W*+(?>\d++(?:\.\d++)*+|[ivxlc]++|[a-z])\s*+[.):–-]++\s*+|\d++(?:\.\d++)*+\s++)++(?=\w)")
_LEFT_OUT = {Kind.FACT, Kind.NOTE, Kind.PART}


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """A softmax regression over the vectors of one place."""

    classes: tuple[str, ...]
    weights: Matrix  # (classes, d)
    biases: Matrix  # (classes,)

    def classify(self, vector: Matrix) -> dict[str, float]:
        """The probability of each class for a vector."""
        logits = self.weights @ vector + self.biases
        powers = np.exp(logits - logits.max())
        return dict(zip(self.classes, map(float, powers / powers.sum()), strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What was fitted for one embedding model."""

    classifiers: Mapping[str, Classifier]  # by place
    weights: Mapping[str, float]  # by signal
    intercept: float
    threshold: float  # logit from which on a passage is filed
    kept: float  # and from which on one is that the rules file


def load_judgement(model: str) -> Judgement | None:
    """The judgement fitted for an embedding model (its name, as the index stores it); None where there is none."""
    for path in JUDGEMENTS_FOLDER.glob("*.json"):
        if (found := _parse(path))[0] == model:
            return found[1]
    return None


@cache
def _parse(path: Path) -> tuple[str, Judgement]:
    stated = json.loads(path.read_text(encoding="utf-8"))
    classifiers = {
        place: Classifier(tuple(said["classes"]), np.array(said["weights"]), np.array(said["biases"]))
        for place, said in stated["classifiers"].items()
    }
    numbers = (stated["intercept"], stated["threshold"], stated["kept"])
    return stated["model"], Judgement(classifiers, stated["weights"], *numbers)


def make_encoder(embedder: Embedder) -> Encode:
    """The vectors of texts, in their order."""

    def encode(texts: Sequence[str]) -> Matrix:
        vectors = dict(embedder.passages([embedder.windows(text)[0] for text in texts]))
        return np.stack([vectors[at].vector for at in range(len(texts))]).astype(float)

    return encode


def shorten(place: str, text: str) -> str:
    """What is embedded of a heading, a lead-in or a passage: its words without mark and case, or its opening."""
    plain = normalize_for_display(text)
    if place == "heading":
        plain = plain.casefold()[:_HEADING_LENGTH]
        return (plain[found.end() :] if (found := _MARK.match(plain)) else plain).strip(" :.*#{}%<>")
    if place == "lead-in":
        return plain.casefold()[-_LEAD_IN_LENGTH:]
    return plain if len(plain) <= _TEXT_LENGTH else plain[:_TEXT_LENGTH].rpartition(" ")[0]


def asks(said: Mapping[str, float]) -> float:
    """The probability that something asks, promises, proposes or decides."""
    return sum(said.get(act, 0.0) for act in ACTS)


def group_passages(passages: Iterable[Passage]) -> list[list[int]]:
    """The positions of the passages of each list, or of the paragraphs under one heading."""
    groups: dict[object, list[int]] = {}
    for at, passage in enumerate(passages):
        if passage.kind not in _LEFT_OUT and passage.reason != "announces recommendations":
            listed = bool(passage.number) or passage.reason == "an item of a list"
            groups.setdefault((passage.headings, passage.lead_in, listed), []).append(at)
    return list(groups.values())


def classify_texts(
    texts: Iterable[tuple[str, str]], classifiers: Mapping[str, Classifier], encode: Encode
) -> dict[tuple[str, str], dict[str, float]]:
    """What the classifiers say of texts, each with its place; every distinct text is embedded once."""
    wanted = sorted({(place, short) for place, text in texts if (short := shorten(place, text))})
    vectors = encode([short for _, short in wanted]) if wanted else np.zeros((0, 0))
    return {key: classifiers[key[0]].classify(vectors[at]) for at, key in enumerate(wanted)}


@dataclass(frozen=True, slots=True, eq=False)
class JudgedList:
    """The passages of one list, or the paragraphs under one heading: what is said of them, and their signals."""

    members: list[int]  # positions
    acts: dict[str, float]  # how much speaks for each act
    observes: float
    concludes: float
    signals: Matrix  # (members, SIGNALS)


def read_lists(
    passages: Sequence[Passage], title: str, classifiers: Mapping[str, Classifier], encode: Encode
) -> list[JudgedList]:
    """Classify the headings, lead-ins and some openings of each list."""
    groups = [(group, _sample(group)) for group in group_passages(passages)]
    texts = [("heading", title)]
    for group, sample in groups:
        first = passages[group[0]]
        texts += [*map(_place, first.headings), ("lead-in", first.lead_in)]
        texts += [("text", passages[at].text) for at in sample]
    said = classify_texts(texts, classifiers, encode)

    def look(place: str, text: str) -> dict[str, float]:
        return said.get((place, shorten(place, text)), {})

    titled = look("heading", title)
    lists = []
    for group, sample in groups:
        first = passages[group[0]]
        heading, observes, concludes = asks(titled) if titled else _PRIOR, 0.0, 0.0
        for level in (path := [look(*_place(heading)) for heading in first.headings]):
            # a mere subject says what stands above it, and so do observations among recommendations
            subject = level.get("topic", 0.0)
            observed, concluded = level.get("observation", 0.0), level.get("conclusion", 0.0)
            observes, concludes = observed + subject * observes, concluded + subject * concludes
            observes, concludes = observes * (1 - heading), concludes * (1 - heading)
            heading = asks(level) + (subject + observed + concluded) * heading
        lead = look("lead-in", first.lead_in)
        openings = [look("text", passages[at].text) for at in sample]
        signals = np.zeros((len(group), len(SIGNALS)))
        signals[:, :5] = (
            _logit(heading),
            observes + concludes,
            _logit(asks(lead)) if lead else 0.0,
            _logit(asks(titled) if titled else _PRIOR),
            _logit(float(np.mean([asks(opening) for opening in openings]))),
        )
        signals[:, 5] = [passages[at].number[:1].isdigit() for at in group]
        signals[:, 6] = np.mean([passages[at].strength in _ASKING for at in group])
        signals[:, 7] = first.reason in {"a row of a table", "a cell of a table"}
        speaking = [*([lead] * 2 if lead else []), *path, titled, *openings[:1]]
        acts = {str(act): sum(level.get(act, 0.0) for level in speaking) for act in ACTS}
        lists.append(JudgedList(group, acts, observes, concludes, signals))
    return lists


def _sample(group: Sequence[int]) -> Sequence[int]:
    return group[:: -(-len(group) // _MOST_OPENINGS)]


def _place(heading: str) -> tuple[str, str]:
    """A heading with its place: one that ends in a colon introduces a list."""
    return "lead-in" if heading.endswith(":") else "heading", heading


def _logit(probability: float) -> float:
    inside = min(max(probability, _SURE), 1 - _SURE)
    return float(np.log(inside / (1 - inside)))


def is_explicit(passage: Passage) -> bool:
    """Whether the rules file a passage for what it or its lead-in says, not for a heading above."""
    return passage.kind in ACTS and "under the heading" not in passage.reason


def judge_report(
    report: Report, passages: Sequence[Passage], model: str, embedder: Callable[[], Embedder]
) -> Sequence[Passage]:
    """Judge a report's passages; as the rules file them where nothing was fitted for the embedding model."""
    judgement = load_judgement(model)
    return judge(passages, report.metadata.title, judgement, make_encoder(embedder())) if judgement else passages


def judge(passages: Sequence[Passage], title: str, judgement: Judgement, encode: Encode) -> list[Passage]:
    """File every passage by what it does; the reason of one that is filed otherwise than by the rules says why.

    An id goes on saying whether its passage recommends, and so do its parts'.
    """
    judged = list(passages)
    weights = np.array([judgement.weights[name] for name in SIGNALS])
    for group in read_lists(passages, title, judgement.classifiers, encode):
        act = Kind(max(group.acts, key=lambda name: group.acts[name]))
        logits = group.signals @ weights + judgement.intercept
        for at, logit in zip(group.members, map(float, logits), strict=True):
            passage = passages[at]
            asking = logit >= (judgement.kept if passage.kind in ACTS else judgement.threshold) or is_explicit(passage)
            if asking != (passage.kind in ACTS):
                judged[at] = _file(passage, act if asking else Kind.PARAGRAPH, logit)
            elif passage.kind is Kind.PARAGRAPH and group.observes + group.concludes > _CLEAR:
                kind = Kind.OBSERVATION if group.observes > group.concludes else Kind.CONCLUSION
                judged[at] = replace(passage, kind=kind)
    return _rename(passages, judged)


def _file(passage: Passage, kind: Kind, logit: float) -> Passage:
    asking = kind in ACTS
    above = normalize_for_display((passage.lead_in or "".join(passage.headings[-1:]) or passage.text)[:_SHOWN])
    said = f"judged by “{above}”, its list and its words: {1 / (1 + np.exp(-logit)):.2f}"
    analysis = analyze(passage.text, passage.language)
    force = classify_strength(analysis, asked=asking, lead_in=passage.lead_in)
    return replace(passage, kind=kind, reason=said, strength=force.strength, strength_words=force.words)


def _rename(passages: Sequence[Passage], judged: Sequence[Passage]) -> list[Passage]:
    """Give the passages that were filed otherwise, and their parts, ids that say so: "#1.1-p05" becomes "#1.1-r05"."""
    moved = {old.id for old, new in zip(passages, judged, strict=True) if (old.kind in ACTS) != (new.kind in ACTS)}
    taken = {passage.id for passage in passages} - moved
    names: dict[str, str] = {}
    for old, new in zip(passages, judged, strict=True):
        if old.id in moved:
            name = _LETTER.sub(rf"#\g<1>{'r' if new.kind in ACTS else 'p'}", old.id)
            begins, count = (f"{name}-", 1) if old.number else (name.rstrip("0123456789-"), 0)
            while name in taken or not (old.number or count):
                count += 1
                name = f"{begins}{count}" if old.number else f"{begins}{count:02}"
            taken.add(name)
            names[old.id] = name
        elif old.parent_id in names:
            names[old.id] = names[old.parent_id] + old.id[len(old.parent_id) :]
    return [replace(passage, id=names[passage.id]) if passage.id in names else passage for passage in judged]
