"""Designs over HTTP and by their verbs: drawn, looked at, published by another, chosen."""

from dataclasses import dataclass
from io import BytesIO

import pypdfium2  # type: ignore[import-untyped]
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from lms.certificates import queries as certificate_queries
from lms.certificates import service as certificates
from lms.certificates.keyring import ring
from lms.certificates.models import Certificate
from lms.db import db, transaction
from lms.designs import queries, rules, service
from lms.designs.models import Design, DesignUse, DesignVersion
from lms.designs.wording import PLACEHOLDERS, SHIPPED, SPECIMENS
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Role
from lms.people import service as people
from lms.people.models import User
from lms.printing import shipped, specimens
from lms.printing.values import PERSONAL, SHARED
from lms.web import running
from tests.certificates.awards import sample_certificate
from tests.conftest import signed_in
from tests.make import make_organisation, make_user

pytestmark = pytest.mark.once


@dataclass(frozen=True)
class Studio:
    """Two registrars of an institute, and a design that one of them is drawing."""

    app: Flask
    design: Design
    first: User
    second: User

    @property
    def page(self) -> str:
        return f"/designs/{self.design.public_id}"

    @property
    def draft(self) -> DesignVersion:
        found = queries.draft_of(self.design)
        assert found is not None
        return found

    def browser(self, person: User | None = None) -> FlaskClient:
        return signed_in(self.app, (person or self.first).email)

    def fields(self, **changed: str) -> dict[str, str]:
        draft = self.draft
        return {
            "html": draft.html,
            "css": draft.css,
            "underlay": draft.underlay,
            "paper": "landscape",
            "lines": "9",
            "dense": "17",
            "across": "46",
            "row_version": str(draft.row_version),
            **changed,
        }

    def publish(self, by: User | None = None) -> None:
        with transaction():
            service.publish(
                self.draft,
                settings=running.settings(),
                by=(by or self.second).id,
                now=clock.now(),
            )


@pytest.fixture
def studio(app: Flask) -> Studio:
    with transaction():
        provider = make_organisation("STUDIO")
        first, second = (make_user(organisation=provider) for _ in range(2))
        for one in (first, second):
            people.grant_role(one, Role.REGISTRAR, provider, by=None)
        look = service.Look.of(shipped.design("songket"))
        design = service.begin(provider, "Ours", look, by=first.id, now=clock.now())
    return Studio(app, design, first, second)


def test_a_registrar_begins_a_design_from_a_shipped_one(studio: Studio) -> None:
    browser = studio.browser()
    made = browser.post("/designs/", data={"name": " For  framing ", "source": "anyaman"})
    assert made.status_code == 302
    page = browser.get(f"{made.location}?lang=en").text
    assert "For framing" in page
    assert "{{ claims }}" in page
    taken = browser.post("/designs/?lang=en", data={"name": "For framing", "source": "tumpal"})
    assert taken.status_code == 422
    assert "There is a design of this name already" in taken.text


def test_a_draft_is_saved_faulty_and_says_what_is_wrong(studio: Studio) -> None:
    browser = studio.browser()
    wrong = studio.draft.html.replace("{{ qr }}", "").replace("{{ lead }}", "Well done")
    saved = browser.post(studio.page, data=studio.fields(html=wrong))
    assert saved.status_code == 302
    page = browser.get(f"{studio.page}?lang=en").text
    assert "This placeholder is missing" in page
    assert "Well done" in page
    assert "A design has no words of its own" in page


def test_two_who_draw_at_once_do_not_overwrite_each_other(studio: Studio) -> None:
    seen = studio.fields(css=studio.draft.css + "\n.small { color: #222 }")
    other = studio.fields(css=studio.draft.css + "\n.small { color: #333 }")
    assert studio.browser().post(studio.page, data=seen).status_code == 302
    late = studio.browser(studio.second).post(f"{studio.page}?lang=en", data=other)
    assert late.status_code == 409
    assert "Somebody else changed this record" in late.text
    assert "color: #333" in late.text
    assert "color: #222" in studio.draft.css


