"""The verifier with the bundled report."""

import pytest

from evals.adversarial.hostile_model import VerifierHarness
from retrieval.assistant import Assistant
from tests.fakes.hostile_model import PASSAGES, trial_of


@pytest.fixture(scope="session")
def trial(assistant: Assistant) -> VerifierHarness:
    return trial_of(assistant, PASSAGES)
