"""Lists by addressee, theme and term, from a truth commission's recommendations printed with these labels.

The file is data, not a document: it is written out as a report in which each recommendation is a bullet
with its labels behind it, as such reports print them. A question is right when the answer cites all
recommendations that have the label and no others.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.intervals import interval
from evals.measures import mean
from evals.suites.figures import Row
from evals.suites.setting import Setting
from evals.suites.systems import OURS
from ingest.errors import RelatoriaError
from ingest.sources import find_sources
from retrieval.assistant import Assistant

Entry = dict[str, str | list[str]]  # label to its values; "Recomendación" to the text

SUITE = "cev"
FILE = "cev_colombia_es/recomendaciones.json"
LABELS = ("Tema", "Subtema", "Destinatario", "Plazo")
TARGETS = {"recall": 1.0, "precision": 0.97}
_KNOWN_BY = 60  # first letters and digits of a recommendation, which no other begins with
ADDRESSEES = {  # as the labels name them -> as people ask, in es, en, fr
    "Gobierno Nacional": ("al Gobierno Nacional", "to the National Government", "au Gouvernement national"),
    "Congreso de la República": (
        "al Congreso de la República",
        "to the Congress of the Republic",
        "au Congrès de la République",
    ),
    "Autoridades territoriales": ("a las autoridades territoriales",),
    "Autoridades étnicas": ("a las autoridades étnicas",),
    "Fiscalía General de la Nación": ("a la Fiscalía General de la Nación", "to the Fiscalía General de la Nación"),
    "Rama Judicial": ("a la Rama Judicial",),
    "Estado Colombiano": ("al Estado colombiano",),
    "Actores armados": ("a los actores armados",),
    "Medios de comunicación": ("a los medios de comunicación",),
    "Procuraduría General de la Nación": ("a la Procuraduría General de la Nación",),
    "Ministerio de Salud": ("al Ministerio de Salud",),
}
FORMS = ("¿Qué se recomienda {}?", "What is recommended {}?", "Que recommande-t-on {} ?")


@dataclass(frozen=True, slots=True)
class Listed:
    """A question, the recommendations that have its label, and those that the answer cites; by their place."""

    kind: str  # of the question: "addressee", "theme" or "term"
    question: str
    wanted: frozenset[int]
    cited: frozenset[int]
    others: int = 0  # citations of what is none of the recommendations

    @property
    def recall(self) -> float:
        return len(self.cited & self.wanted) / len(self.wanted)

    @property
    def precision(self) -> float:
        """Of what is cited; an answer without citations has none that is wrong, its recall is 0."""
        cited = len(self.cited) + self.others
        return len(self.cited & self.wanted) / cited if cited else 1.0

    @property
    def exact(self) -> bool:
        return self.cited == self.wanted and not self.others


def run(setting: Setting) -> list[Row]:
    """Exact sets, recall and precision of each kind of question, then of all; averaged over questions."""
    entries = read_entries(setting.file(FILE))
    folder = setting.folder / "cev"
    folder.mkdir(exist_ok=True)
    path = folder / "recomendaciones.txt"
    if not path.exists():
        path.write_text(written(entries), encoding="utf-8")
        path.with_suffix(".toml").write_text('language = "es"\n', encoding="utf-8")
    assistant = Assistant(folder / "index")
    assistant.index.update(find_sources([path]), lambda: setting.memory)
    places = {known_by(str(entry["Recomendación"])): place for place, entry in enumerate(entries)}
    parents = {one.id: one for one in assistant.index.store.passages()}

    def place(passage_id: str) -> int | None:
        passage = parents[passage_id]
        return places.get(known_by(parents.get(passage.parent_id or "", passage).text))

    listed = [
        _listed(kind, question, wanted, [place(one.passage.id) for one in assistant.ask(question).citations])
        for kind, question, wanted in questions(entries)
    ]
    return rows(listed)


def read_entries(path: Path) -> list[Entry]:
    """The file's recommendations. Raises RelatoriaError for a file of another kind."""
    try:
        entries: list[Entry] = json.loads(path.read_text(encoding="utf-8"))
        return [{**one, "Recomendación": str(one["Recomendación"]).replace("<br>", "\n").strip()} for one in entries]
    except (ValueError, KeyError, TypeError) as error:
        raise RelatoriaError(f"{path} cannot be read as a list of recommendations ({error!r}).") from error