def test_whoever_changed_it_last_does_not_publish_it(studio: Studio) -> None:
    before = rules._faults.cache_info()
    refused = studio.browser().post(f"{studio.page}/publish", headers={"Accept": "text/html"})
    assert refused.status_code == 409
    assert rules._faults.cache_info() == before  # nothing was set, nor looked up
    assert studio.browser(studio.second).post(f"{studio.page}/publish").status_code == 302
    assert queries.draft_of(studio.design) is None
    (version,) = queries.versions_of(studio.design)
    assert (version.published_by_id, version.drafted_by_id) == (studio.second.id, studio.first.id)


def test_no_transaction_stands_open_while_specimens_are_set(studio: Studio) -> None:
    assert queries.draft_of(studio.design) is not None
    assert db.session().in_transaction()
    service.set_specimens(
        studio.draft, settings=running.settings(), by=studio.second.id, now=clock.now()
    )
    assert not db.session().in_transaction()


def test_the_table_itself_refuses_the_same_person_twice(studio: Studio) -> None:
    change = (
        update(DesignVersion)
        .where(DesignVersion.id == studio.draft.id)
        .values(state="published", published_by_id=studio.first.id, published_at=clock.now())
    )
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(change)


def test_a_design_that_does_not_fit_is_not_published(studio: Studio) -> None:
    with transaction():
        look = service.Look.of(queries.printable(studio.draft))
        narrow = service.Look(
            look.html,
            look.css + ".holder { height: 5mm }",
            "songket",
            landscape=True,
            room=look.room,
        )
        service.change(studio.draft, narrow, seen=1, by=studio.first.id, now=clock.now())
    refused = studio.browser(studio.second).post(f"{studio.page}/publish?lang=en")
    assert refused.status_code == 422
    assert "This does not fit its slot" in refused.text
    assert queries.draft_of(studio.design) is not None


def test_a_published_version_never_changes(studio: Studio) -> None:
    version = studio.draft
    look = service.Look.of(queries.printable(version))
    studio.publish()
    with pytest.raises(Conflict, match="design-published"), transaction():
        service.change(version, look, seen=1, by=studio.first.id, now=clock.now())
    typed = {"html": "<b>mine</b>", "paper": "portrait", "lines": "9", "dense": "9", "across": "40"}
    late = studio.browser().post(f"{studio.page}?lang=en", data=typed)
    assert late.status_code == 409
    assert "This version is published and is never changed" in late.text
    assert "&lt;b&gt;mine&lt;/b&gt;" in late.text
    with transaction():
        second = service.draw_again(studio.design, by=studio.first.id, now=clock.now())
    assert (second.number, second.html) == (2, version.html)
    with pytest.raises(Conflict, match="design-draft-there"), transaction():
        service.draw_again(studio.design, by=studio.second.id, now=clock.now())


def test_only_what_is_published_is_chosen_and_only_ones_own(studio: Studio) -> None:
    provider, draft = studio.design.provider, studio.draft
    browser = studio.browser()
    chosen = {"kind": "competence", "design": draft.public_id}
    assert browser.post("/designs/choose", data=chosen).status_code == 422
    studio.publish()
    assert browser.post("/designs/choose", data=chosen).status_code == 302
    assert queries.in_use(provider.id, "competence") == draft.public_id
    assert queries.in_use(provider.id, "attendance") == shipped.DEFAULT
    assert queries.load(draft.public_id).underlay == "songket"
    with transaction():
        stranger = make_organisation()
    with pytest.raises(Invalid), transaction():
        service.choose(stranger, "competence", draft.public_id, by=studio.first.id)
    assert (
        browser.post("/designs/choose", data={"kind": "x", "design": "tumpal"}).status_code == 422
    )
    again = {"kind": "competence", "design": "tumpal"}
    assert browser.post("/designs/choose", data=again).status_code == 302
    assert (
        db.session.scalar(
            select(func.count(DesignUse.id)).where(DesignUse.provider_id == provider.id)
        )
        == 1
    )


