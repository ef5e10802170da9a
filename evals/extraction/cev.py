"""Measures splitting, labels and addressees against the recommendations of a truth commission and its editors' labels.

The file is data, not a document: it is written out as a plain text in which each recommendation is a bullet. The
editors name some bodies that the entry does not name and some that only help, so each miss is printed with its cause.
Long because it is one command: the text, the alias table, the comparison and three printed reports.
"""

import json
import re
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from evals.console import command_parser, wide_console
from evals.extraction.labels import normalize_names
from evals.public_data import require_public
from ingest.errors import RelatoriaError
from ingest.lexicon.field_labels import FieldLabel
from ingest.readers.read import read_report
from ingest.report import Kind, Passage, normalize_for_display
from ingest.split.splitter import split

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


@dataclass(frozen=True, slots=True)
class Miss:
    """An addressee on one side only."""

    number: str
    name: str
    cause: str


def main(arguments: list[str] | None = None) -> int:
    """Run the command: print the figures and every miss with its cause; return the exit status."""
    command_parser("evals.extraction.cev", (__doc__ or "").split("\n")[0]).parse_args(arguments)
    screen, aside = wide_console(), wide_console(stderr=True)
    try:
        entries = read_entries(require_public(CEV_FILE))
        passages, labelled = split_text(render_report(entries, labelled=False)), split_text(render_report(entries))
    except RelatoriaError as error:
        aside.print(str(error), markup=False, soft_wrap=True)
        return 1
    _print_splitting(screen, entries, passages)
    screen.print("With the labels printed behind each entry:")
    _print_splitting(screen, entries, labelled)
    _print_labels(screen, entries, labelled)
    screen.print("From the text alone:")
    _print_addressees(screen, entries, passages)
    return 0


