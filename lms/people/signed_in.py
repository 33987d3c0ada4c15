"""The signed-in person as Flask-Login sees them: plain values, loaded once a request.

The cookie carries a secret; the session it opens stands in the database, where it can be ended.
"""

from datetime import datetime, timedelta

import flask
from flask import Flask, g, request
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user

from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import Invalid, NotFound
from lms.people import queries, sessions, who
from lms.people.models import User
from lms.people.rules import Lifetime
from lms.people.sessions import Lifetimes, Origin
from lms.people.who import Who
from lms.web import running, visitor
from lms.web.auth_guard import current_user_id, whoever

_COOKIE_KEY = "_user_id"  # where Flask-Login keeps what get_id() gives
_FILES = frozenset({"static", "fonts.font", "health.healthz"})


class SessionUser(UserMixin):
    """Who is signed in; independent of the database session."""

    def __init__(self, found: Who, secret: str) -> None:
        self.secret = secret
        self.session_id = found.session_id
        self.began_at, self.seen_at = found.began_at, found.seen_at
        self.confirmed_at = found.confirmed_at
        self.renewal_due, self.strong = found.renewal_due, found.strong
        self.name, self.locale, self.actor = found.name, found.locale, found.actor
        self.id = found.actor.user_id

    def get_id(self) -> str:
        """The secret kept in the signed cookie."""
        return self.secret

    @property
    def is_staff(self) -> bool:
        """Whether the person has any role: then the account is worth more to others."""
        return bool(self.actor.grants)

    @property
    def owes_second_factor(self) -> bool:
        """Whether the person's role demands a second factor, whatever they have set up."""
        return self.is_staff and running.settings().staff_second_factor

    @property
    def confirmed_lately(self) -> bool:
        """Whether the person proved not long ago who they are."""
        minutes = running.settings().confirm_minutes
        return clock.now() - self.confirmed_at < timedelta(minutes=minutes)

    @property
    def ends_at(self) -> datetime:
        """When the session ends unless another request comes."""
        return lifetimes().of(staff=self.is_staff).ends_at(self.began_at, self.seen_at)

    @property
    def seconds_left(self) -> int:
        """Seconds until the session ends unless another request comes."""
        return max(0, int((self.ends_at - clock.now()).total_seconds()))


def myself() -> User:
    """The row of whoever is signed in; raises NotFound when the account was closed just now."""
    found = queries.user_by_id(current_user_id())
    if found is None:
        raise NotFound
    return found


def lifetimes() -> Lifetimes:
    """The limits of sessions, as configured."""
    ours = running.settings()
    return Lifetimes(
        staff=Lifetime(
            timedelta(minutes=ours.session_staff_idle_minutes),
            timedelta(hours=ours.session_staff_hours),
        ),
        learner=Lifetime(
            timedelta(days=ours.session_learner_idle_days),
            timedelta(days=ours.session_learner_days),
        ),
    )


def replace_secret(secret: str) -> None:
    """Let the browser carry the new secret of its session from this answer on."""
    current_user.secret = flask.session[_COOKIE_KEY] = secret


def origin() -> Origin:
    """Where this request comes from."""
    return Origin(visitor.network(), request.user_agent.string)


def was_signed_in() -> bool:
    """Whether the browser carries the secret of a session, open or not."""
    return _COOKIE_KEY in flask.session


def of_secret(secret: str) -> SessionUser | None:
    """Whose session a secret opens, unless it has ended or run out."""
    now = clock.now()
    found = who.by_secret(secret, now=now)
    if found is None:
        return None
    person = SessionUser(found, secret)
    return person if now < person.ends_at else None


def arriving(secret: str) -> SessionUser:
    """Whose session was just begun, to be asked before the cookie of the browser is touched.

    When the database rests at this question, the form that was sent can be sent again. Raises
    Invalid when the session ended meanwhile: the account was closed in this moment.
    """
    person = of_secret(secret)
    if person is None:
        raise Invalid("sign-in-failed")
    return person


def _look_nobody_up() -> None:
    """Let whoever brings no session be nobody, without asking Flask-Login at every turn."""
    if not was_signed_in() and "_login_user" not in g:
        g._login_user = AnonymousUserMixin()  # noqa: SLF001  # where Flask-Login keeps it


def _keep() -> None:
    """Note that the person is there, and replace a secret whose rights have changed."""
    if request.endpoint in _FILES or not was_signed_in():
        return
    person, now = whoever(), clock.now()
    if not isinstance(person, SessionUser):
        return
    if not person.renewal_due and now - person.seen_at < sessions.SEEN_STEP:
        return
    with transaction():
        sessions.touch(person.session_id, now=now)
        renewed = sessions.renew(person.session_id, now=now) if person.renewal_due else None
    person.seen_at = now
    if renewed is not None:
        replace_secret(renewed)


def init_app(app: Flask) -> None:
    """Let Flask-Login find people."""
    manager = LoginManager()
    manager.session_protection = None  # the guard and the session table decide, not the address
    manager.user_loader(of_secret)
    manager.init_app(app)
    app.before_request(_look_nobody_up)
    app.before_request(_keep)
