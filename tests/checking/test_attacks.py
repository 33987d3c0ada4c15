"""No forgery of the one list is called genuine, by the page nor by the check without us."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from flask import Flask

from lms.certificates import keyring
from lms.certificates.models import Certificate
from lms.certificates.rules import Outcome
from lms.checking import apart, bundle, inspection, offline, published, verification
from lms.db import transaction
from lms.kernel import clock
from lms.web import running
from tests.certificates.awards import bring, last_moment
from tests.checking import attacks, forging

pytestmark = pytest.mark.once

NOT_GENUINE = {Outcome.UNKNOWN, Outcome.TAMPERED, Outcome.CANNOT_CHECK}


@pytest.fixture(scope="session")
def original(institute: Flask, sample_pdf: bytes) -> forging.Original:
    """The sample certificate, and a stranger whose keys bear the same names."""
    with institute.app_context():
        ours = running.settings()
        return forging.Original.of(sample_pdf, keyring.ring(ours), ours.pki)


@pytest.fixture
def at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same inspection in this process: to start one for each sample takes a second."""

    def inspect(pdf: bytes, roots: list[Path], **when: Any) -> apart.Inspection:
        known = [x509.load_pem_x509_certificate(path.read_bytes()) for path in roots]
        return inspection.inspect(pdf, known, **when)

    monkeypatch.setattr(apart, "inspect_apart", inspect)


@pytest.fixture
def inspected_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two checkers share what the costly process found."""
    kept: dict[bytes, apart.Inspection] = {}
    apart_indeed = apart.inspect_apart

    def inspect(pdf: bytes, roots: list[Path], **when: Any) -> apart.Inspection:
        if pdf not in kept:
            kept[pdf] = apart_indeed(pdf, roots, **when)
        return kept[pdf]

    monkeypatch.setattr(apart, "inspect_apart", inspect)


def uploaded(data: bytes) -> verification.Check:
    roots = [running.settings().pki / "root.pem"]
    return verification.by_file(data, roots, now=clock.now())


def without_us(data: bytes) -> offline.Answer:
    given = bundle.read(published.trust_bundle(now=clock.now()))
    return offline.check(data, given, now=clock.now())


@pytest.mark.usefixtures("app", "filed", "at_hand")
@pytest.mark.parametrize("name", attacks.FORGED)
def test_a_forgery(original: forging.Original, name: str) -> None:
    data = attacks.FORGED[name](original)
    check = uploaded(data)
    assert check.outcome in NOT_GENUINE, check.reason
    assert (check.certificate, check.facts) == (None, None)
    if name in attacks.OURS_ALL_THE_SAME:
        assert check.outcome is Outcome.TAMPERED, check.reason
    answer = without_us(data)
    assert answer.outcome == attacks.expected(name), answer.why
    assert answer.credential is None
    if name in attacks.UNSOUND:
        assert answer.why == "credential-unsound"


@pytest.mark.usefixtures("app", "filed", "at_hand")
@pytest.mark.parametrize("name", attacks.RECEIPTS)
def test_a_receipt_that_does_not_hold(original: forging.Original, name: str) -> None:
    """The page has the log itself, and needs no receipt."""
    answer = without_us(attacks.RECEIPTS[name](original))
    assert (answer.outcome, answer.why) == (Outcome.TAMPERED, "receipt-unsound")
    assert answer.credential is None


@pytest.mark.usefixtures("app", "filed", "inspected_once")
@pytest.mark.parametrize("name", attacks.HOSTILE)
def test_a_file_that_only_costs_time(original: forging.Original, name: str) -> None:
    """In a process of its own with its limits, as in use."""
    data = attacks.HOSTILE[name](original)
    assert apart.unfit(data) is None, "refused unread: it costs nothing"
    check = uploaded(data)
    assert check.outcome in NOT_GENUINE, check.reason
    assert check.facts is None
    assert without_us(data).outcome in NOT_GENUINE


@pytest.mark.usefixtures("app", "at_hand")
@pytest.mark.parametrize("layout", forging.LAYOUTS)
def test_every_layout_of_a_genuine_file(
    original: forging.Original, filed: Certificate, layout: str
) -> None:
    data = forging.LAYOUTS[layout](original)
    assert uploaded(data).outcome is Outcome.VALID
    assert without_us(data).outcome is Outcome.VALID
    with transaction():
        bring(filed, "revoked")
    assert uploaded(data).outcome is Outcome.REVOKED
    assert without_us(data).outcome is Outcome.REVOKED


@pytest.mark.usefixtures("app", "at_hand")
def test_a_genuine_file_whose_days_are_over(original: forging.Original, filed: Certificate) -> None:
    assert filed.valid_until is not None
    late = last_moment(filed.valid_until) + timedelta(seconds=1)
    roots = [running.settings().pki / "root.pem"]
    assert verification.by_file(original.pdf, roots, now=late).outcome is Outcome.EXPIRED
    given = bundle.read(published.trust_bundle(now=late))
    assert offline.check(original.pdf, given, now=late).outcome is Outcome.EXPIRED
