"""The names that other programs may rely on."""

import subprocess
import sys

import pytest

import relatoria


def test_every_public_name_is_there_and_none_more() -> None:
    assert sorted(relatoria._HOME) == relatoria.__all__
    for name in relatoria.__all__:
        assert getattr(relatoria, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = relatoria.Nothing


def test_importing_it_loads_nothing() -> None:
    script = "import sys, relatoria; sys.exit(any(m in sys.modules for m in ('numpy', 'torch', 'langchain_core')))"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_it_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "relatoria", "--help"], capture_output=True, text=True, check=True)
    assert "usage: relatoria" in done.stdout
