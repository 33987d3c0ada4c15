"""Plain http, for what is signed itself: the same guards, and for nothing else."""

import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from lms.outbound import target
from lms.outbound.client import Client, Limits, Unanswered, trust
from lms.outbound.target import Refused
from tests.outbound.serving import Served, plain
from tests.outbound.test_client import Names

HOST = "lists.test"


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with plain() as found:
        yield found


@pytest.fixture
def client(served: Served) -> Client:
    return Client(
        Names([["127.0.0.1"]]),
        trust(),
        "Sijil of a test",
        frozenset({(HOST, served.port)}),
        Limits(wait=2, whole=4, size=200_000),
    )


def at(served: Served, path: str) -> str:
    return f"http://{HOST}:{served.port}{path}"


def test_what_is_signed_is_asked_for(client: Client, served: Served) -> None:
    answer = client.send("POST", at(served, "/ok?a=b"), body=b"asked", signed_itself=True)
    assert (answer.status, answer.body) == (200, b'{"path": "/ok?a=b"}')
    heard = served.heard[-1]
    assert (heard.method, heard.body) == ("POST", b"asked")
    assert heard.headers["host"] == f"{HOST}:{served.port}"
    assert heard.headers["accept-encoding"] == "identity"


def test_nothing_else_is(client: Client, served: Served) -> None:
    before = len(served.heard)
    with pytest.raises(Refused, match="only https"):
        client.send("GET", at(served, "/ok"))
    for url in ("ftp://lists.test/", "file:///etc/passwd", "http://me:secret@lists.test/"):
        with pytest.raises(Refused):
            client.send("GET", url, signed_itself=True)
    assert len(served.heard) == before


def test_port_80_needs_no_entry_and_every_other_does() -> None:
    found = target.read("http://lists.test/one.crl", signed_itself=True)
    assert (found.port, found.standard_port, found.authority) == (80, 80, "lists.test")
    crossed = target.read("http://lists.test:443/", signed_itself=True)
    assert crossed.port != crossed.standard_port
    tls = target.read("https://lists.test:80/", signed_itself=True)
    assert (tls.plain, tls.standard_port) == (False, 443)


def test_ports_and_inner_addresses_are_for_listed_hosts_only(
    client: Client, served: Served
) -> None:
    before = len(served.heard)
    unlisted = replace(client, listed=frozenset())
    with pytest.raises(Refused, match="not listed"):
        unlisted.send("GET", at(served, "/ok"), signed_itself=True)
    for url in (f"http://{HOST}/ok", "http://127.0.0.1/", "http://[::1]/"):
        with pytest.raises(Refused, match="not reached"):
            unlisted.send("GET", url, signed_itself=True)
    with pytest.raises(Refused, match="not reached"):  # listed for https, at its port
        replace(client, listed=frozenset({(HOST, 443)})).send(
            "GET", f"http://{HOST}/ok", signed_itself=True
        )
    lured = replace(client, resolver=Names([["203.0.114.1", "169.254.169.254"]]))
    with pytest.raises(Refused, match="not reached"):
        lured.send("GET", at(served, "/ok"), signed_itself=True)
    assert len(served.heard) == before


def test_a_name_is_asked_once(client: Client, served: Served) -> None:
    names = Names([["127.0.0.1"], ["127.0.0.2"]])
    sent = replace(client, resolver=names).send("GET", at(served, "/ok"), signed_itself=True)
    assert (sent.status, len(names.asked)) == (200, 1)


@pytest.mark.parametrize(
    ("path", "why"),
    [("/redirect", "redirects"), ("/packed", "packed"), ("/large", "larger than 200000")],
)
def test_answers_are_bounded_as_over_tls(
    client: Client, served: Served, path: str, why: str
) -> None:
    before = len(served.heard)
    with pytest.raises(Refused, match=why):
        client.send("GET", at(served, path), signed_itself=True)
    assert len(served.heard) == before + 1


def test_half_an_answer_is_none(client: Client, served: Served) -> None:
    with pytest.raises(Unanswered):
        client.send("GET", at(served, "/declared"), signed_itself=True)


@pytest.mark.parametrize("path", ["/drip", "/dripping_headers"])
def test_bytes_that_drip_do_not_outlast_the_deadline(
    client: Client, served: Served, path: str
) -> None:
    hasty = replace(client, limits=Limits(wait=0.5, whole=0.6))
    began = time.monotonic()
    with pytest.raises(Unanswered):
        hasty.send("GET", at(served, path), signed_itself=True)
    assert 0.5 < time.monotonic() - began < 3


def test_who_neither_reads_nor_speaks_is_left(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        hasty = replace(
            client, listed=frozenset({(HOST, port)}), limits=Limits(wait=0.3, whole=0.5)
        )
        began = time.monotonic()
        for body in (b"", bytes(20_000_000)):
            with pytest.raises(Unanswered):
                hasty.send("POST", f"http://{HOST}:{port}/", body=body, signed_itself=True)
        assert time.monotonic() - began < 4
