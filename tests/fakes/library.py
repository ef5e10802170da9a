"""A library of many reports: twelve of ten recommendations, and one of hostile ones; their vectors cost nothing."""

from contextlib import AbstractContextManager
from pathlib import Path
from unittest.mock import patch

from evals.performance.synthetic import WordEmbedder, write_reports
from ingest.sources import find_sources
from retrieval.assistant import Assistant
from retrieval.index import index
from tests.app.web.test_page import HOSTILE

LIBRARY_SIZE = 120  # recommendations, beside the hostile ones


def build_library(folder: Path) -> Assistant:
    """Write the reports into a folder, and an index of them."""
    write_reports(folder / "reports", 12, 10)
    hostile = "\n\n".join(
        f"• Los países deben leer esto: {' '.join(words.split())}" for words in HOSTILE if "\0" not in words
    )
    (folder / "reports" / "zz.txt").write_text(f"Informe\n\nRecomendaciones\n\n{hostile}\n", encoding="utf-8")
    (folder / "reports" / "zz.toml").write_text(
        'title = "<script>window.hacked=1</script> ${x} \\"a\\""\nlanguage = "es"\n', encoding="utf-8"
    )
    assistant = Assistant(folder / "index")
    with judged_by_rules():
        assistant.index.update(find_sources([folder / "reports"]), WordEmbedder)
    return assistant


def judged_by_rules() -> AbstractContextManager[object]:
    """While it lasts, passages are filed by rules alone: vectors without meaning, by a model's name, say nothing."""
    return patch.object(index, "judge_report", lambda _report, passages, *_: passages)
