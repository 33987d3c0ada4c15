"""What a stranger learns from a code and from a file."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from flask import Flask

from lms import cli as program
from lms.certificates import keyring, keys, proof, service, signing
from lms.certificates.models import Certificate
from lms.certificates.rules import Outcome
from lms.checking import apart
from lms.checking import verification as checks
from lms.checking.verification import Check
from lms.db import db, transaction
from lms.kernel import clock, codes
from lms.printing import pdf
from lms.printing.content import CertificateContent, grouped
from lms.web import running
from lms.web.messages import sentence
from tests.certificates.awards import (
    attended_place,
    bring,
    first_moment,
    issue,
    last_moment,
    sample_certificate,
)
from tests.checking.forging import resaved

pytestmark = pytest.mark.usefixtures("app")


def by_file(data: bytes) -> Check:
    ours = running.settings()
    keyring.ring(ours)
    check = checks.by_file(data, [ours.pki / "root.pem"], now=clock.now())
    assert sentence(check.reason)
    return check


def told_nothing(check: Check) -> bool:
    return (check.certificate, check.facts, check.name_shown) == (None, None, False)


@pytest.fixture
def spelt() -> Certificate:
    """A certificate whose code holds both digits that people read as letters."""
    certificate = sample_certificate()
    drawn = iter(codes.new_verification_code, None)
    certificate.code = next(code for code in drawn if {"0", "1"} <= set(code or ""))
    db.session.flush()
    return certificate


@pytest.mark.parametrize(
    "typed",
    [
        str,
        str.lower,
        grouped,
        lambda code: grouped(code).lower().replace(" ", "-"),
        lambda code: grouped(code).replace(" ", " – "),
        "\u00a0".join,
        lambda code: f"\r\n\t {code} \n",
        lambda code: code.replace("0", "O").replace("1", "I"),
        lambda code: code.lower().replace("0", "o").replace("1", "l"),
    ],
)
def test_a_code_is_read_as_people_type_it(spelt: Certificate, typed: Callable[[str], str]) -> None:
    check = checks.by_code(typed(spelt.code), now=clock.now())
    assert check.certificate
    assert check.certificate.id == spelt.id
    assert (check.outcome, check.reason) == (Outcome.VALID, "check-valid")
    assert check.facts == CertificateContent.from_json(spelt.content)
    assert check.name_shown is False


def test_unknown_and_malformed_codes_get_the_same_answer() -> None:
    now = clock.now()
    real = sample_certificate().code
    wrong_check = real[:-1] + ("2" if real[-1] != "2" else "3")
    swapped = next(
        real[:n] + real[n + 1] + real[n] + real[n + 2 :]
        for n in range(25)
        if real[n] != real[n + 1]
    )
    malformed = [
        "",
        " ",
        "abc",
        real[:-1],
        real + "0",
        "U" * 27,
        wrong_check,
        swapped,
        real + "\x00",
        "é" * 27,
        "\u0661" * 27,
        "' or 1=1 --",
        "%" * 27,
        "A" * 100_000,
    ]
    for text in [codes.new_verification_code(), *malformed]:
        expected = Check(Outcome.UNKNOWN, "check-unknown-code", now)
        assert checks.by_code(text, now=now) == expected, text[:40]


@pytest.mark.parametrize("state", ["revoked", "superseded", "suspended"])
def test_a_state_that_is_not_issued_is_told_by_code_and_by_file(
    filed: Certificate, sample_pdf: bytes, state: str
) -> None:
    bring(filed, state)
    db.session.flush()
    for check in (checks.by_code(filed.code, now=clock.now()), by_file(sample_pdf)):
        assert (check.outcome.value, check.reason) == (state, f"check-{state}")
        assert check.certificate
        assert check.certificate.id == filed.id
        assert sentence(check.reason)


def test_both_days_at_the_ends_count_where_the_institute_is(filed: Certificate) -> None:
    until = filed.valid_until
    assert until is not None
    moments = {
        first_moment(filed.valid_from) - timedelta(seconds=1): Outcome.NOT_YET_VALID,
        first_moment(filed.valid_from): Outcome.VALID,
        last_moment(until): Outcome.VALID,
        last_moment(until) + timedelta(seconds=1): Outcome.EXPIRED,
    }
    for moment, expected in moments.items():
        check = checks.by_code(filed.code, now=moment.astimezone(UTC))
        assert (check.outcome, check.checked_at) == (expected, moment), moment
        assert sentence(check.reason)
        assert check.certificate
        assert check.certificate.id == filed.id


def test_an_expired_certificate_that_was_revoked_is_revoked(
    filed: Certificate, sample_pdf: bytes
) -> None:
    bring(filed, "revoked")
    db.session.flush()
    assert filed.valid_until is not None
    late = last_moment(filed.valid_until) + timedelta(days=1)
    assert checks.by_code(filed.code, now=late).outcome is Outcome.REVOKED
    assert checks.by_file(sample_pdf, [], now=late).outcome is Outcome.REVOKED


def test_a_certificate_without_end_does_not_expire() -> None:
    certificate = issue(attended_place())
    late = datetime(2126, 1, 1, tzinfo=UTC)
    assert checks.by_code(certificate.code, now=late).outcome is Outcome.VALID


def test_the_very_file_is_valid_and_shows_the_name(filed: Certificate, sample_pdf: bytes) -> None:
    check = by_file(sample_pdf)
    assert (check.outcome, check.reason, check.name_shown) == (Outcome.VALID, "check-valid", True)
    assert check.certificate
    assert check.certificate.id == filed.id
    assert check.facts is not None
    assert check.facts.holder_name == "Nur Aisyah binti Abdul Rahman"


def test_another_print_under_our_signature_is_ours(filed: Certificate, sample_pdf: bytes) -> None:
    """A file of a run whose worker died before it could be filed."""
    twin = service.make_pdf(filed, keyring.ring(running.settings()))
    assert twin != sample_pdf
    check = by_file(twin)
    assert (check.outcome, check.name_shown) == (Outcome.VALID, True)
    assert check.certificate
    assert check.certificate.id == filed.id
    bring(filed, "revoked")
    db.session.flush()
    assert by_file(twin).outcome is Outcome.REVOKED


@pytest.mark.usefixtures("filed")
@pytest.mark.parametrize("share", [0.02, 0.5])
def test_one_flipped_byte(sample_pdf: bytes, share: float) -> None:
    place = int(sample_pdf.index(b"/Contents <") * share)
    flipped = bytearray(sample_pdf)
    flipped[place] ^= 1
    check = by_file(bytes(flipped))
    assert check.outcome is Outcome.TAMPERED
    assert told_nothing(check)


@pytest.mark.usefixtures("filed")
@pytest.mark.parametrize("tail", [b"\n", b"\n% more\n"])
def test_trailing_bytes(sample_pdf: bytes, tail: bytes) -> None:
    check = by_file(sample_pdf + tail)
    assert (check.outcome, check.reason) == (Outcome.TAMPERED, "check-altered-bad")
    assert told_nothing(check)


@pytest.mark.usefixtures("filed")
def test_saved_by_another_program(sample_pdf: bytes) -> None:
    check = by_file(resaved(sample_pdf))
    assert (check.outcome, check.reason) == (Outcome.TAMPERED, "check-altered-bad")
    assert told_nothing(check)


def look_alike(certificate: Certificate, attached: dict[str, object] | None = None) -> bytes:
    """A fine certificate in the name of somebody else around a genuine credential."""
    facts = CertificateContent.from_json(certificate.content)
    forged = replace(facts, holder_name="Mallory binti Tiada")
    credential = proof.canonical_bytes(attached or certificate.credential)
    return pdf.render(forged, credential, now=certificate.issued_at)


def test_the_genuine_credential_in_a_look_alike(filed: Certificate, ring: keys.KeyRing) -> None:
    """Unsigned, and signed by another authority with the same names."""
    unsigned = look_alike(filed)
    stranger = signing.sign(unsigned, ring, now=clock.now())
    for data, reason in ((unsigned, "none"), (stranger, "foreign")):
        check = by_file(data)
        assert (check.outcome, check.reason) == (Outcome.TAMPERED, f"check-altered-{reason}")
        assert told_nothing(check)


def test_our_signature_on_facts_we_did_not_certify(filed: Certificate) -> None:
    """As if the signing service had been tricked: the register has the last word."""
    forged = {**filed.credential, "name": "Doctor of everything"}
    ours = keyring.ring(running.settings())
    check = by_file(signing.sign(look_alike(filed, forged), ours, now=clock.now()))
    assert (check.outcome, check.reason) == (Outcome.TAMPERED, "check-altered-ok")
    assert told_nothing(check)


def test_a_strangers_certificate_is_unknown(issued: bytes) -> None:
    check = by_file(issued)
    assert (check.outcome, check.reason) == (Outcome.UNKNOWN, "check-unknown-file")
    assert told_nothing(check)


def encrypted(data: bytes) -> bytes:
    return resaved(data, encryption=pikepdf.Encryption(owner="o", user="u"))


def plain_pdf() -> bytes:
    output = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(output)
    return output.getvalue()


UNFIT: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "check-not-a-pdf"),
    "text": (lambda _: b"hello", "check-not-a-pdf"),
    "picture": (lambda _: b"\x89PNG\r\n\x1a\n" + bytes(100), "check-not-a-pdf"),
    "leading": (lambda data: b"\n" + data, "check-not-a-pdf"),
    "header": (lambda _: b"%PDF-1.7\n", "check-unknown-file"),
    "blank": (lambda _: plain_pdf(), "check-unknown-file"),
    "its beginning": (lambda data: data[: len(data) // 10], "check-unknown-file"),
    "encrypted": (encrypted, "check-encrypted"),
    "large": (lambda data: data + bytes(checks.LIMIT), "check-too-large"),
}


@pytest.mark.usefixtures("filed")
def test_half_a_certificate_is_an_altered_one(sample_pdf: bytes) -> None:
    """The signature is cut off, but the credential with a number we know is still in it."""
    check = by_file(sample_pdf[: len(sample_pdf) // 2])
    assert (check.outcome, check.reason) == (Outcome.TAMPERED, "check-altered-none")
    assert check.facts is None


@pytest.mark.usefixtures("filed")
@pytest.mark.parametrize("name", UNFIT)
def test_what_cannot_be_a_certificate_gets_a_plain_answer(sample_pdf: bytes, name: str) -> None:
    make, reason = UNFIT[name]
    check = by_file(make(sample_pdf))
    assert (check.outcome, check.reason) == (Outcome.UNKNOWN, reason)
    assert told_nothing(check)


@pytest.mark.usefixtures("filed")
def test_a_file_we_had_no_time_for_is_not_called_unknown(
    sample_pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy machine genuine copies were once answered with "not a certificate of ours"."""
    monkeypatch.setattr(apart, "SECONDS", 0)
    monkeypatch.setattr(apart, "PATIENCE", 0)
    check = by_file(sample_pdf + b" ")
    assert (check.outcome, check.reason) == (Outcome.CANNOT_CHECK, "check-cannot_check")
    assert told_nothing(check)