def test_strangers_find_nothing(studio: Studio) -> None:
    with transaction():
        elsewhere = make_organisation()
        stranger, trainee = make_user(organisation=elsewhere), make_user()
        people.grant_role(stranger, Role.REGISTRAR, elsewhere, by=None)
    draft = studio.draft.public_id
    theirs = (
        studio.page,
        f"/designs/pictures/{draft}/plain.png",
        f"/designs/pictures/{draft}/plain.pdf",
    )
    for address in theirs:
        assert studio.browser(stranger).get(address).status_code == 404
        assert studio.browser(trainee).get(address).status_code == 403
    for deed in ("/preview", "/publish", "/again"):
        assert studio.browser(stranger).post(studio.page + deed).status_code == 404
    other = f"/designs/?provider={studio.design.provider.public_id}"
    assert studio.browser(stranger).get(other).status_code == 404


def test_pictures_show_every_specimen(studio: Studio) -> None:
    browser = studio.browser()
    for name in ("plain", "annex", "attendance"):
        answer = browser.get(f"/designs/pictures/{studio.draft.public_id}/{name}.png?spoken=en")
        assert answer.status_code == 200
        with Image.open(BytesIO(answer.data)) as picture:
            assert picture.width > 1000
    assert browser.get("/designs/pictures/tumpal/nobody.png").status_code == 404
    assert browser.get("/designs/pictures/nothing/plain.png").status_code == 404
    printed = browser.get(f"/designs/pictures/{studio.draft.public_id}/jawi.pdf")
    assert printed.content_type == "application/pdf"
    assert len(pypdfium2.PdfDocument(printed.data)) == 1


def test_the_preview_follows_what_is_typed_and_saves_nothing(studio: Studio) -> None:
    browser = studio.browser()
    before = studio.draft.css
    typed = studio.fields(css=f"{before}.holder {{ height: 4mm }}", person="long", spoken="en")
    said = browser.post(f"{studio.page}/preview?lang=en", data=typed).get_json()
    assert said["picture"].startswith("data:image/png;base64,")
    assert any("does not fit its slot" in one for one in said["faults"])
    hostile = studio.fields(css="@import url(file:///etc/passwd);")
    said = browser.post(f"{studio.page}/preview?lang=en", data=hostile).get_json()
    assert said["picture"] is None
    assert any("@import" in one for one in said["faults"])
    assert studio.draft.css == before


def test_a_draft_that_breaks_the_rules_is_never_set(studio: Studio) -> None:
    """Its picture is not there: nothing of it reaches the press."""
    browser = studio.browser()
    fields = studio.fields(html=studio.draft.html + "<script>1</script>")
    assert browser.post(studio.page, data=fields).status_code == 302
    address = f"/designs/pictures/{studio.draft.public_id}/plain.png"
    assert browser.get(address).status_code == 404


def _size(certificate: Certificate) -> tuple[float, float]:
    made = certificates.make_pdf(certificate, ring(running.settings()))
    width, height = pypdfium2.PdfDocument(made)[0].get_size()
    return width, height


def test_a_certificate_keeps_the_design_it_was_issued_in(app: Flask) -> None:
    certificate = sample_certificate()
    provider = certificate.place.offering.course_version.course.provider
    before = _size(certificate)
    with transaction():
        service.choose(provider, certificate.kind, "anyaman", by=certificate.issued_by_id)
    assert _size(certificate) == before
    assert before[0] > before[1]
    assert certificate_queries.by_public_id(certificate.public_id).content["design"] == "tumpal"
    del app


def test_the_lists_of_words_are_whole() -> None:
    assert set(PLACEHOLDERS) == PERSONAL | SHARED
    assert set(SPECIMENS) == set(specimens.NAMES)
    assert set(SHIPPED) == set(shipped.NAMES)
