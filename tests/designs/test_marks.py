"""Logo and signatures: put on by registrars, printed from then on, kept by what was issued."""

import base64
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageDraw

from lms.db import transaction
from lms.designs import marks, queries
from lms.designs.models import MarkUse
from lms.kernel.errors import Invalid
from lms.kernel.permissions import Role
from lms.people import service as people
from lms.people.models import Organisation
from lms.printing import pdf, specimens
from lms.printing.content import Signatory
from lms.storage import blobs
from tests.conftest import signed_in
from tests.make import make_organisation, make_user

pytestmark = pytest.mark.once

NOW = datetime(2026, 12, 18, 2, 30, tzinfo=UTC)
DIRECTOR = "Dr. Hajah Salmah Idris"


def _scan(ink: str = "navy") -> bytes:
    picture = Image.new("RGB", (600, 200), "#f4f1e8")
    ImageDraw.Draw(picture).line((40, 150, 200, 40, 320, 160, 560, 60), fill=ink, width=7)
    written = BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


@dataclass(frozen=True)
class Desk:
    """A registrar of an institute with one signatory."""

    app: Flask
    provider: Organisation
    browser: FlaskClient

    def put(self, **fields: object) -> str:
        answer = self.browser.post(
            "/designs/marks/?lang=en", data=fields, content_type="multipart/form-data"
        )
        assert answer.status_code == 302
        return self.browser.get("/designs/?lang=en").text


@pytest.fixture
def desk(app: Flask) -> Desk:
    with transaction():
        provider = make_organisation()
        provider.signatories = [{"name": DIRECTOR, "title": {"en": "Director"}}]
        registrar = make_user(organisation=provider)
        people.grant_role(registrar, Role.REGISTRAR, provider, by=None)
    return Desk(app, provider, signed_in(app, registrar.email))


def test_of_a_scanned_signature_only_the_ink_is_kept(desk: Desk) -> None:
    page = desk.put(use="signature", signatory=DIRECTOR, file=(BytesIO(_scan()), "s.png"))
    assert "It stands on certificates issued from now on." in page
    digest = queries.marks_of(desk.provider.id).signatures[DIRECTOR]
    with Image.open(BytesIO(blobs().get(digest))) as kept:
        assert kept.mode == "RGBA"
        clear = kept.getchannel("A").histogram()[0]
        assert clear > kept.width * kept.height // 2
        assert kept.width < 560
    shown = desk.browser.get(f"/designs/marks/{digest}.png")
    assert (shown.status_code, shown.content_type) == (200, "image/png")


def test_a_drawn_signature_comes_with_the_form(desk: Desk) -> None:
    drawn = "data:image/png;base64," + base64.b64encode(_scan("black")).decode()
    desk.put(use="signature", signatory=DIRECTOR, drawn=drawn)
    assert DIRECTOR in queries.marks_of(desk.provider.id).signatures
    page = desk.put(use="signature", signatory=DIRECTOR, drawn="data:text/html,<b>")
    assert "This kind of file is not taken" in page


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "at most 2 MB"),
        (b"<svg xmlns='x'/>", "This kind of file is not taken"),
        (_scan()[:300], "cannot be opened"),
        (_scan("#f4f1e8"), "Nothing is drawn"),
    ],
)
def test_what_is_no_signature_is_refused(desk: Desk, file: bytes, said: str) -> None:
    page = desk.put(use="signature", signatory=DIRECTOR, file=(BytesIO(file), "s.png"))
    assert said in page
    assert queries.marks_of(desk.provider.id).signatures == {}


def test_a_picture_that_is_too_large_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        marks.made(b"x" * (marks.LARGEST + 1), MarkUse.LOGO)
    assert refused.value.fields == {"file": "mark-size"}


def test_only_those_who_sign_have_a_signature(desk: Desk) -> None:
    with pytest.raises(Invalid), transaction():
        marks.put(desk.provider, MarkUse.SIGNATURE, "Somebody else", "0" * 64, by=1)
    with pytest.raises(Invalid), transaction():
        marks.put(desk.provider, MarkUse.LOGO, DIRECTOR, "0" * 64, by=1)


def test_a_logo_is_put_on_replaced_and_taken_off(desk: Desk) -> None:
    desk.put(use="logo", file=(BytesIO(_scan()), "logo.png"))
    first = queries.marks_of(desk.provider.id).logo
    desk.put(use="logo", file=(BytesIO(_scan("maroon")), "logo.png"))
    second = queries.marks_of(desk.provider.id).logo
    assert first != second
    assert desk.browser.get(f"/designs/marks/{first}.png").status_code == 404
    assert desk.browser.post("/designs/marks/off", data={"use": "logo"}).status_code == 302
    assert queries.marks_of(desk.provider.id).logo == ""


def test_pictures_of_others_are_not_there(desk: Desk) -> None:
    desk.put(use="logo", file=(BytesIO(_scan()), "logo.png"))
    digest = queries.marks_of(desk.provider.id).logo
    with transaction():
        elsewhere = make_organisation()
        stranger = make_user(organisation=elsewhere)
        people.grant_role(stranger, Role.REGISTRAR, elsewhere, by=None)
    browser = signed_in(desk.app, stranger.email)
    assert browser.get(f"/designs/marks/{digest}.png").status_code == 404
    theirs = f"/designs/marks/off?provider={desk.provider.public_id}"
    assert browser.post(theirs, data={"use": "logo"}).status_code == 404
    assert queries.marks_of(desk.provider.id).logo == digest


def test_they_are_printed_with_words_for_who_cannot_see() -> None:
    logo, ink = marks.made(_scan(), MarkUse.LOGO), marks.made(_scan(), MarkUse.SIGNATURE)
    plain = specimens.specimen("plain", language="en", issuer="Institute", host="sijil.example")
    signed = replace(
        plain, logo="a" * 64, signatories=(Signatory(DIRECTOR, {"en": "Director"}, "b" * 64),)
    )
    kept = {"a" * 64: logo, "b" * 64: ink}
    made = pdf.render(signed, b"{}", now=NOW, sheet=pdf.Sheet(pictures=kept))
    with pikepdf.open(BytesIO(made)) as document:
        pictures = [one for one in document.objects if _is_picture(one)]
        words = [str(one.Alt) for one in document.objects if _is_figure(one)]
    assert len(pictures) >= 2
    assert f"Signature of {DIRECTOR}" in words
    without = pdf.render(signed, b"{}", now=NOW)
    assert len(without) < len(made)


def _is_picture(one: object) -> bool:
    return isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"


def _is_figure(one: object) -> bool:
    return isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure" and "/Alt" in one
