"""What the browser keeps, and whom the server believes about where a request comes from."""

from pathlib import Path

import pytest
from flask import Flask, request

from lms import create_app
from lms.web import visitor
from tests.prepared import settings

PRODUCTION = {
    "production": True,
    "base_url": "https://sijil.example",
    "secret_key": "b1n8Zk3Qw0pYt7Lx5Vc9Rm2Hs6Jd4Fg-aSdFgH",
    "data_key": "z3X6c9V2b5N8m1K4j7H0g-PoIuYtReWqLkJhG",
    "audit_key": "q7Wn2Xc9Lk4Vt8Zb3Mf6Hd1Js5Rg0Py-eRtYuI",
}


def app_with(folder: Path, **more: object) -> Flask:
    return create_app(settings(folder, f"sqlite:///{folder}/none.sqlite3", **more))


def test_the_cookie_of_production_goes_nowhere_else(tmp_path: Path) -> None:
    app = app_with(tmp_path, testing=False, **PRODUCTION)
    answer = app.test_client().get("/sign-in", base_url="https://sijil.example")
    cookies = [line for line in answer.headers.getlist("Set-Cookie") if "__Host-lms=" in line]
    assert len(cookies) == 1
    parts = {part.strip() for part in cookies[0].split(";")[1:]}
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
    assert not any(part.startswith("Domain") for part in parts)


@pytest.mark.parametrize(
    ("hops", "forwarded", "believed"),
    [
        (0, "198.51.100.7", "192.0.2.9"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.1, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.1, 198.51.100.7", "203.0.113.1"),
        (2, "198.51.100.7", "192.0.2.9"),
    ],
)
def test_a_proxy_is_believed_for_exactly_as_many_hops(
    tmp_path: Path, hops: int, forwarded: str, believed: str
) -> None:
    app = app_with(tmp_path, proxy_hops=hops)
    seen: list[str] = []

    @app.before_request
    def note() -> str:
        seen.append(visitor.network())
        return request.path

    app.test_client().get(
        "/healthz",
        headers={"X-Forwarded-For": forwarded},
        environ_base={"REMOTE_ADDR": "192.0.2.9"},
    )
    assert seen == [believed]
