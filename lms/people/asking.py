"""What a browser is asked to prove, and what it answers."""

import base64
import binascii

from flask import request, session

from lms.kernel import clock
from lms.people import passkeys
from lms.people.passkeys import Party
from lms.people.proofs import Answer, House
from lms.web.forms import SIGNED
from lms.web.running import settings

TO_MAKE, TO_SHOW = "challenge_to_make", "challenge_to_show"
_SECONDS = 300


def party() -> Party | None:
    """Who asks for passkeys here."""
    return passkeys.party(settings().base_url, settings().institute_name)


def house() -> House:
    """What proofs are checked with here."""
    return House(settings().data_keys, party())


def asking_to_show(user_id: int) -> str | None:
    """The options for the browser to sign with one of the person's keys; None without keys."""
    ours = party()
    if ours is None or not passkeys.of_user(user_id):
        return None
    return passkeys.asking_to_show(user_id, new_challenge(TO_SHOW), ours)


def answer_of(field: str) -> Answer:
    """What the request answers to the question who somebody is, typed in ``field`` or signed."""
    signed = request.form.get(SIGNED, "")
    challenge = challenge_of(TO_SHOW) if signed else None
    return Answer(request.form.get(field, ""), signed, challenge)


def new_challenge(purpose: str) -> bytes:
    """A challenge for this browser, which carries it in its signed cookie."""
    challenge = passkeys.new_challenge()
    until = int(clock.now().timestamp()) + _SECONDS
    session[purpose] = [base64.b64encode(challenge).decode(), until]
    return challenge


def spend(purpose: str) -> None:
    """The challenge was answered: it is worth nothing from now on."""
    session.pop(purpose, None)


def challenge_of(purpose: str) -> bytes | None:
    """The challenge that this browser was given less than five minutes ago, until it is spent."""
    text, until = session.get(purpose) or ("", 0)
    if clock.now().timestamp() >= until:
        return None
    try:
        return base64.b64decode(text)
    except binascii.Error:
        return None