def test_the_limit_itself_is_not_too_large() -> None:
    data = b"%PDF-".ljust(checks.LIMIT, b" ")
    assert apart.PDF_LIMIT == checks.LIMIT
    assert by_file(data).reason == "check-unknown-file"
    assert by_file(data + b" ").reason == "check-too-large"


def test_initials_of_every_script() -> None:
    assert checks.initials("Nur Aisyah binti Abdul Rahman") == "N. A. b. A. R."
    assert checks.initials("  Sukarni ") == "S."
    assert checks.initials("陈美玲") == "陈."
    assert checks.initials("") == ""


@pytest.mark.parametrize(
    ("typed", "matches"),
    [
        ("Nur Aisyah binti Abdul Rahman", True),
        ("  nur AISYAH\tbinti  abdul rahman ", True),
        ("Nur Aisyah", False),
        ("Nur Aisyah binti Abdul Rahmat", False),
        ("N. A. b. A. R.", False),
        ("", False),
    ],
)
def test_a_typed_name_is_compared_as_a_whole(typed: str, *, matches: bool) -> None:
    facts = CertificateContent.from_json(sample_certificate().content)
    assert checks.name_matches(facts, typed) is matches


def test_the_command_line(
    app: Flask, filed: Certificate, sample_pdf: bytes, tmp_path: Path
) -> None:
    run = app.test_cli_runner().invoke
    genuine, altered = tmp_path / "genuine.pdf", tmp_path / "altered.pdf"
    genuine.write_bytes(sample_pdf)
    altered.write_bytes(sample_pdf + b"\n")
    code, serial = filed.code, filed.serial
    told = run(program.verify, [grouped(code)])
    assert (told.exit_code, told.output.split(":")[0]) == (0, "VALID")
    assert serial in told.output
    assert "SWX.AS.02 level" in told.output
    plain = run(program.verify, [str(genuine), "--json"])
    facts = json.loads(plain.output)
    assert (plain.exit_code, facts["verdict"], facts["serial"]) == (0, "valid", serial)
    assert run(program.verify, [codes.new_verification_code()]).exit_code == 3
    assert run(program.verify, [str(altered)]).exit_code == 4
    with transaction():
        bring(sample_certificate(), "revoked")
    assert run(program.verify, [code]).exit_code == 1
