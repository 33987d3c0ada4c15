"""Settings that are lists or addresses are read at the start, or refused with what to do."""

from pathlib import Path

import pytest

from lms import config
from lms.config import Misconfigured
from lms.outbound.target import listed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("audit_witnesses", "nobody"),
        ("audit_witnesses", "one@x.example fr"),
        ("audit_witnesses", "one@x.example;two@x.example en"),
        ("audit_witness_url", "http://witness.example"),
        ("outbound_hosts", "https://tsa.example"),
        ("outbound_hosts", "tsa.example/path"),
        ("outbound_ca", "/no/such/file.pem"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=f"LMS_{name.upper()}"):
        config.load({"instance": tmp_path, name: value})


def test_witnesses_have_a_language() -> None:
    settings = config.Settings(Path(), audit_witnesses="a@x.example,  b@y.example  en , ")
    assert settings.witnesses == [("a@x.example", "ms"), ("b@y.example", "en")]


def test_what_settings_take_as_hosts_the_client_takes_too(tmp_path: Path) -> None:
    hosts = "tsa.example, TSA_2.example:8443,10.0.0.5,[fd00::1]:444"
    assert config.load({"instance": tmp_path, "outbound_hosts": hosts}).outbound_hosts == hosts
    assert len(listed(hosts)) == 4


def test_the_present_key_comes_first() -> None:
    settings = config.Settings(Path(), data_key="new", data_key_old="old older")
    assert settings.data_keys == ("new", "old", "older")
