"""Recommendations of Colombia's Truth Commission: `python -m evals.cev` splits them and compares the addressees.

The Commission's editors gave each of them a list of addressees (``Destinatario``) under names of their own.
A label and a name in the text are the same when one has all the weighty words of the other, or `ALIASES`
says so. RELATORIA_DATA names the folder that holds ``cev_colombia_es/recomendaciones.json``.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from evals.screen import wide_console
from ingest.lines import blocks_in
from ingest.report import Kind, Metadata, Passage, Report, for_reading
from ingest.split import split
from retrieval.words import fold

ALIASES = {  # the editors' names, and others of the same bodies
    "fuerza militares y de policia": ("fuerza publica", "fuerzas militares", "policia"),
    "autoridades territoriales": ("gobiernos locales", "autoridades locales", "gobiernos y concejos municipales"),
    "museo de memoria": ("museo nacional de la memoria",),
    "estado colombiano": ("estado", "estado en general"),
    "gobierno nacional": ("gobierno",),
    "partidos y movimientos politicos": ("partidos politicos",),
    "sociedad": ("sociedad en general", "sociedad colombiana"),
}
_LIGHT = frozenset("de del la el los las y e en al a sus su como general".split())  # noqa: SIM905
_BULLET = re.compile(r"^\s*[●*•o]\s+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One recommendation as the Commission published it."""

    number: str
    text: str  # a line a paragraph or bullet
    addressees: tuple[str, ...]

    @property
    def bullets(self) -> int:
        return len(_BULLET.findall(self.text))


@dataclass(frozen=True, slots=True)
class Compared:
    """An entry with what we made of it."""

    entry: Entry
    found: tuple[Passage, ...]  # the recommendation, then its parts
    missing: tuple[str, ...]  # labels that no addressee of ours is
    over: tuple[str, ...]  # addressees of ours that no label is

    @property
    def unnamed(self) -> tuple[str, ...]:
        """Missing labels that the text does not name."""
        words = set(_weighty(self.entry.text))
        return tuple(one for one in self.missing if not any(set(_weighty(name)) <= words for name in _names(one)))


def entries(file: Path) -> list[Entry]:
    """The recommendations in the file."""
    values = json.loads(file.read_text(encoding="utf-8"))
    return [
        Entry(
            one["No."],
            re.sub(r"<br\s*/?>", "\n", one["Recomendación"]).strip(),
            tuple(name for name in one["Destinatario"] if name),
        )
        for one in values
    ]


def compare(entry: Entry) -> Compared:
    """Split an entry as the only one of a report, and lay its addressees beside the labels."""
    text = "Comisión de la Verdad\n\nRecomendaciones\n\n1. " + re.sub(r"\s*\n\s*", "\n", entry.text)
    report = Report(f"cev-{entry.number}", text, Metadata(language="es"), "", blocks_in(text))
    found = tuple(one for one in split(report) if one.kind is not Kind.FACT)
    named = [for_reading(name) for name in found[0].addressees] if found else []
    missing = tuple(label for label in entry.addressees if not any(same(label, name) for name in named))
    over = tuple(name for name in named if not any(same(label, name) for label in entry.addressees))
    return Compared(entry, found, missing, over)


def same(label: str, name: str) -> bool:
    """Whether the editors' name and one in the text are the same body's.

    >>> same("Congreso de la República", "Congreso"), same("Sociedad", "sociedad civil")
    (True, False)
    """
    words = set(_weighty(name))
    return any(set(_weighty(one)) == words or _tail(one, words) for one in _names(label))


def _tail(label: str, words: set[str]) -> bool:
    """Whether the label has the name's words and others only behind them: "Congreso (de la República)"."""
    wanted = _weighty(label)
    return 0 < len(words) < len(wanted) and words == set(wanted[: len(words)]) and wanted[0] not in {"gobierno"}


def _names(label: str) -> tuple[str, ...]:
    plain = re.sub(r"\([^)]*\)", "", fold(label)).strip()
    return (plain, *ALIASES.get(plain, ()))


def _weighty(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", fold(text)) if word not in _LIGHT]


def lines(compared: Iterable[Compared]) -> Iterator[str]:
    """The misses with their causes."""
    for one in compared:
        parts = sum(passage.kind is Kind.PART for passage in one.found)
        if parts != one.entry.bullets:
            yield f"split   {one.entry.number}: {parts} parts of {one.entry.bullets} bullets"
        for label in one.missing:
            cause = "not named in the text" if label in one.unnamed else "ours"
            yield f"missing {one.entry.number}: {label}: {cause}"
        for name in one.over:
            yield f"over    {one.entry.number}: {name}: not in the labels"


def main() -> int:
    """Print the misses and the figures; returns the exit status."""
    if "RELATORIA_DATA" not in os.environ:
        sys.stderr.write("Set RELATORIA_DATA to the folder that holds cev_colombia_es.\n")
        return 2
    screen = wide_console()
    folder = Path(os.environ["RELATORIA_DATA"]) / "cev_colombia_es"
    compared = [compare(one) for one in entries(folder / "recomendaciones.json")]
    for line in lines(compared):
        screen.print(line, markup=False, soft_wrap=True)
    whole = [one for one in compared if sum(p.kind is Kind.RECOMMENDATION for p in one.found) == 1]
    bullets = sum(one.entry.bullets for one in compared)
    parts = sum(sum(p.kind is Kind.PART for p in one.found) for one in compared)
    named = [one for one in compared if not one.unnamed]
    labels = sum(len(one.entry.addressees) for one in compared)
    hits = labels - sum(len(one.missing) for one in compared)
    ours = hits + sum(len(one.over) for one in compared)
    for title, count, total in (
        ("recommendations that are one record", len(whole), len(compared)),
        ("bullets that are parts", min(parts, bullets), bullets),
        ("addressees right as sets", sum(not one.missing and not one.over for one in compared), len(compared)),
        ("  where the text names them all", sum(not one.missing and not one.over for one in named), len(named)),
        ("labels found", hits, labels),
        ("addressees of ours that are labels", hits, ours),
    ):
        screen.print(f"{title:40} {count:4} / {total:4}  {count / max(total, 1):6.1%}", markup=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
