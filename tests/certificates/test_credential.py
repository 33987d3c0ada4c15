import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from lms.certificates import contexts, credential, keys, proof, quads
from lms.printing import wording
from lms.printing.content import CertificateContent, grouped

pytestmark = pytest.mark.once

NOW = datetime(2026, 12, 18, 2, 30, tzinfo=UTC)


def _public(ring: keys.KeyRing) -> str:
    return keys.multibase(ring.credential_key.public_key())


def _leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    members = node.items() if isinstance(node, dict) else enumerate(node)
    for key, member in members:
        if isinstance(member, dict | list):
            yield from _leaves(member, (*path, key))
        else:
            yield (*path, key)


def _changed(document: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    node: Any = changed
    for key in path[:-1]:
        node = node[key]
    old = node[path[-1]]
    node[path[-1]] = (not old) if isinstance(old, bool) else f"{old[:-1]}{_other(old[-1])}"
    return changed


def _other(character: str) -> str:
    return "2" if character != "2" else "3"


def test_a_fresh_proof_holds(signed: dict[str, Any], ring: keys.KeyRing) -> None:
    assert credential.verify(signed, _public(ring))


def test_every_changed_leaf_is_refused(signed: dict[str, Any], ring: keys.KeyRing) -> None:
    paths = list(_leaves(signed))
    accepted = [path for path in paths if credential.verify(_changed(signed, path), _public(ring))]
    assert len(paths) > 60
    assert accepted == []


def test_every_removed_member_is_refused(signed: dict[str, Any], ring: keys.KeyRing) -> None:
    for key in signed:
        rest = {name: value for name, value in signed.items() if name != key}
        assert not credential.verify(rest, _public(ring)), key


def test_another_key_is_refused(signed: dict[str, Any]) -> None:
    stranger = Ed25519PrivateKey.generate().public_key()
    assert not credential.verify(signed, keys.multibase(stranger))


def test_an_unknown_term_is_not_signed(unsigned: dict[str, Any], ring: keys.KeyRing) -> None:
    with pytest.raises(quads.Unfit, match="nickname"):
        credential.prove({**unsigned, "nickname": "Ais"}, ring, now=NOW)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("type", ["VerifiableCredential", "OpenBadgeCredential", "Wonderful"]),
        ("id", "credentials/1"),
        ("credentialSchema", {"id": "https://sijil.example/s.json", "type": "NoSuchValidator"}),
    ],
)
def test_what_json_ld_would_drop_is_not_signed(
    unsigned: dict[str, Any], ring: keys.KeyRing, member: str, value: object
) -> None:
    with pytest.raises(quads.Unfit):
        credential.prove({**unsigned, member: value}, ring, now=NOW)


def test_a_control_character_is_not_signed(unsigned: dict[str, Any], ring: keys.KeyRing) -> None:
    with pytest.raises(quads.Unfit):
        credential.prove({**unsigned, "name": "one\ttwo"}, ring, now=NOW)


def test_a_backslash_is_signed(unsigned: dict[str, Any], ring: keys.KeyRing) -> None:
    made = credential.prove({**unsigned, "name": 'a\\tb "c"'}, ring, now=NOW)
    assert credential.verify(made, _public(ring))


@pytest.mark.parametrize(
    "proofs", [None, [], {}, ["x"], [{}], [{"cryptosuite": proof.SUITE, "proofValue": 7}]]
)
def test_strange_proofs_do_not_hold(
    signed: dict[str, Any], ring: keys.KeyRing, proofs: object
) -> None:
    assert not credential.verify({**signed, "proof": proofs}, _public(ring))
    assert not credential.verify({"proof": signed["proof"]}, _public(ring))


def test_no_other_context_is_served() -> None:
    with pytest.raises(contexts.UnknownContextError):
        contexts.load("https://www.w3.org/2018/credentials/v1")


