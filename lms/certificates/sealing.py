"""The signature of the institute, put into a PDF while it is written.

The same certifying signature as ``signing`` makes by an incremental update, at a tenth of the
cost: the file is written once, with room for the signature, and never parsed again. The CMS is
one that pyHanko made with the same keys, with the digest and the signature value of this file.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import pydyf  # type: ignore[import-untyped]

from lms.certificates import signing
from lms.certificates.keys import KeyRing

_RANGE = b"[0000000000 0000000000 0000000000 0000000000]"
_MARK = hashlib.sha256(b"the digest of another file").digest()
_VALUE_BYTES = 71
_FLAGS = 132  # print and locked, as pyHanko sets them
_OUTSIDE = pydyf.Array((-9999,) * 4)
"""A rectangle of no size fails PDF/UA; one outside the page passes."""


class UnlikeError(ValueError):
    """pyHanko made a signature of another form than ours is modelled on."""


class _InPlain(pydyf.Dictionary):
    """Stands in the file as it is, not in a stream of objects: its bytes are filled in later."""

    compressible = False


class Seal:
    """A signature for one file: ``place`` it before the file is written, ``close`` it after."""

    def __init__(self, ring: KeyRing, *, now: datetime) -> None:
        """``now`` is an aware time and becomes the signing time. Raises ValueError when naive."""
        if now.utcoffset() is None:
            raise ValueError("the time must be aware")
        self._ring, self._now = ring, now
        self._room = signing.room(ring)

    def place(self, pdf: Any) -> None:  # noqa: ANN401  # of pydyf, untyped
        """Add field, signature and permissions to the objects of a file."""
        signature = _InPlain(
            {
                "Type": "/Sig",
                "Filter": "/Adobe.PPKLite",
                "SubFilter": "/ETSI.CAdES.detached",
                "Name": pydyf.String(self._ring.signer_certificate.subject.rfc4514_string()),
                "M": pydyf.String(self._now.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")),
                "Reference": pydyf.Array((_only_as_it_is(),)),
                "ByteRange": _RANGE,
                "Contents": b"<" + b"0" * self._room + b">",
            }
        )
        pdf.add_object(signature)
        page = next(each for each in pdf.objects if _is_page(each))
        field = pydyf.Dictionary(
            {
                "Type": "/Annot",
                "Subtype": "/Widget",
                "FT": "/Sig",
                "T": pydyf.String(signing.FIELD),
                "TU": pydyf.String(f"Signature: {self._ring.did}"),
                "F": _FLAGS,
                "Rect": _OUTSIDE,
                "P": page.reference,
                "V": signature.reference,
            }
        )
        pdf.add_object(field)
        page["Annots"] = pydyf.Array([*page.get("Annots", ()), field.reference])
        pdf.catalog["AcroForm"] = pydyf.Dictionary(
            {"Fields": pydyf.Array((field.reference,)), "SigFlags": 3}
        )
        pdf.catalog["Perms"] = pydyf.Dictionary({"DocMDP": signature.reference})

    def close(self, data: bytes) -> bytes:
        """The file with its signature over every byte but its own."""
        filled = bytearray(data)
        start = data.index(b"/Contents <0") + len(b"/Contents ")
        end = start + self._room + 2
        place = data.index(_RANGE)
        spans = (0, start, end, len(data) - end)
        filled[place : place + len(_RANGE)] = b"[%010d %010d %010d %010d]" % spans
        digest = hashlib.sha256(filled[:start])
        digest.update(filled[end:])
        signed = _model(self._ring).of(self._ring, digest.digest()).hex().encode("ascii")
        filled[start + 1 : start + 1 + len(signed)] = signed
        return bytes(filled)


def _only_as_it_is() -> Any:  # noqa: ANN401  # the same
    return pydyf.Dictionary(
        {
            "Type": "/SigRef",
            "TransformMethod": "/DocMDP",
            "TransformParams": pydyf.Dictionary(
                {"Type": "/TransformParams", "V": "/1.2", "P": 1},
            ),
        }
    )


def _is_page(each: object) -> bool:
    return isinstance(each, pydyf.Dictionary) and each.get("Type") == "/Page"


@dataclass(frozen=True)
class _Model:
    """A signature that pyHanko made, of which two places change: the digest and the value."""

    der: bytes
    attributes: bytes
    value: bytes

    def of(self, ring: KeyRing, digest: bytes) -> bytes:
        """The same for another digest."""
        hashed = hashlib.sha256(self.attributes.replace(_MARK, digest)).digest()
        # One in two values has this length; another would change five lengths around it.
        value = b""
        while len(value) != _VALUE_BYTES:
            value = ring.document_key.sign(hashed)
        return self.der.replace(_MARK, digest).replace(self.value, value)


@lru_cache(maxsize=4)
def _model(ring: KeyRing) -> _Model:
    signer = signing.signer(ring)
    while True:
        made = asyncio.run(signer.async_sign(_MARK, signing.DIGEST, use_pades=True))
        info = made["content"]["signer_infos"][0]
        value: bytes = info["signature"].native
        if len(value) == _VALUE_BYTES:
            attributes = info["signed_attrs"].untag().dump()
            model = _Model(made.dump(), attributes, value)
            if (model.der.count(_MARK), attributes.count(_MARK), model.der.count(value)) != (
                1,
            ) * 3:
                raise UnlikeError
            return model
