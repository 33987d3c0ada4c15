"""The client against a real server: what it says, what it refuses, when it gives up."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path

import pytest

from lms.outbound.addresses import Address
from lms.outbound.client import Client, Limits, Unanswered, trust
from lms.outbound.resolving import SystemResolver
from lms.outbound.target import Refused
from tests.outbound.serving import Served, https

HOST = "witness.test"


@dataclass
class Names:
    """A resolver that knows one answer for each time it is asked, and the last one from then on."""

    answers: list[list[str]]
    asked: list[str] = field(default_factory=list)

    def addresses(self, host: str, port: int, *, seconds: float) -> list[Address]:
        """The next answer."""
        del port, seconds
        self.asked.append(host)
        now = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [ip_address(each) for each in now]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with https(tmp_path_factory.mktemp("https"), HOST) as found:
        yield found


@pytest.fixture
def client(served: Served) -> Client:
    return Client(
        Names([["127.0.0.1"]]),
        trust(str(served.ca)),
        "Sijil of a test",
        frozenset({(HOST, served.port)}),
        Limits(wait=2, whole=4, size=200_000),
    )


def at(served: Served, path: str) -> str:
    return f"https://{HOST}:{served.port}{path}"


def test_it_asks_and_hears(client: Client, served: Served) -> None:
    answer = client.send(
        "POST",
        at(served, "/ok?a=b"),
        body=b'{"a": 1}',
        headers={"Content-Type": "application/json"},
    )
    assert (answer.status, answer.body) == (200, b'{"path": "/ok?a=b"}')
    heard = served.heard[-1]
    assert (heard.method, heard.body) == ("POST", b'{"a": 1}')
    assert heard.headers["host"] == f"{HOST}:{served.port}"
    assert heard.headers["user-agent"] == "Sijil of a test"
    assert heard.headers["content-type"] == "application/json"


def test_nothing_of_the_environment_or_of_an_earlier_answer_comes_along(
    client: Client, served: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text(f"machine {HOST} login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert client.send("GET", at(served, "/ok")).headers["set-cookie"] == "taste=plain"
    assert client.send("GET", at(served, "/ok")).status == 200
    assert not {"cookie", "authorization", "proxy-authorization"} & set(served.heard[-1].headers)


def test_errors_of_the_other_side_are_answers(client: Client, served: Served) -> None:
    served.statuses[:] = [503]
    assert client.send("GET", at(served, "/head")).status == 503


def test_a_redirect_is_not_followed(client: Client, served: Served) -> None:
    before = len(served.heard)
    with pytest.raises(Refused, match="redirects"):
        client.send("GET", at(served, "/redirect"))
    assert len(served.heard) == before + 1


def test_too_large_an_answer_is_dropped_while_it_comes(client: Client, served: Served) -> None:
    with pytest.raises(Refused, match="larger than 200000"):
        client.send("GET", at(served, "/large"))
    generous = replace(client, limits=Limits(wait=2, whole=20, size=20_000_000))
    assert len(generous.send("GET", at(served, "/large")).body) == 20_000_000


def test_a_packed_answer_is_not_unpacked(client: Client, served: Served) -> None:
    with pytest.raises(Refused, match="packed"):
        client.send("GET", at(served, "/packed"))
    assert served.heard[-1].headers["accept-encoding"] == "identity"


def test_half_an_answer_is_none(client: Client, served: Served) -> None:
    with pytest.raises(Unanswered):
        client.send("GET", at(served, "/declared"))


@pytest.mark.parametrize("path", ["/drip", "/dripping_headers"])
def test_bytes_that_drip_do_not_outlast_the_deadline(
    client: Client, served: Served, path: str
) -> None:
    hasty = replace(client, limits=Limits(wait=0.5, whole=0.6))
    began = time.monotonic()
    with pytest.raises(Unanswered):
        hasty.send("GET", at(served, path))
    assert 0.5 < time.monotonic() - began < 3


def test_a_server_that_says_nothing_is_left(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        hasty = replace(client, listed=frozenset({(HOST, port)}), limits=Limits(wait=0.3))
        began = time.monotonic()
        with pytest.raises(Unanswered):
            hasty.send("GET", f"https://{HOST}:{port}/")
        assert time.monotonic() - began < 3


def test_nobody_there(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(Unanswered):
        replace(client, listed=frozenset({(HOST, port)})).send("GET", f"https://{HOST}:{port}/")


def test_the_next_address_is_tried_where_nobody_answers(client: Client, served: Served) -> None:
    two = replace(client, resolver=Names([["127.0.0.9", "127.0.0.1"]]))
    assert two.send("GET", at(served, "/ok")).status == 200


def test_a_certificate_of_somebody_else_is_none(client: Client, served: Served) -> None:
    other = replace(client, listed=frozenset({("other.test", served.port)}))
    before = len(served.heard)
    with pytest.raises(Unanswered, match=r"SSL|Certificate"):
        other.send("GET", f"https://other.test:{served.port}/ok")
    with pytest.raises(Unanswered, match=r"SSL|Certificate"):  # of nobody we trust
        replace(client, context=trust()).send("GET", at(served, "/ok"))
    assert len(served.heard) == before


def test_an_inner_address_is_for_listed_hosts_only(client: Client, served: Served) -> None:
    before = len(served.heard)
    unlisted = replace(client, listed=frozenset())
    with pytest.raises(Refused, match="not listed"):
        unlisted.send("GET", at(served, "/ok"))
    with pytest.raises(Refused, match=r"not reached: 127\.0\.0\.1"):
        unlisted.send("GET", f"https://{HOST}/ok")
    with pytest.raises(Refused, match="not listed"):  # listed at another port
        replace(client, listed=frozenset({(HOST, 1)})).send("GET", at(served, "/ok"))
    assert len(served.heard) == before


def test_one_bad_address_among_good_ones_is_enough(client: Client) -> None:
    mixed = replace(client, resolver=Names([["203.0.114.1", "169.254.169.254"]]))
    with pytest.raises(Refused, match=r"169\.254"):
        mixed.send("GET", f"https://{HOST}/")


def test_even_a_listed_host_does_not_lead_to_the_metadata_of_a_cloud(
    client: Client, served: Served
) -> None:
    for address in ("169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "224.0.0.1"):
        lured = replace(client, resolver=Names([[address]]))
        with pytest.raises(Refused, match="not reached"):
            lured.send("GET", at(served, "/ok"))


def test_a_name_that_changes_its_mind_is_asked_once(client: Client, served: Served) -> None:
    names = Names([["127.0.0.1"], ["127.0.0.2"]])
    before = len(served.heard)
    assert replace(client, resolver=names).send("GET", at(served, "/ok")).status == 200
    assert (len(names.asked), len(served.heard)) == (1, before + 1)


@pytest.mark.parametrize(
    "url",
    [
        "http://witness.test/",
        "ftp://witness.test/",
        "file:///etc/passwd",
        "https:///nowhere",
        "https://me:secret@witness.test/",
        "https://@witness.test/",
        "https://witness.test\\@other.test/",
        "https://witness.test/\r\nX: y",
        "https://witness.test/ a",
        "https://wítness.test/",
        "https://witness.test:99999/",
        "https://[::1/",
        "https://%31%32%37.0.0.1/",
        "witness.test",
    ],
)
def test_what_is_no_https_address_is_not_asked(client: Client, url: str) -> None:
    with pytest.raises(Refused):
        client.send("GET", url)


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_numbers_instead_of_names_are_looked_at_as_well(client: Client, host: str) -> None:
    real = replace(client, resolver=SystemResolver())
    with pytest.raises(Refused, match="not reached"):
        real.send("GET", f"https://{host}/")


def test_the_resolver_of_the_machine() -> None:
    found = SystemResolver().addresses("localhost", 443, seconds=5)
    assert ip_address("127.0.0.1") in found or ip_address("::1") in found
    with pytest.raises(OSError, match="gaierror"):
        SystemResolver().addresses("no-such-host.invalid", 443, seconds=10)


def test_a_resolver_that_sleeps_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    awake = threading.Event()

    def sleep(*_args: object, **_named: object) -> list[object]:
        awake.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", sleep)
    with pytest.raises(TimeoutError):
        SystemResolver().addresses("witness.test", 443, seconds=0.1)
    awake.set()
