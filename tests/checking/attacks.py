"""Forgeries: one list of what no checker may call genuine, made from a certificate and its keys.

The classes are those of the literature on signed PDFs (incremental saving, forged and wrapped
signatures, certification attacks, shadow attacks, stolen identity), then credentials that were
touched under a sound signature, and files that are only meant to keep a checker busy.
"""

import copy
import hashlib
import json
import re
from collections.abc import Callable

import pikepdf

from lms.certificates import proof
from lms.checking.attachment import read_attachment
from lms.printing.content import RECEIPT
from tests.checking import hostile, impostors, later
from tests.checking.forging import (
    Document,
    Original,
    holding,
    holding_document,
    holding_receipt,
    resaved,
)

# Forged and wrapped signatures.

_CONTENTS = re.compile(rb"(?<=/Contents <)[0-9A-Fa-f]{100,}>|(?<=/Contents<)[0-9A-Fa-f]{100,}>")
_RANGE = re.compile(rb"/ByteRange ?\[([0-9 ]+)\]")
_START = re.compile(rb"startxref\s+([0-9]+)\s+%%EOF\s*\Z")


def zeroed(original: Original) -> bytes:
    return _CONTENTS.sub(lambda found: b"0" * (len(found[0]) - 1) + b">", original.pdf)


def emptied(original: Original) -> bytes:
    return _CONTENTS.sub(lambda found: b">" + b" " * (len(found[0]) - 1), original.pdf)


def unranged(original: Original) -> bytes:
    return original.pdf.replace(b"/ByteRange", b"/NoRange__")


def _ranged(numbers: Callable[[list[int]], list[int]]) -> Callable[[Original], bytes]:
    def make(original: Original) -> bytes:
        def other(found: re.Match[bytes]) -> bytes:
            told = " ".join(map(str, numbers([int(each) for each in found[1].split()])))
            return b"/ByteRange [%b]" % told.encode().ljust(len(found[1]))

        return _RANGE.sub(other, original.pdf)

    return make


def rewritten(original: Original) -> bytes:
    return resaved(original.pdf)


def wrapped(original: Original) -> bytes:
    """Something of a stranger's in the room of the signature, which the range leaves out."""
    # Not at the first zero: a signature may end in one, and would be cut.
    start = original.pdf.index(b"0" * 64, original.pdf.index(b"/Contents")) + 16
    more = b">/Stranger <"
    return original.pdf[:start] + more + original.pdf[start + len(more) :]


def changed_byte(original: Original) -> bytes:
    """One bit of what is drawn."""
    data = bytearray(original.pdf)
    data[data.index(b"stream") + 60] ^= 1
    return bytes(data)


def cut_off(original: Original) -> bytes:
    """A download that broke off in its last line."""
    return original.pdf[: original.pdf.rindex(b"startxref") + 4]


def table_changed(place: int) -> Callable[[Original], bytes]:
    """One byte of the packed table of where the objects are: no parser finds anything any more."""

    def make(original: Original) -> bytes:
        data = bytearray(original.pdf)
        table = int(_found(_START, original.pdf))
        data[data.index(b"stream", table) + len(b"stream\r\n") + place] ^= 0x40
        return bytes(data)

    return make


def digest_replaced(original: Original) -> bytes:
    """The same, and the digest in the signature is that of the changed bytes."""
    changed = changed_byte(original)
    old, new = (_digest(data).hex().encode() for data in (original.pdf, changed))
    contents = _CONTENTS.search(changed)
    assert contents is not None
    assert old in contents[0].lower()
    return _CONTENTS.sub(contents[0].lower().replace(old, new), changed)


def _digest(data: bytes) -> bytes:
    first, many, second, rest = map(int, _found(_RANGE, data).split())
    return hashlib.sha256(data[first : first + many] + data[second : second + rest]).digest()


def _found(pattern: re.Pattern[bytes], data: bytes) -> bytes:
    match = pattern.search(data)
    assert match is not None
    return match[1]


# Credentials touched, even under our signature on the file.


def renamed(document: Document) -> None:
    document["name"] = "Another award"


def raised(document: Document) -> None:
    document["credentialSubject"]["achievement"]["criteria"]["narrative"] = "Everything"


def another_issuer(document: Document) -> None:
    document["issuer"]["id"] = "did:web:evil.example"


def another_index(document: Document) -> None:
    document["credentialStatus"]["statusListIndex"] = "1"


def prolonged(document: Document) -> None:
    document["validUntil"] = "2199-01-01T00:00:00Z"


def twice_proved(document: Document) -> None:
    document["proof"] = document["proof"] * 2


def unproved(document: Document) -> None:
    del document["proof"]


def another_context(document: Document) -> None:
    document["@context"] = [*document["@context"], "https://evil.example/context"]


def without_status(document: Document) -> None:
    del document["credentialStatus"]


def by_did_key(document: Document) -> None:
    document["proof"][0]["verificationMethod"] = "did:key:z6Mk#z6Mk"


def one_more_term(document: Document) -> None:
    document["nickname"] = "Ais"