def test_members_that_the_open_badges_schema_asks_for(signed: dict[str, Any]) -> None:
    subject = signed["credentialSubject"]
    assert signed["@context"] == credential.CONTEXT
    assert signed["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert signed["issuer"]["type"] == ["Profile"]
    assert isinstance(signed["proof"], list)
    assert signed["proof"][0]["cryptosuite"] == "eddsa-rdfc-2022"
    assert isinstance(signed["credentialStatus"], dict)
    assert signed["credentialStatus"]["statusListIndex"] == "4711"
    assert subject["type"] == ["AchievementSubject"]
    assert {"id", "type", "name", "description", "criteria"} <= subject["achievement"].keys()
    assert {each["targetType"] for each in subject["achievement"]["alignment"]} == {"CFItem"}
    assert subject["licenseNumber"] == "ILKS-2026-00731"


def test_days_are_those_of_the_institute(signed: dict[str, Any]) -> None:
    assert signed["validFrom"] == "2026-12-17T16:00:00Z"
    assert signed["validUntil"] == "2029-12-17T15:59:59Z"
    assert signed["awardedDate"] == "2026-12-18T02:30:00Z"


def test_the_name_is_only_a_salted_hash(
    signed: dict[str, Any], content: CertificateContent
) -> None:
    identity = signed["credentialSubject"]["identifier"][0]
    typed = "  nur AISYAH binti  Abdul Rahman "
    assert content.holder_name not in json.dumps(signed)
    assert identity["hashed"] is True
    assert identity["identityHash"] == credential.identity_hash(typed, identity["salt"])


def test_canonical_bytes_do_not_depend_on_order(signed: dict[str, Any]) -> None:
    reversed_order = dict(reversed(signed.items()))
    assert credential.canonical_bytes(signed) == credential.canonical_bytes(reversed_order)


def test_a_certificate_without_end_has_no_end(
    content: CertificateContent, ring: keys.KeyRing
) -> None:
    document = credential.build(
        replace(content, valid_until=None, framework=""),
        did=ring.did,
        status_url="https://sijil.example/status/revocation/1",
        status_index=0,
        credential_id="https://sijil.example/credentials/1",
        salt=bytes(16),
    )
    assert "validUntil" not in document
    assert credential.verify(credential.prove(document, ring, now=NOW), _public(ring))


@pytest.mark.parametrize(
    "wrong", [{"salt": b"short"}, {"status_index": -1}, {"credential_id": "urn:x:1"}]
)
def test_wrong_ingredients_are_refused(content: CertificateContent, wrong: dict[str, Any]) -> None:
    given: dict[str, Any] = {
        "did": "did:web:sijil.example",
        "status_url": "https://sijil.example/status/revocation/1",
        "status_index": 1,
        "credential_id": "https://sijil.example/credentials/1",
        "salt": bytes(16),
    }
    with pytest.raises(ValueError, match="out of bounds"):
        credential.build(content, **{**given, **wrong})


def test_two_proofs_are_refused(signed: dict[str, Any], ring: keys.KeyRing) -> None:
    assert not credential.verify({**signed, "proof": signed["proof"] * 2}, _public(ring))


def test_instants_are_written_in_utc() -> None:
    assert proof.instant(NOW) == "2026-12-18T02:30:00Z"


def test_content_survives_json(content: CertificateContent) -> None:
    for each in (content, replace(content, valid_until=None)):
        plain = json.loads(json.dumps(each.to_json()))
        assert CertificateContent.from_json(plain) == each


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "attendance"},
        {"kind": "mastery"},
        {"language": "fr"},
        {"issued_at": datetime(2026, 12, 18)},  # noqa: DTZ001 - the error under test
        {"ends_on": date(2026, 12, 1)},
        {"valid_until": date(2026, 12, 1)},
        {"issuer_url": "http://sijil.example"},
        {"verify_url": "HTTPS://SIJIL.EXAMPLE/V/OTHER"},
    ],
)
def test_impossible_content_is_refused(content: CertificateContent, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        replace(content, **wrong)


@pytest.mark.parametrize("language", ["ms", "en", "id"])
def test_attendance_says_nothing_of_competence(content: CertificateContent, language: Any) -> None:
    attended = replace(content, kind="attendance", claims=(), language=language)
    words = f"{wording.title(attended)} {wording.narrative(attended)}".casefold()
    assert "kompeten" not in words
    assert "competen" not in words


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 12, 7), date(2026, 12, 7), "7 Disember 2026"),
        (date(2026, 12, 7), date(2026, 12, 11), "7–11 Disember 2026"),
        (date(2026, 11, 30), date(2026, 12, 4), "30 November – 4 Disember 2026"),
        (date(2026, 12, 30), date(2027, 1, 2), "30 Disember 2026 – 2 Januari 2027"),
    ],
)
def test_periods_do_not_repeat_themselves(first: date, last: date, expected: str) -> None:
    assert wording.period(first, last, "ms") == expected


def test_durations() -> None:
    assert wording.duration(2400, "ms") == "40 jam"
    assert wording.duration(90, "en") == "1 hour 30 minutes"
    assert wording.duration(0, "id") == ""


def test_codes_are_shown_in_groups() -> None:
    assert grouped("7Q2MX4C8ZT9KH") == "7Q2MX 4C8ZT 9KH"


def test_the_quick_form_is_the_canonical_one_for_what_we_issue(signed: dict[str, Any]) -> None:
    assert proof.quick_bytes(signed) == proof.canonical_bytes(signed)


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
_ISSUED = st.recursive(
    _TEXTS | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans() | st.none(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abAB@:.-_019"), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text("abAB@:.-_019"), _ISSUED))
def test_the_quick_form_is_the_canonical_one_of_any_such_values(document: dict[str, Any]) -> None:
    assert proof.quick_bytes(document) == proof.canonical_bytes(document)
