"""Time stamps on signatures (RFC 3161): when a PDF was signed, said by somebody else.

With what a reader needs to check the signature years later in the file itself: PAdES level B-LT.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from asn1crypto import cms, core, tsp  # type: ignore[import-untyped]
from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.timestamps.common_utils import extract_ts_certs
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import (
    InsufficientRevinfoError,
    PathError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.registry import SimpleCertificateStore

from lms import outbound
from lms.certificates import revocation
from lms.certificates.foreign_lists import Lists
from lms.certificates.keys import KeyRing
from lms.config import Settings

_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
TURNS = 4
# It warns at each PDF that nothing is fetched, which is as it should be.
logging.getLogger("pyhanko.sign.signers.pdf_signer").setLevel(logging.ERROR)


class StampAway(OSError):
    """No time stamp was to be had, or none we may use: the text says why; try again later."""


@contextmanager
def refusals_told() -> Iterator[None]:
    """What is wrong with a stamp, or with a certificate, becomes StampAway."""
    try:
        yield
    except TimestampRequestError as error:
        raise StampAway(f"The time-stamp service refused: {error}") from error
    except RevokedError as error:
        raise StampAway(f"A certificate of signer or time stamp was revoked: {error}") from error
    except (PathError, ValidationError, SigningError) as error:
        raise StampAway(f"A certificate of signer or time stamp does not hold: {error}") from error


@dataclass(frozen=True)
class Stamping:
    """What a signature of level B-LT needs beside a key: a service, and fresh lists."""

    stamper: "Stamper"
    signers: ValidationContext


class _Signers(ValidationContext):
    """Judges our signer. pyHanko puts its lists into the file: with them go those of the stamp."""

    theirs: Lists | None = None

    @property
    def crls(self) -> list[asn1_crl.CertificateList]:
        return [*super().crls, *(self.theirs.crls if self.theirs else ())]

    @property
    def ocsps(self) -> list[asn1_ocsp.OCSPResponse]:
        return [*super().ocsps, *(self.theirs.ocsps if self.theirs else ())]


class Stamper(TimeStamper):  # pyHanko's, which asks by way of our guarded client
    """The configured service; its certificate is judged by roots of its own."""

    def __init__(self, url: str, judged: ValidationContext, lists: Lists | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url, self._judged, self._lists = url, judged, lists

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Ask once; raises StampAway."""
        headers = {"Content-Type": _QUERY, "Accept": _REPLY}
        try:
            answer = outbound.client().send("POST", self._url, body=req.dump(), headers=headers)
        except (outbound.Refused, outbound.Unanswered) as error:
            raise StampAway(f"The time-stamp service does not answer ({error}).") from error
        kind = answer.headers.get("content-type", "").partition(";")[0].strip()
        if answer.status != 200 or kind != _REPLY:
            raise StampAway(f"The time-stamp service gave no stamp (status {answer.status}).")
        return _read(answer.body)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A stamp, by a certificate that was judged once one was; raises StampAway.

        Some services stamp by several, in turn.
        """
        for _ in range(TURNS):
            stamp = await super().async_timestamp(message_digest, md_algorithm)
            by = {one.issuer_serial for one in extract_ts_certs(stamp, SimpleCertificateStore())}  # type: ignore[no-untyped-call]
            if not by:
                raise StampAway("The time-stamp service sends no certificate along.")
            if not self._certs or by <= self._certs.keys():
                return stamp
        raise StampAway("The time-stamp service stamps by another certificate each time.")

    async def validation_paths(self, validation_context: ValidationContext) -> AsyncIterator[Any]:
        """The way from the service's certificate to a root that is trusted for time stamps only."""
        del validation_context  # in which nothing but our own root is trusted
        good = False
        try:
            async for path in super().validation_paths(self._judged):  # type: ignore[no-untyped-call]
                yield path
            good = True
        except InsufficientRevinfoError as error:
            raise StampAway(_untold(error, self._lists)) from error
        finally:
            if self._lists is not None:
                self._lists.settle(good=good)

    def check(self) -> None:
        """Ask for a stamp and judge who gave it; raises StampAway."""

        async def paths() -> list[Any]:
            return [path async for path in self.validation_paths(self._judged)]

        with refusals_told():
            asyncio.run(paths())

    def size(self, digest: str) -> int:
        """Bytes of a stamp of this service, by asking for one. Raises StampAway."""
        return len(asyncio.run(self.async_dummy_response(digest)).dump())


def _untold(error: InsufficientRevinfoError, lists: Lists | None) -> str:
    why = (lists.troubles if lists else "") or str(error)
    return f"Whether the time-stamp service was revoked cannot be told now: {why}"


class _Answer(core.Sequence):  # as RFC 3161 has it: who is refused gets no stamp
    _fields: ClassVar[list[Any]] = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


def _read(body: bytes) -> tsp.TimeStampResp:
    try:
        found = _Answer.load(body, strict=True)
        # Read to the end now: asn1crypto looks at a part when it is asked for.
        _ = found.native
    except (ValueError, TypeError) as error:
        raise StampAway("The answer of the time-stamp service cannot be read.") from error
    return found


def stamping(settings: Settings, ring: KeyRing, *, now: datetime) -> Stamping | None:
    """What B-LT needs, where a service is configured; raises StampAway without fresh lists.

    ``now`` is the present: certificates and lists must hold at it.
    """
    if not settings.timestamp_url:
        return None
    try:
        lists = revocation.current(settings.pki, ring, now=now)
    except revocation.NotFresh as missing:
        raise StampAway(str(missing)) from missing
    # The certificates of our authorities name these lists too, which are at hand.
    crls = [asn1_crl.CertificateList.load(one) for one in lists.values()]
    ours = _Signers(**_judging([ring.root], ring, crls, now), revocation_mode="require")
    if not settings.timestamp_roots:
        return Stamping(Stamper(settings.timestamp_url, ours), ours)
    ours.theirs = Lists()
    roots = x509.load_pem_x509_certificates(Path(settings.timestamp_roots).read_bytes())
    judged = ValidationContext(
        **_judging(roots, ring, crls, now),
        # What a certificate names must be had. An answer may be newer than ``now``, by which a
        # file was begun; ``told`` looks at its times.
        allow_fetching=True,
        fetchers=ours.theirs.fetchers,
        revocation_mode="hard-fail",
        retroactive_revinfo=True,
    )
    return Stamping(Stamper(settings.timestamp_url, judged, ours.theirs), ours)


def _judging(
    roots: Iterable[x509.Certificate], ring: KeyRing, crls: list[Any], now: datetime
) -> dict[str, Any]:
    return {
        "crls": crls,
        "trust_roots": [_asn1(one) for one in roots],
        "other_certs": [_asn1(one) for one in ring.chain],
        "moment": now,
    }


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