def values(entry: Entry, label: str) -> list[str]:
    """The values of a label.

    >>> values({"Tema": "Paz", "Destinatario": ["Congreso", ""]}, "Destinatario")
    ['Congreso']
    """
    stated = entry.get(label) or []
    return [one.strip() for one in ([stated] if isinstance(stated, str) else stated) if one.strip()]


def written(entries: Iterable[Entry]) -> str:
    r"""The report that prints them.

    >>> written([{"Recomendación": "Al Congreso, legislar.", "Tema": "Paz", "Plazo": "Corto"}]).split("\n\n")[2]
    '• Al Congreso, legislar.\n  Tema: Paz\n  Plazo: Corto\n'
    """
    items = [
        "\n  ".join(
            [
                "• " + re.sub(r"\s*\n\s*", "\n  ", str(one["Recomendación"])),
                *(f"{label}: {'; '.join(some)}" for label in LABELS if (some := values(one, label))),
            ]
        )
        for one in entries
    ]
    return "\n\n".join(["Comisión de la Verdad", "Recomendaciones", *items]) + "\n"


def questions(entries: Sequence[Entry]) -> list[tuple[str, str, frozenset[int]]]:
    """Kind, question, and the places of the recommendations that a right answer lists."""

    def having(label: str, value: str) -> frozenset[int]:
        return frozenset(place for place, one in enumerate(entries) if value in values(one, label))

    def distinct(label: str) -> list[str]:
        return list(dict.fromkeys(value for one in entries for value in values(one, label)))

    asked = [
        ("addressee", form.format(name), having("Destinatario", addressee))
        for addressee, names in ADDRESSEES.items()
        for form, name in zip(FORMS, names, strict=False)
    ]
    asked += [
        ("theme", f"Todas las recomendaciones sobre el tema «{theme}»", having("Tema", theme))
        for theme in distinct("Tema")
    ]
    asked += [
        ("term", f"¿Qué recomendaciones son de {term.lower()} plazo?", having("Plazo", term))
        for term in distinct("Plazo")
    ]
    return [one for one in asked if one[2]]


def known_by(text: str) -> str:
    """The first letters and digits of a text, whatever stands between them.

    >>> known_by("• Al Congreso:\\n legislar")
    'alcongresolegislar'
    """
    return "".join(filter(str.isalnum, text)).lower()[:_KNOWN_BY]


def rows(listed: Sequence[Listed]) -> list[Row]:
    """The three figures of each kind, and of all; only of all against the targets."""
    made: list[Row] = []
    for kind in (*dict.fromkeys(one.kind for one in listed), "all questions"):
        some = [one for one in listed if kind in (one.kind, "all questions")]
        targets = TARGETS if kind == "all questions" else {}
        for name, figure in FIGURES.items():
            ours = interval(some, lambda one: one.question, averaged(figure))
            made.append(Row(SUITE, kind, "all", name, len(some), {OURS: ours}, targets.get(name)))
    return made


def averaged(figure: Callable[[Listed], float]) -> Callable[[Sequence[Listed]], float]:
    """The mean of a figure over questions."""
    return lambda some: mean([figure(one) for one in some])


def _listed(kind: str, question: str, wanted: frozenset[int], cited: Sequence[int | None]) -> Listed:
    found = frozenset(one for one in cited if one is not None)
    return Listed(kind, question, wanted, found, sum(one is None for one in cited))


FIGURES: dict[str, Callable[[Listed], float]] = {
    "exact sets": lambda one: float(one.exact),
    "recall": lambda one: one.recall,
    "precision": lambda one: one.precision,
}
