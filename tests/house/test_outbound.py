"""The program talks to the network in one place; every other place is here with its reason."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.test_source import trees

NETWORK = {
    "aiohttp",
    "ftplib",
    "http.client",
    "httpcore",
    "httpx",
    "requests",
    "smtplib",
    "socket",
    "urllib.request",
    "urllib3",
    "xmlrpc.client",
}
EXCEPTIONS = {
    # Pairs of sockets between a process and the one that reads strangers' files for it.
    "lms/checking/apart.py": {"socket"},
    "lms/checking/inspector.py": {"socket"},
    "lms/doctor.py": {"smtplib"},  # names the exceptions of the mail transport
    "lms/mail/transport.py": {"smtplib"},  # mail leaves by SMTP, to the server that is configured
    "lms/storage/scanning.py": {"socket"},  # clamd has a protocol of its own
}


def imported(tree: ast.AST) -> Iterator[str]:
    """The full names of what is imported: ``from urllib import request`` is urllib.request."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def of_the_network(tree: ast.AST) -> set[str]:
    """Which parts of the network a module takes hold of."""
    names = set(imported(tree))
    return {each for each in NETWORK if any(f"{name}.".startswith(f"{each}.") for name in names)}


def test_only_the_outbound_client_opens_connections() -> None:
    found = {}
    for path, tree in trees():
        place = path.as_posix().rpartition("/lms/")[2]
        if of_the_network(tree) and not place.startswith("outbound/"):
            found[f"lms/{place}"] = of_the_network(tree)
    assert found == EXCEPTIONS


# What lets plain http in, with who looks at the signature on what comes.
SIGNED_THEMSELVES = {"lms/certificates/told.py"}  # pyHanko, by way of foreign_lists


def lets_plain_http_in(tree: ast.AST) -> bool:
    """Whether a call names what only the outbound client takes."""
    named = (one.arg for one in ast.walk(tree) if isinstance(one, ast.keyword))
    return "signed_itself" in named


def test_plain_http_is_for_what_is_signed_itself() -> None:
    places = (
        path.as_posix().rpartition("/lms/")[2] for path, tree in trees() if lets_plain_http_in(tree)
    )
    assert {f"lms/{one}" for one in places if not one.startswith("outbound/")} == SIGNED_THEMSELVES
    assert lets_plain_http_in(ast.parse("client().send('GET', url, signed_itself=True)"))


@pytest.mark.parametrize(
    ("line", "network"),
    [
        ("import urllib.request", {"urllib.request"}),
        ("from urllib import request", {"urllib.request"}),
        ("from urllib.request import urlopen as get", {"urllib.request"}),
        ("import urllib3.connection", {"urllib3"}),
        ("def f():\n    from http import client", {"http.client"}),
        ("from urllib.parse import urlsplit", set()),
        ("from http import HTTPStatus", set()),
        ("import requests_of_people", set()),
    ],
)
def test_the_guard_sees_each_way_to_import(line: str, network: set[str]) -> None:
    assert of_the_network(ast.parse(line)) == network
