"""The plugin for pytest, in a pytest run of its own, over a small report and the real model."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

REPORT = """# Informe sobre calles peatonales

## Recomendaciones

1. Los ayuntamientos deben cerrar al tráfico las calles escolares a la hora de entrada.
2. Se podría ampliar el horario de los mercados en las plazas.
3. Los ayuntamientos deben plantar árboles en las calles peatonales.
"""
CASES = """
{"name": "trees-en", "language": "en", "question": "What should be planted in pedestrian streets?", "any": ["r03"]}
{"name": "wrong-en", "language": "en", "question": "What should be planted?", "exact": ["r01"], "why": "A wrong case."}
"""
TESTS = """
def test_ask(relatoria):
    assert relatoria.ask("¿Qué deben plantar los ayuntamientos?").status == "answered"

def test_case(relatoria):
    assert relatoria.case("trees-en").cited[0] == "calles#r03"

def test_check(relatoria):
    relatoria.check(question="¿Cuántas recomendaciones hay?", exact=["r01", "r02", "r03"], total=3)
    relatoria.check(question="How do I bake bread?", status="out_of_scope")
    relatoria.check(turns=[{"question": "¿Qué deben plantar?"}, {"question": "¿a quién se dirige?", "any": ["r03"]}])

def test_wrong(relatoria):
    relatoria.case("wrong-en")

def test_number(relatoria):
    relatoria.check(question="¿Cuántas recomendaciones hay?", exact=["r01", "r02", "r03"], total=4)

def test_unknown_case(relatoria):
    relatoria.case("tree-en")

def test_unknown_id(relatoria):
    relatoria.check(question="¿Qué?", any=["r3"])
"""


def put(folder: Path) -> None:
    folder.mkdir()
    (folder / "Calles.md").write_text(REPORT, encoding="utf-8")
    (folder / "Calles.jsonl").write_text(CASES, encoding="utf-8")


@pytest.fixture
def run(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeconftest('pytest_plugins = ["evals.pytest_plugin"]')
    put(pytester.path / "own")
    return pytester


def test_the_fixture_asks_the_folder(run: pytest.Pytester) -> None:
    run.makepyfile(TESTS)
    result = run.runpytest_inprocess("--relatoria=own", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=3, failed=4)
    result.stdout.fnmatch_lines(
        [
            "wrong-en: not right",
            "  asked:    What should be planted?",
            "  expected: r01 and no others",
            "    calles#r01: Los ayuntamientos deben cerrar al tráfico*",
            "  got:      answered, r03*",
            "    calles#r03: Los ayuntamientos deben plantar árboles*",
            "  why:      A wrong case.",
            "  number:   3 in all, not 4",
            "There is no case 'tree-en' among 2. The nearest are: trees-en*",
            "check: there is no passage 'calles#r3'. The nearest are r0*",
        ]
    )
    assert "run_case" not in result.stdout.str()  # nothing of ours in the way of the message


def test_the_folder_of_the_ini_file(run: pytest.Pytester) -> None:
    run.makeini("[pytest]\nrelatoria = own")
    run.makepyfile('def test_case(relatoria):\n    relatoria.case("trees-en")')
    run.runpytest_inprocess().assert_outcomes(passed=1)


def test_a_folder_without_cases_is_said(run: pytest.Pytester) -> None:
    (run.path / "void").mkdir()
    run.makepyfile("def test_case(relatoria):\n    pass")
    result = run.runpytest_inprocess("--relatoria=void")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["void holds no cases. *"])


def test_the_installed_index(
    run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, assistant: "object", report_file: Path
) -> None:
    monkeypatch.setenv("RELATORIA_INDEX", str(getattr(assistant, "index").folder))  # noqa: B009
    run.makepyfile('def test_case(relatoria):\n    relatoria.case("return-es")')
    run.runpytest_inprocess().assert_outcomes(passed=1)


def test_it_costs_nothing_to_load() -> None:
    code = (
        "import sys, evals.pytest_plugin; print(*(one for one in ('numpy', 'torch', 'chromadb') if one in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