def clique(document: Document) -> None:
    """Blank nodes that all point at each other: each more makes canonicalising ten times longer."""
    names = [f"_:n{number}" for number in range(7)]
    document["evidence"] = [
        {
            "id": one,
            "https://evil.example/knows": [{"id": other} for other in names if other != one],
        }
        for one in names
    ]


TOUCHED: tuple[Callable[[Document], None], ...] = (
    renamed,
    raised,
    another_issuer,
    another_index,
    prolonged,
    twice_proved,
    unproved,
    another_context,
    without_status,
    by_did_key,
    one_more_term,
    clique,
)


def touched(spoil: Callable[[Document], None], document: Document) -> Document:
    """A copy of a credential, spoilt."""
    spoilt = copy.deepcopy(document)
    spoil(spoilt)
    return spoilt


def _with(spoil: Callable[[Document], None]) -> Callable[[Original], bytes]:
    return lambda original: holding_document(original, touched(spoil, original.credential))


def twice_named(original: Original) -> bytes:
    """Two names in one object: one reader believes the first, another the last."""
    text = proof.canonical_bytes(original.credential)
    return holding(original, b'{"name":"Doctor",' + text[1:])


def two_credentials(original: Original) -> bytes:
    return holding(original, *[proof.canonical_bytes(original.credential)] * 2)


def no_credential(original: Original) -> bytes:
    return holding(original, b"{}", name="other.json")


def bomb(original: Original) -> bytes:
    return holding(original, b"[" * 50_000_000)


def encrypted(original: Original) -> bytes:
    return resaved(original.pdf, encryption=pikepdf.Encryption(owner="o", user="u"))


# Receipts of the public log that do not hold: asked of those who have no register.


def _receipt(change: Callable[[Document], Document]) -> Callable[[Original], bytes]:
    def make(original: Original) -> bytes:
        plain: Document = json.loads(read_attachment(original.pdf, RECEIPT))
        return holding_receipt(original, json.dumps(plain | change(plain)).encode())

    return make


def _of_another(plain: Document) -> Document:
    return {"entry": plain["entry"] | {"sha256": "0" * 64}}


def _of_another_kind(plain: Document) -> Document:
    return {"entry": plain["entry"] | {"type": "revoked"}}


def _of_another_time(plain: Document) -> Document:
    return {"entry": plain["entry"] | {"time": "2020-01-01T00:00:00Z"}}


def _of_another_size(plain: Document) -> Document:
    name, size, rest = plain["checkpoint"].split("\n", 2)
    return {"checkpoint": f"{name}\n{int(size) + 1}\n{rest}"}


RECEIPTS: dict[str, Callable[[Original], bytes]] = {
    "of another": _receipt(_of_another),
    "of another kind": _receipt(_of_another_kind),
    "of another time": _receipt(_of_another_time),
    "of another size": _receipt(_of_another_size),
    "of another place": _receipt(lambda plain: {"index": plain["index"] + 1}),
    "of another path": _receipt(lambda plain: {"path": ["00" * 32, *plain["path"]]}),
    "unsigned": _receipt(lambda plain: {"checkpoint": plain["checkpoint"].split("\u2014")[0]}),
    "of no form": lambda original: holding_receipt(original, b"[]"),
    "of no language": lambda original: holding_receipt(original, b"not json"),
}


_NAMED = {f"credential {each.__name__.replace('_', ' ')}": each for each in TOUCHED}

Make = Callable[[Original], bytes]
FORGED: dict[str, Make] = {
    **later.SAVED,
    "trailing bytes": lambda original: original.pdf + b"\n% more\n",
    "trailing newline": lambda original: original.pdf + b"\n",
    "prefix bytes": lambda original: b"\n" + original.pdf,
    "zeroed signature": zeroed,
    "empty signature": emptied,
    "no range": unranged,
    "short range": _ranged(lambda told: [0, told[1], told[2], 10]),
    "range of nothing": _ranged(lambda _: [0, 0, 0, 0]),
    "negative range": _ranged(lambda told: [0, told[1], -1, told[3]]),
    "changed byte": changed_byte,
    "cut off": cut_off,
    "changed table": table_changed(12),
    "changed table's head": table_changed(0),
    "digest replaced": digest_replaced,
    "wrapped": wrapped,
    "rewritten": rewritten,
    **impostors.IMPOSTORS,
    **impostors.OTHERWISE,
    **{name: _with(spoil) for name, spoil in _NAMED.items()},
    "credential twice named": twice_named,
    "two credentials": two_credentials,
    "no credential": no_credential,
    "encrypted": encrypted,
}
HOSTILE: dict[str, Make] = {"bomb": bomb, **hostile.HOSTILE}
ATTACKS = {**FORGED, **HOSTILE}
UNSOUND = {"proved by a stranger", "proved for another", *_NAMED}
"""The file is ours to the last byte, and the credential in it is not."""
OURS_ALL_THE_SAME = {"cut off", "changed table", "changed table's head", "changed byte"}
"""No parser may open it, but whose it is can be seen."""
_UNKNOWN = {
    "prefix bytes",
    "zeroed signature",
    "empty signature",
    "no range",
    "encrypted",
    *impostors.IMPOSTORS,
}


def expected(name: str) -> str:
    """The verdict of those who have no register: not ours at all, or spoilt."""
    return "unknown" if name in _UNKNOWN else "tampered"
