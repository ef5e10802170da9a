"""A pytest plugin: the fixture ``relatoria``, an assistant whose answers are asserted against cases.

In the conftest.py at the root of your tests::

    pytest_plugins = ["evals.pytest_plugin"]

and in a test::

    def test_return_migration(relatoria):
        relatoria.check(question="¿Qué se recomendó sobre la migración de retorno?", any=["1.1-r09"])

`--relatoria=FOLDER` (or ``relatoria = FOLDER`` in the ini file, from its folder) names reports and their cases, as for
`relatoria eval FOLDER`; without either it is the installed index with the product's cases. See docs/evaluation.md.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # heavy: imported when the first test asks for the fixture
    from evals.run.cases import Case
    from evals.run.runner import Outcome
    from retrieval.assistant import Assistant
    from retrieval.results import Answer


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the option and the ini value that name the folder of reports and cases."""
    text = "the folder of reports and cases that the fixture `relatoria` asks (default: the installed index)"
    parser.getgroup("relatoria").addoption("--relatoria", metavar="FOLDER", default=None, help=text)
    parser.addini("relatoria", text, type="string", default="")


@dataclass(frozen=True)
class Relatoria:
    """Value of the fixture: an assistant and its files of cases."""

    assistant: "Assistant"
    files: Sequence[Path]  # of cases

    @cached_property
    def cases(self) -> Sequence["Case"]:
        """The cases of the folder. Raises RelatoriaError where one cannot be used."""
        from evals.run.cases import load_case_files

        return load_case_files(self.files, {passage.id for passage in self.assistant.index.store.passages()})

    def ask(self, question: str) -> "Answer":
        """Ask a question."""
        return self.assistant.ask(question)

    def case(self, name: str) -> "Outcome":
        """Assert that a case of the folder is right; of a conversation's turn, the name is "NAME/2"."""
        __tracebackhide__ = True
        from ingest.errors import RelatoriaError

        try:
            cases = self.cases
        except RelatoriaError as error:
            return pytest.fail(str(error), pytrace=False)
        for case in cases:
            if case.name == name:
                return self._assert(case)
        import difflib

        names = [case.name for case in cases]
        close = difflib.get_close_matches(name, names, n=3, cutoff=0.3)
        near = f" The nearest are: {', '.join(close)}." if close else ""
        return pytest.fail(f"There is no case {name!r} among {len(names)}.{near}", pytrace=False)

    def check(self, **stated: Any) -> "Outcome":
        """Assert on a case given inline, with the keys of a line of a file of cases.

        "name" and "language" may be left out ("und": no language is held against the answer). Ids are whole
        ("report#1.2-r07"), or of the one report that there is. The last turn's outcome where "turns" are given.
        """
        __tracebackhide__ = True
        from evals.run.cases import parse_cases
        from ingest.errors import RelatoriaError

        ids = {passage.id for passage in self.assistant.index.store.passages()}
        reports = sorted({id_.partition("#")[0] for id_ in ids})
        line = json.dumps({"name": "check", "language": "und", **stated}, ensure_ascii=False, default=str)
        try:
            cases = parse_cases(line, "check", reports[0] if len(reports) == 1 else "", ids)
        except RelatoriaError as error:
            return pytest.fail(str(error), pytrace=False)
        return [self._assert(case) for case in cases][-1]

    def _assert(self, case: "Case") -> "Outcome":
        __tracebackhide__ = True
        from evals.run.runner import run_case

        outcome = run_case(self.assistant, case)
        if not outcome.right:
            pytest.fail(self._failure_message(outcome), pytrace=False)
        return outcome

    def _failure_message(self, outcome: "Outcome") -> str:
        """Failure message: question, expected and actual result, with the text of the cited and gold passages."""
        from ingest.report import normalize_for_display

        case = outcome.case
        texts = {passage.id: normalize_for_display(passage.text) for passage in self.assistant.index.store.passages()}

        def shown(ids: Sequence[str]) -> list[str]:
            return [f"    {id_}: {texts.get(id_, '')[:160]}" for id_ in ids]

        lines = [f"{case.name}: not right", *(f"  before:   {question}" for question in case.before)]
        lines += [f"  asked:    {case.question}", f"  expected: {outcome.expected}"]
        lines += shown(case.gold)
        lines += [f"  got:      {outcome.got}"]
        lines += shown(outcome.cited)
        lines += [f"  {fault}" for fault in _describe_faults(outcome)]
        lines += [f"  found:    {', '.join(outcome.ranked[:5])}"] if outcome.ranked and not outcome.cited else []
        return "\n".join([*lines, *([f"  why:      {case.why}"] if case.why else [])])


def _describe_faults(outcome: "Outcome") -> Iterator[str]:
    """Faults that the passage ids alone do not show."""
    case = outcome.case
    if case.total is not None and outcome.total != case.total:
        yield f"number:   {outcome.total} in all, not {case.total}"
    if case.strength and outcome.strength != case.strength:
        yield f"strength: {outcome.strength or 'none'}, not {case.strength}"
    for name in ("quotes", "statements"):
        share = getattr(outcome, name)
        if share.count < share.of:
            yield f"{name}: {share.of - share.count} of {share.of} do not rest on the source"


@pytest.fixture(scope="session")
def relatoria(request: pytest.FixtureRequest) -> Iterator[Relatoria]:
    """The assistant and the cases; a named folder is indexed once a session."""
    from evals.run.setup import find_reports_and_cases, open_setup
    from ingest.errors import RelatoriaError
    from retrieval.assistant import Assistant
    from retrieval.models.embedder import BUNDLED_MODEL

    model = os.environ.get("RELATORIA_EMBEDDING_MODEL") or BUNDLED_MODEL
    folder = _reports_folder(request.config)
    with ExitStack() as stack:
        try:
            reports, files = find_reports_and_cases(folder)
            under = stack.enter_context(
                open_setup(
                    lambda index, embedder, _: Assistant(index, model, embedder=embedder),
                    None if folder else _installed_index(),
                    reports,
                    reorder=False,
                )
            )
        except RelatoriaError as error:
            pytest.fail(str(error), pytrace=False)
        yield Relatoria(under.assistant, files)


def _reports_folder(config: pytest.Config) -> Path | None:
    if typed := config.getoption("--relatoria"):
        return Path(typed).expanduser()
    stated = str(config.getini("relatoria"))
    return config.rootpath / Path(stated).expanduser() if stated else None


def _installed_index() -> Path:
    """The index folder that `relatoria ask` queries."""
    if stated := os.environ.get("RELATORIA_INDEX"):
        return Path(stated).expanduser()
    from platformdirs import user_data_path

    return user_data_path("relatoria", appauthor=False) / "index"
