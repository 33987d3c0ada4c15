import base64
import gzip
from datetime import UTC, datetime

import pytest

from lms.certificates import keys, proof, status_list

NOW = datetime(2026, 12, 18, 2, 30, tzinfo=UTC)
URL = "https://sijil.example/status/revocation/1"


def test_the_first_index_is_the_leftmost_bit() -> None:
    text = status_list.encode([0, 9])[1:]
    bits = gzip.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    assert len(bits) == 16_384
    assert bits[:2] == b"\x80\x40"
    assert not any(bits[2:])


def test_only_revoked_indices_are_set() -> None:
    encoded = status_list.encode([3, 131_071])
    assert [index for index in (0, 3, 4, 131_071) if status_list.is_set(encoded, index)] == [
        3,
        131_071,
    ]


def test_the_same_list_gives_the_same_text() -> None:
    assert status_list.encode([5, 1]) == status_list.encode([1, 5, 5])


@pytest.mark.parametrize(("revoked", "size"), [([-1], 131_072), ([131_072], 131_072), ([], 1024)])
def test_what_does_not_fit_is_refused(revoked: list[int], size: int) -> None:
    with pytest.raises(ValueError, match="list"):
        status_list.encode(revoked, size)


def test_the_signed_list_verifies_and_lasts_a_week(ring: keys.KeyRing) -> None:
    document = status_list.status_credential(ring, url=URL, revoked=[4711], now=NOW)
    assert proof.verify(document, keys.multibase(ring.credential_key.public_key()))
    assert document["issuer"] == ring.did
    assert document["validUntil"] == "2026-12-25T02:30:00Z"
    assert status_list.is_set(document["credentialSubject"]["encodedList"], 4711)


def test_a_changed_list_is_refused(ring: keys.KeyRing) -> None:
    document = status_list.status_credential(ring, url=URL, revoked=[4711], now=NOW)
    emptied = {**document["credentialSubject"], "encodedList": status_list.encode([])}
    changed = {**document, "credentialSubject": emptied}
    assert not proof.verify(changed, keys.multibase(ring.credential_key.public_key()))
