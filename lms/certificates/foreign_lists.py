"""Who was revoked, by those who vouch for a foreign time-stamp service: lists and OCSP answers.

pyHanko asks for them where a certificate says, once the signature on it was found good.
"""

import time
from collections.abc import AsyncGenerator, Callable
from functools import partial

from asn1crypto import crl as asn1_crl  # type: ignore[import-untyped]
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from pyhanko_certvalidator.authority import Authority
from pyhanko_certvalidator.errors import CRLFetchError, OCSPFetchError
from pyhanko_certvalidator.fetchers import CertificateFetcher, CRLFetcher, Fetchers, OCSPFetcher
from pyhanko_certvalidator.fetchers.common_utils import (
    enumerate_delivery_point_urls,
    format_ocsp_request,
)
from pyhanko_certvalidator.util import get_ocsp_urls

from lms.certificates.told import Kept, NotHad, Told, answer_of, list_at
from lms.kernel import clock

ADDRESSES = 4
"""A certificate that names more is asked for at the first few."""
SECONDS = 60.0
"""After so long nobody else is asked for one file; whoever is asked has 20."""

_kept = Kept()


class Lists:
    """What one file needs to show that nobody who vouches for its stamp was revoked."""

    def __init__(self) -> None:
        self._kept = _kept
        self._until = time.monotonic() + SECONDS
        self._told: dict[str, Told | NotHad] = {}
        self._crls, self._answers = _Crls(self), _Answers(self)
        self.fetchers = Fetchers(self._answers, self._crls, _NoCertificates())

    @property
    def crls(self) -> list[asn1_crl.CertificateList]:
        """The lists that came."""
        return self._crls.fetched_crls()

    @property
    def ocsps(self) -> list[asn1_ocsp.OCSPResponse]:
        """The answers that came."""
        return self._answers.fetched_responses()

    @property
    def troubles(self) -> str:
        """What did not come, and why."""
        return "; ".join(str(each) for each in self._told.values() if isinstance(each, NotHad))

    def settle(self, *, good: bool) -> None:
        """Keep for the next file what was believed, and nothing that was not."""
        for key, told in self._told.items():
            if good and isinstance(told, Told) and told.until > clock.now():
                self._kept.put(key, told)
            else:
                self._kept.drop(key)

    def ask(self, key: str, asking: Callable[[], Told]) -> bytes:
        """Ask once a file, if nothing is kept; raises NotHad."""
        if key not in self._told:
            try:
                self._told[key] = self._kept.get(key, clock.now()) or self._asked(asking)
            except NotHad as trouble:
                self._told[key] = trouble
        found = self._told[key]
        if isinstance(found, NotHad):
            raise found
        return found.data

    def _asked(self, asking: Callable[[], Told]) -> Told:
        if time.monotonic() > self._until:
            raise NotHad(f"nobody else was asked after {SECONDS:.0f} seconds")
        return asking()


class _Crls(CRLFetcher):
    """Lists by address, for pyHanko."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._by_certificate: dict[bytes, list[asn1_crl.CertificateList]] = {}

    async def fetch(
        self, cert: asn1_x509.Certificate, *, use_deltas: bool | None = None
    ) -> list[asn1_crl.CertificateList]:
        """One list for each of the points that the certificate names, as far as they come."""
        del use_deltas  # a whole list that holds needs no additions
        points = [list(enumerate_delivery_point_urls(one)) for one in cert.crl_distribution_points]
        if not any(points):
            raise CRLFetchError("no list is announced at an address of http")
        had, troubles = [], []
        for urls in points[:ADDRESSES]:
            try:
                had.append(asn1_crl.CertificateList.load(self._first(urls[:ADDRESSES])))
            except NotHad as trouble:
                troubles.append(str(trouble))
        if not had:
            raise CRLFetchError("; ".join(troubles))
        self._by_certificate[cert.issuer_serial] = had
        return had

    def _first(self, urls: list[str]) -> bytes:
        trouble = NotHad("no list is announced at an address of http")
        for url in urls:
            try:
                return self._lists.ask(url, partial(list_at, url))
            except NotHad as error:
                trouble = error
        raise trouble

    def fetched_crls(self) -> list[asn1_crl.CertificateList]:
        """All of them, each once."""
        found = (one for several in self._by_certificate.values() for one in several)
        return list({one.dump(): one for one in found}.values())

    def fetched_crls_for_cert(self, cert: asn1_x509.Certificate) -> list[asn1_crl.CertificateList]:
        """Raises KeyError where none was asked for."""
        return self._by_certificate[cert.issuer_serial]


class _Answers(OCSPFetcher):
    """Answers by certificate, for pyHanko."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._by_certificate: dict[bytes, asn1_ocsp.OCSPResponse] = {}

    async def fetch(
        self, cert: asn1_x509.Certificate, authority: Authority
    ) -> asn1_ocsp.OCSPResponse:
        """What the first of the services that the certificate names says."""
        # Without a nonce: an answer is for all files of the hour, and says until when it holds.
        request = format_ocsp_request(
            cert, authority, certid_hash_algo="sha1", request_nonces=False
        ).dump()
        trouble = NotHad("no OCSP service is announced at an address of http")
        for url in get_ocsp_urls(cert)[:ADDRESSES]:
            key = f"{url} {request.hex()}"
            try:
                data = self._lists.ask(key, partial(answer_of, url, request))
            except NotHad as error:
                trouble = error
                continue
            self._by_certificate[cert.issuer_serial] = asn1_ocsp.OCSPResponse.load(data)
            return self._by_certificate[cert.issuer_serial]
        raise OCSPFetchError(str(trouble))

    def fetched_responses(self) -> list[asn1_ocsp.OCSPResponse]:
        """All of them."""
        return list(self._by_certificate.values())

    def fetched_responses_for_cert(
        self, cert: asn1_x509.Certificate
    ) -> list[asn1_ocsp.OCSPResponse]:
        """None where none was asked for."""
        found = self._by_certificate.get(cert.issuer_serial)
        return [] if found is None else [found]


class _NoCertificates(CertificateFetcher):
    """Finds none: a service sends its chain along with the stamp."""

    async def fetch_cert_issuers(
        self, cert: asn1_x509.Certificate
    ) -> AsyncGenerator[asn1_x509.Certificate, None]:
        """Nobody."""
        del cert
        for none in self.fetched_certs():
            yield none

    async def fetch_crl_issuers(
        self, certificate_list: asn1_crl.CertificateList
    ) -> AsyncGenerator[asn1_x509.Certificate, None]:
        """Nobody."""
        del certificate_list
        for none in self.fetched_certs():
            yield none

    def fetched_certs(self) -> list[asn1_x509.Certificate]:
        """None."""
        return []
