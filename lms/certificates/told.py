"""What others say of revoked certificates: asked for, looked at, and kept for an hour.

It is signed itself, so plain http will do. Whoever uses it checks the signature.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.x509 import ocsp

from lms import outbound
from lms.kernel import clock

AT_MOST = timedelta(hours=1)
EARLIER = timedelta(minutes=5)
"""What runs out so soon is not kept for the next file."""
AHEAD = timedelta(minutes=5)
"""Their clock may be so much ahead of ours."""
ROOM, NUMBER = 20_000_000, 200


class NotHad(Exception):
    """A list or an answer is not to be had, or not to be used; the text says where and why."""


@dataclass(frozen=True)
class Told:
    """What somebody answered, in DER, and until when the next file may do with it."""

    data: bytes
    until: datetime


class Kept:
    """What was told, for all files that a process makes; the oldest makes room."""

    def __init__(self, room: int = ROOM, number: int = NUMBER) -> None:
        self._lock, self._room, self._number = threading.Lock(), room, number
        self._told: OrderedDict[str, Told] = OrderedDict()

    def get(self, key: str, now: datetime) -> Told | None:
        """What may be used still."""
        with self._lock:
            found = self._told.get(key)
            # A clock that went back must not make an hour longer.
            return found if found is not None and now < found.until <= now + AT_MOST else None

    def put(self, key: str, told: Told) -> None:
        """Keep it for the next."""
        with self._lock:
            self._told[key] = told
            self._told.move_to_end(key)
            while len(self._told) > self._number or self._size() > self._room:
                self._told.popitem(last=False)

    def drop(self, key: str) -> None:
        """Ask anew the next time."""
        with self._lock:
            self._told.pop(key, None)

    def _size(self) -> int:
        return sum(len(one.data) for one in self._told.values())


def list_at(url: str) -> Told:
    """The list of revoked certificates (CRL) at an address; raises NotHad."""
    data = _asked(url)
    try:
        found = x509.load_der_x509_crl(data)
        since, until = found.last_update_utc, found.next_update_utc
    except ValueError as error:
        raise NotHad(f"{url} gave no list of revoked certificates") from error
    if until is None:
        raise NotHad(f"the list at {url} does not say until when it holds")
    return _usable(data, f"the list at {url}", since, until)


def answer_of(url: str, request: bytes) -> Told:
    """What an OCSP service answers to a request in DER; raises NotHad."""
    data = _asked(url, request)
    try:
        found = ocsp.load_der_ocsp_response(data)
        if found.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise NotHad(f"{url} refused to answer ({found.response_status.name.lower()})")
        about = list(found.responses)
        since = max(one.this_update_utc for one in about)
        ends = [one.next_update_utc for one in about]
    except ValueError as error:
        raise NotHad(f"{url} gave no OCSP answer") from error
    # One that names no end holds for now: newer ones are to be had at any time.
    until = None if None in ends else min(one for one in ends if one is not None)
    return _usable(data, f"the answer of {url}", since, until)


def _usable(data: bytes, what: str, since: datetime, until: datetime | None) -> Told:
    now = clock.now()
    if since > now + AHEAD:
        raise NotHad(f"{what} holds from {since:%F %T} UTC only")
    if until is None:
        return Told(data, now)
    if until <= now:
        raise NotHad(f"{what} has run out on {until:%F %T} UTC")
    return Told(data, min(until - EARLIER, now + AT_MOST))


def _asked(url: str, request: bytes | None = None) -> bytes:
    headers = {"Content-Type": "application/ocsp-request"} if request else {}
    try:
        answer = outbound.client().send(
            "POST" if request else "GET", url, body=request, headers=headers, signed_itself=True
        )
    except (outbound.Refused, outbound.Unanswered) as error:
        raise NotHad(f"{url} does not answer ({error})") from error
    if answer.status != 200:
        raise NotHad(f"{url} answered {answer.status}")
    return answer.body
