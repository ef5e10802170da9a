"""Measures splitting, labels and addressees against the recommendations of a truth commission and its editors' labels.

The file is data, not a document: it is written out as a plain text in which each recommendation is a bullet. The
editors name some bodies that the entry does not name and some that only help, so each miss is printed with its cause.
"""

import json
import re
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.extraction.labels import letters_only, normalize_names
from evals.extraction.tally import Tally
from evals.public_data import require_public
from ingest.errors import RelatoriaError
from ingest.lexicon.field_labels import FieldLabel
from ingest.readers.read import read_report
from ingest.report import Kind, Passage, normalize_for_display
from ingest.split.splitter import split

TARGETS = {"addressees equal": "≥ 38 of 45"}
CEV_FILE = "cev_colombia_es/recomendaciones.json"
NOT_IN_TEXT = "in the labels, not named in the text"
NAMED_AS_HELP = "in the labels, named in the text, but not as asked: as help, means, object or part"
NOT_IN_LABELS = "named in the text, not in the labels"
OUR_MISS = "ours"
_BULLET = re.compile(r"\n\s*(?P<mark>[●*•–-])\s+")
_TAIL = re.compile(r"\s+(?:de la republica|nacional|colombian[oa]|de colombia|en general)$|\s*\([^()]*\)")
_HELP = re.compile(  # what stands before a name that is not asked: its help, its means, or what it is a part of
    r"\b(?:con (?:el |la )?(?:apoyo|participacion|acompanamiento)|a traves|en cabeza|encabezad[oa]|cuenten con|entre|"
    r"en (?:articulacion|coordinacion|consulta)|por parte|miembros)\b[^.;:]*$|"
    r"\b(?:de|en|por|sobre|ante|con)(?: (?:el|la|los|las))? $|\bdel $"
)
_TABLES = tomllib.loads((Path(__file__).parent.parent / "data" / "aliases.toml").read_text(encoding="utf-8"))
ALIASES: dict[str, str] = _TABLES["cev_bodies"]
LABEL_NAMES: dict[str, str] = _TABLES["cev_labels"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A recommendation of the file; lines are line breaks, bullets stand at their beginning."""

    number: str
    text: str
    labels: frozenset[str]  # addressees, folded
    printed: tuple[FieldLabel, ...] = ()  # all labels, as the file has them


def compare() -> Tally:
    """Compare records, labels and addressees with the editors'. Raises RelatoriaError."""
    entries, tally = read_entries(require_public(CEV_FILE)), Tally("cev")
    for name, labelled in (("text alone", False), ("with its labels", True)):
        passages = split_text(render_report(entries, labelled=labelled))
        _compare_splitting(tally, name, entries, passages)
        (_compare_labels if labelled else _compare_addressees)(tally, name, entries, passages)
    return tally


def read_entries(path: Path) -> list[Entry]:
    """Read the file's recommendations in its order. Raises RelatoriaError for a file of another kind."""
    try:
        return [_parse_entry(item) for item in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RelatoriaError(f"{path} cannot be read as a list of recommendations ({error!r}).") from error


def _parse_entry(item: Any) -> Entry:
    printed = (
        (name, normalize_for_display(value))
        for key, name in LABEL_NAMES.items()
        for value in (item[key] if isinstance(item[key], list) else [item[key]])
        if value
    )
    labels = frozenset(normalize_body(name) for name in item["Destinatario"] if name)
    return Entry(item["No."], item["Recomendación"].replace("<br>", "\n").strip(), labels, tuple(printed))


def render_report(entries: Iterable[Entry], *, labelled: bool = True) -> str:
    r"""Render the entries as a report of bullets, with their labels printed behind each, a line for each name.

    >>> entry = Entry("1", "Al Congreso, legislar.", frozenset(), (("theme", "Paz"), ("term", "Corto")))
    >>> render_report([entry]).split("\n\n")[2]
    '• Al Congreso, legislar.\n  Tema: Paz\n  Plazo: Corto\n'
    """
    items = [
        "\n  ".join(["• " + re.sub(r"\s*\n\s*", "\n  ", entry.text), *(_label_lines(entry) if labelled else [])])
        for entry in entries
    ]
    return "\n\n".join(["Comisión de la Verdad", "Recomendaciones", *items]) + "\n"


def _label_lines(entry: Entry) -> list[str]:
    said = ((key, [value for name, value in entry.printed if name == LABEL_NAMES[key]]) for key in LABEL_NAMES)
    return [f"{key}: {'; '.join(values)}" for key, values in said if values]


def split_text(text: str, report_id: str = "cev") -> list[Passage]:
    """Read and split a text as a file of plain text."""
    with tempfile.TemporaryDirectory(prefix="relatoria-text-") as folder:
        path = Path(folder) / "report.txt"
        path.write_text(text, encoding="utf-8")
        return split(read_report(path, report_id))


def normalize_body(name: str) -> str:
    """Normalize a body's name: no case, accents, articles, brackets or tails; aliases as the labels have them.

    >>> normalize_body("Gobierno Nacional") == normalize_body("el Gobierno"), normalize_body("Gobiernos locales")
    (True, 'autoridades territoriales')
    """
    (plain,) = normalize_names([name])
    while plain != (plain := _TAIL.sub("", plain)):
        pass
    return next((ALIASES[alias] for alias in ALIASES if plain == alias or plain.startswith(f"{alias} ")), plain)


def parse_bullets(text: str) -> list[tuple[str, int | None]]:
    """Parse the bullets inside an entry, each with the index of its outer one: of a dash, the "●" or "*" before it.

    >>> parse_bullets("Do:\\n* one\\n- two\\n● three")
    [('one', None), ('two', 0), ('three', None)]
    """
    found = list(_BULLET.finditer(text))
    ends = [*(match.start() for match in found[1:]), *([len(text)] if found else [])]
    listed: list[tuple[str, int | None]] = []
    outer: int | None = None
    for count, (mark, end) in enumerate(zip(found, ends, strict=True)):
        inside = mark["mark"] in "-–" and outer is not None
        if not inside:
            outer = count
        listed.append((text[mark.end() : end].strip(), outer if inside else None))
    return listed


def find_misses(entry: Entry, found: frozenset[str]) -> list[tuple[str, str]]:
    """Return each addressee that is on one side only, behind its cause."""
    (text,) = normalize_names([entry.text])
    missed = []
    for label in sorted(entry.labels - found):
        forms = [label, *(name for name, own in ALIASES.items() if own == label)]
        mentions = [match.start() for match in re.finditer(rf"\b(?:{'|'.join(map(re.escape, forms))})\b", text)]
        helping = all(_HELP.search(text[max(0, at - 200) : at]) for at in mentions)
        cause = OUR_MISS if mentions and not helping else NAMED_AS_HELP if mentions else NOT_IN_TEXT
        missed.append((cause, label))
    return [*missed, *((NOT_IN_LABELS, name) for name in sorted(found - entry.labels))]


def _match_entries(entries: Sequence[Entry], passages: Iterable[Passage]) -> list[Passage | None]:
    """Match each entry with its record: the recommendation that has all its words and no others."""
    records = {letters_only(passage.text): passage for passage in passages if passage.kind is Kind.RECOMMENDATION}
    return [records.get(letters_only(entry.text)) for entry in entries]


def _compare_splitting(tally: Tally, name: str, entries: Sequence[Entry], passages: Sequence[Passage]) -> None:
    for entry, whole in zip(entries, _match_entries(entries, passages), strict=True):
        tally.add("a recommendation is one record", name, whole is not None, entry.number)
        done: list[Passage | None] = []
        for text, outer in parse_bullets(entry.text):
            parent = whole if outer is None else done[outer]
            begins = letters_only(text)[:40]
            parts = (part for part in passages if part.parent_id and parent and part.parent_id == parent.id)
            done.append(next((part for part in parts if letters_only(part.text).startswith(begins)), None))
            said = f"{entry.number}: {normalize_for_display(text)[:70]}"
            tally.add("an inner bullet is a part of it", name, done[-1] is not None, said)


def _compare_labels(tally: Tally, name: str, entries: Sequence[Entry], passages: Sequence[Passage]) -> None:
    for entry, whole in zip(entries, _match_entries(entries, passages), strict=True):
        for label_name in LABEL_NAMES.values():
            theirs, ours = (
                {label for label in labels if label[0] == label_name}
                for labels in (entry.printed, whole.labels if whole else ())
            )
            tally.add(f"labels of {label_name} equal", name, theirs == ours, f"{entry.number}: {theirs ^ ours}")


def _compare_addressees(tally: Tally, name: str, entries: Sequence[Entry], passages: Sequence[Passage]) -> None:
    for entry, whole in zip(entries, _match_entries(entries, passages), strict=True):
        named = [normalize_body(body) for body in (whole.addressees if whole else ())]
        found = frozenset(  # "medios … públicos y privados" goes on behind the label
            next((label for label in entry.labels if body.startswith(f"{label} ")), body) for body in named
        )
        misses = find_misses(entry, found)
        causes = {cause for cause, _ in misses}
        tally.misses += [f"{name}: {entry.number}: {cause}: {body}" for cause, body in misses]
        tally.add("addressees equal", name, found == entry.labels)
        if NOT_IN_TEXT not in causes:
            tally.add("addressees equal, all named in the text", name, found == entry.labels)
            if NAMED_AS_HELP not in causes:
                tally.add("addressees equal, all named as asked", name, found == entry.labels)
        for body in sorted(found):
            tally.add("an addressee is in the labels", name, body in entry.labels)