def read_entries(path: Path) -> list[Entry]:
    """Read the file's recommendations in its order. Raises RelatoriaError for a file of another kind."""
    try:
        return _parse_entries(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RelatoriaError(f"{path} cannot be read as a list of recommendations ({error!r}).") from error


def _parse_entries(stated: Iterable[Any]) -> list[Entry]:
    return [
        Entry(
            item["No."],
            item["Recomendación"].replace("<br>", "\n").strip(),
            frozenset(normalize_body(name) for name in item["Destinatario"] if name),
            tuple(
                (name, normalize_for_display(value))
                for key, name in LABEL_NAMES.items()
                for value in (item[key] if isinstance(item[key], list) else [item[key]])
                if value
            ),
        )
        for item in stated
    ]


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


def find_misses(entry: Entry, found: frozenset[str]) -> list[Miss]:
    """Classify each addressee that is on one side only by its cause."""
    (text,) = normalize_names([entry.text])
    missed = []
    for label in sorted(entry.labels - found):
        mentions = [at for form in _alias_forms(label) for at in _find_offsets(form, text)]
        helping = all(_HELP.search(text[max(0, at - 200) : at]) for at in mentions)
        missed.append(
            Miss(
                entry.number,
                label,
                OUR_MISS if mentions and not helping else NAMED_AS_HELP if mentions else NOT_IN_TEXT,
            )
        )
    return [*missed, *(Miss(entry.number, name, NOT_IN_LABELS) for name in sorted(found - entry.labels))]


def _drop_continuation(name: str, labels: Iterable[str]) -> str:
    """Return the label whose words a name begins with, if it only goes on behind: "medios … públicos y privados"."""
    return next((label for label in labels if name.startswith(f"{label} ")), name)


def _alias_forms(label: str) -> list[str]:
    return [label, *(name for name, own in ALIASES.items() if own == label)]


def _find_offsets(form: str, text: str) -> list[int]:
    return [match.start() for match in re.finditer(rf"\b{re.escape(form)}\b", text)]


def _match_entries(entries: Sequence[Entry], passages: Iterable[Passage]) -> list[Passage | None]:
    """Match each entry with its record: the recommendation that has all its words and no others."""
    records = {_letters(passage.text): passage for passage in passages if passage.kind is Kind.RECOMMENDATION}
    return [records.get(_letters(entry.text)) for entry in entries]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _print_splitting(screen: Console, entries: Sequence[Entry], passages: Sequence[Passage]) -> None:
    wholes = _match_entries(entries, passages)
    records = [passage for passage in passages if passage.kind is Kind.RECOMMENDATION]
    right, total, missed = 0, 0, list[str]()
    for entry, whole in zip(entries, wholes, strict=True):
        done: list[Passage | None] = []
        for text, outer in parse_bullets(entry.text):
            total += 1
            parent = whole if outer is None else done[outer]
            part = next(
                (passage for passage in passages if passage.kind is Kind.PART and _is_part(passage, text, parent)), None
            )
            done.append(part)
            right += part is not None
            if part is None:
                missed.append(f"{entry.number}: no part with its parent: {normalize_for_display(text)[:70]}")
    parts = sum(passage.kind is Kind.PART for passage in passages)
    screen.print(
        f"Recommendations that are one record: {sum(map(bool, wholes))}/{len(entries)} ({len(records)} records)"
    )
    screen.print(f"Inner bullets that are a part and know their parent: {right}/{total} ({parts} parts)")
    for line in missed:
        screen.print(f"  {line}", markup=False, soft_wrap=True)


def _print_labels(screen: Console, entries: Sequence[Entry], passages: Sequence[Passage]) -> None:
    wholes = _match_entries(entries, passages)
    for name in LABEL_NAMES.values():
        wrong = []
        for entry, whole in zip(entries, wholes, strict=True):
            theirs, ours = (
                {label for label in labels if label[0] == name}
                for labels in (entry.printed, whole.labels if whole else ())
            )
            if theirs != ours:
                wrong.append(f"  {entry.number}: {theirs ^ ours}")
        screen.print(f"Labels of {name}: exact sets {len(entries) - len(wrong)}/{len(entries)}")
        for line in wrong:
            screen.print(line, markup=False, soft_wrap=True)


def _is_part(part: Passage, text: str, parent: Passage | None) -> bool:
    return parent is not None and part.parent_id == parent.id and _letters(part.text).startswith(_letters(text)[:40])


def _print_addressees(screen: Console, entries: Sequence[Entry], passages: Sequence[Passage]) -> None:
    found = [
        frozenset(
            _drop_continuation(normalize_body(name), entry.labels) for name in (whole.addressees if whole else ())
        )
        for entry, whole in zip(entries, _match_entries(entries, passages), strict=True)
    ]
    missed = [find_misses(entry, ours) for entry, ours in zip(entries, found, strict=True)]
    everyone = range(len(entries))
    named = [n for n in everyone if not any(miss.cause == NOT_IN_TEXT for miss in missed[n])]
    asked = [n for n in named if not any(miss.cause == NAMED_AS_HELP for miss in missed[n])]
    for title, chosen in (
        ("all entries", everyone),
        ("entries whose labels are all named in the text", named),
        ("entries whose labels are all named there as asked, not as help", asked),
    ):
        both = sum(len(found[n] & entries[n].labels) for n in chosen)
        ours, theirs = sum(len(found[n]) for n in chosen), sum(len(entries[n].labels) for n in chosen)
        exact = sum(found[n] == entries[n].labels for n in chosen)
        screen.print(
            f"Addressees, {title}: exact sets {exact}/{len(chosen)}, precision {both}/{ours}, recall {both}/{theirs}"
        )
    counts = Counter(miss.cause for some in missed for miss in some)
    for cause in (NOT_IN_TEXT, NAMED_AS_HELP, NOT_IN_LABELS, OUR_MISS):
        screen.print(f"{cause}: {counts[cause]}")
        for miss in (miss for some in missed for miss in some if miss.cause == cause):
            screen.print(f"  {miss.number}: {miss.name}", markup=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
