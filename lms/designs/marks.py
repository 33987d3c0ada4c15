"""Pictures on certificates: the logo of an institute, and signatures, scanned or drawn."""

import base64
import binascii
import io

from PIL import Image
from sqlalchemy import Select, delete, select

from lms.audit import service as audit
from lms.db import db, unique_or
from lms.designs.models import DesignMark, MarkUse
from lms.kernel.errors import Invalid
from lms.people.models import Organisation
from lms.storage import pictures

LARGEST = 2_000_000
"""Bytes of a picture that is handed in."""
_LONGEST_SIDE = 1000
_INK = (22, 32, 60)
_PAPER = 170
"""What is lighter than this on a scanned signature is paper."""
_DRAWN = "data:image/png;base64,"


def of_address(drawn: str) -> bytes:
    """The picture in a data address, as a page sends what was drawn on it; raises Invalid."""
    if not drawn.startswith(_DRAWN) or len(drawn) > LARGEST:
        raise Invalid(fields={"file": "file-type-refused"})
    try:
        return base64.b64decode(drawn.removeprefix(_DRAWN), validate=True)
    except binascii.Error:
        raise Invalid(fields={"file": "file-picture-damaged"}) from None


def made(data: bytes, use: MarkUse) -> bytes:
    """A picture as it is kept: a small PNG; of a signature only the ink. Raises Invalid."""
    if not data or len(data) > LARGEST:
        raise Invalid(fields={"file": "mark-size"})
    kind = "JPEG" if data.startswith(b"\xff\xd8") else "PNG"
    with Image.open(io.BytesIO(pictures.cleaned(kind)(data))) as opened:
        picture = opened.convert("RGBA")
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    if use is MarkUse.SIGNATURE:
        picture = _ink_of(picture)
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()


def _ink_of(picture: Image.Image) -> Image.Image:
    white = Image.new("RGBA", picture.size, "white")
    grey = Image.alpha_composite(white, picture).convert("L")
    ink = grey.point(lambda light: 0 if light > _PAPER else min(255, (255 - light) * 3 // 2))
    bounds = ink.getbbox()
    if bounds is None:
        raise Invalid(fields={"file": "mark-empty"})
    drawn = Image.new("RGBA", picture.size, (*_INK, 255))
    drawn.putalpha(ink)
    return drawn.crop(bounds)


def put(provider: Organisation, use: MarkUse, signatory: str, digest: str, *, by: int) -> None:
    """Print a picture on certificates issued from now on; ``digest`` is of one that is kept."""
    _check(provider, use, signatory)
    mark = db.session.scalar(_query(provider, use, signatory).with_for_update())
    if mark is None:
        mark = DesignMark(provider_id=provider.id, use=use.value, signatory=signatory)
    mark.digest = digest
    with unique_or("design-choice-raced"):
        db.session.add(mark)
    audit.record(
        by, "designs.mark_put", provider, sealed=True, use=use.value, name=signatory, digest=digest
    )


def take_off(provider: Organisation, use: MarkUse, signatory: str, *, by: int) -> None:
    """Print it no more; certificates issued before keep it."""
    _check(provider, use, signatory)
    db.session.execute(
        delete(DesignMark).where(
            DesignMark.provider_id == provider.id,
            DesignMark.use == use.value,
            DesignMark.signatory == signatory,
        )
    )
    audit.record(by, "designs.mark_off", provider, sealed=True, use=use.value, name=signatory)


def _query(provider: Organisation, use: MarkUse, signatory: str) -> Select[DesignMark]:
    return select(DesignMark).where(
        DesignMark.provider_id == provider.id,
        DesignMark.use == use.value,
        DesignMark.signatory == signatory,
    )


def _check(provider: Organisation, use: MarkUse, signatory: str) -> None:
    known = {""} if use is MarkUse.LOGO else {one["name"] for one in provider.signatories}
    if signatory not in known:
        raise Invalid(fields={"signatory": "invalid"})
