"""What the server is told: an option goes before its variable, the variable before the default."""

import os

import pytest

from app.cli.environment import page_settings, quiet_libraries
from app.cli.options import build_parser
from app.settings import UPLOAD_QUOTA, Settings
from ingest.errors import RelatoriaError


def told(*options: str) -> Settings:
    return page_settings(build_parser().parse_args(["serve", *options]))


@pytest.mark.parametrize(
    ("option", "variable", "field", "default", "typed", "meant"),
    [
        ("--upload-quota", "UPLOAD_QUOTA", "upload_quota", UPLOAD_QUOTA, "10", 10 * 2**20),
        ("--read-rate", "READ_RATE", "read_rate", None, "5/minute", "5/minute"),
        ("--call-rate", "CALL_RATE", "call_rate", None, "5/minute", "5/minute"),
        ("--trusted-proxy", "TRUSTED_PROXIES", "trusted_proxies", (), "10.0.0.5", ("10.0.0.5",)),
    ],
)
def test_an_option_a_variable_a_default(
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    variable: str,
    field: str,
    default: object,
    typed: str,
    meant: object,
) -> None:
    monkeypatch.delenv(f"RELATORIA_{variable}", raising=False)
    assert getattr(told(), field) == default
    assert getattr(told(option, typed), field) == meant
    monkeypatch.setenv(f"RELATORIA_{variable}", typed)
    assert getattr(told(), field) == meant
    monkeypatch.setenv(f"RELATORIA_{variable}", "7")
    assert getattr(told(option, typed), field) == meant


@pytest.mark.parametrize("typed", ["0", "-1", "much", "inf", "nan"])
def test_a_quota_that_cannot_be_meant(typed: str) -> None:
    with pytest.raises(RelatoriaError, match="--upload-quota 2048"):
        told(f"--upload-quota={typed}")


def test_threads_that_wait_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    quiet_libraries()
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
