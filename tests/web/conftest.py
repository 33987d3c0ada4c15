"""A small application that holds the web frame alone, without database or features."""

from pathlib import Path

import pytest
from flask import Blueprint, Flask, abort, flash, redirect
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, login_user
from jinja2 import StrictUndefined
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as WaitedTooLong

from lms import paths
from lms.config import Settings
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.resting import OutcomeUnknown
from lms.web import init_app, navigation


class Person(UserMixin):
    """Somebody who can be signed in."""

    id = "7"
    name = "Nur Aisyah <b>"
    locale = "id"
    seconds_left = 1800


def _people() -> Blueprint:
    people = Blueprint("people", __name__)
    people.add_url_rule("/sign-in", "sign_in", lambda: "sign in")
    people.add_url_rule("/sign-out", "sign_out", lambda: "out", methods=["POST"])
    people.add_url_rule("/desk", "desk", lambda: "desk")
    people.add_url_rule("/account", "account", lambda: "account")
    people.add_url_rule("/keep", "keep", lambda: "kept", methods=["POST"])

    @people.get("/enter")
    def enter() -> ResponseReturnValue:
        login_user(Person())
        flash("Welcome", "success")
        return redirect("/missing")

    return people


def _failing() -> Blueprint:
    failing = Blueprint("failing", __name__)
    errors = {
        "not-found": NotFound(),
        "forbidden": Forbidden("own-work"),
        "conflict": Conflict("already-enrolled"),
        "invalid": Invalid(fields={"file": "file-empty"}),
        "crash": RuntimeError("private detail"),
        "resting": OperationalError("select 1", {}, OSError("private detail")),
        "busy": WaitedTooLong("another writer takes too long"),
        "wrong-statement": ProgrammingError("select", {}, ValueError("private detail")),
        "unknown": OutcomeUnknown(),
    }

    @failing.get("/fail/<kind>")
    @failing.get("/api/fail/<kind>")
    def fail(kind: str) -> ResponseReturnValue:
        if kind.isdecimal():
            abort(int(kind))
        raise errors[kind]

    return failing


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(navigation, "_ENTRIES", {})
    made = Flask("lms", template_folder=str(paths.TEMPLATES), static_folder=str(paths.STATIC))
    made.config.update(LMS=Settings(instance=tmp_path), SECRET_KEY="x" * 40)
    init_app(made)
    manager = LoginManager()
    manager.user_loader(lambda _id: Person())
    manager.init_app(made)
    made.jinja_env.undefined = StrictUndefined
    made.register_blueprint(_people())
    made.register_blueprint(_failing())
    return made
