"""The healthy product, made once."""

import pytest

from evals.run.cases import CASES_FOLDER, load_case_files
from evals.run.embedders import CachingEmbedder
from evals.scorecard.gate import digest_passages, make_baseline
from retrieval.assistant import Assistant
from tests.evals.scorecard.healthy import REPORT, Healthy, Replayed, card, some_of


@pytest.fixture(scope="session")
def healthy(assistant: Assistant) -> Healthy:
    passages = tuple(assistant.index.store.passages())
    cases = some_of(load_case_files(sorted(CASES_FOLDER.glob("*.jsonl")), {passage.id for passage in passages}))
    embedder = CachingEmbedder(assistant.embedder())
    asked = Replayed(Assistant(assistant.index.folder, embedder=embedder))
    report = asked.report(REPORT)
    assert report
    baseline = make_baseline(card(asked, cases), digest_passages(passages))
    return Healthy(assistant.index.folder, embedder, asked, report, passages, tuple(cases), baseline)
