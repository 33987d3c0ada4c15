"""Withdrawals over HTTP: as registrars, as the holder, and as those who are neither."""

from dataclasses import dataclass

import pytest
from flask import Flask

from lms.certificates import queries
from lms.certificates.models import Certificate
from lms.db import db, transaction
from lms.kernel.permissions import Role
from lms.people import service as people
from lms.sample import withdrawn
from lms.sample.loading import plan
from lms.withdrawals import queries as withdrawal_queries
from lms.withdrawals.models import State, Withdrawal
from tests.certificates.awards import sample_certificate
from tests.conftest import SignIn
from tests.make import make_organisation, make_user

REASON = "Identity card seen at the counter"


@dataclass(frozen=True)
class Doubted:
    """The revocation that waits in the sample."""

    one: Withdrawal

    @property
    def page(self) -> str:
        return f"/withdrawals/{self.one.public_id}"


@pytest.fixture
def doubted(app: Flask) -> Doubted:
    del app
    (found,) = withdrawal_queries.waiting_under(("/",))
    return Doubted(found)


@pytest.fixture
def certificate(app: Flask) -> Certificate:
    del app
    return sample_certificate()


def address(certificate: Certificate, deed: str = "") -> str:
    return f"/certificates/{certificate.public_id}{deed}"


def test_a_registrar_suspends_and_everybody_who_checks_is_told(
    certificate: Certificate, sign_in: SignIn
) -> None:
    registrar, holder = sign_in("registrar"), sign_in("aisyah")
    page = registrar.get(f"{address(certificate)}?lang=en").text
    assert "Change the certificate" in page
    assert "Change the certificate" not in holder.get(f"{address(certificate)}?lang=en").text
    typed = registrar.post(f"{address(certificate, '/suspend')}?lang=en", data={"reason": " "})
    assert typed.status_code == 422
    done = registrar.post(address(certificate, "/suspend"), data={"reason": "Roll checked"})
    assert done.status_code == 302
    seen = holder.get(f"{address(certificate)}?lang=en").text
    assert "Suspended" in seen
    assert "Roll checked" in seen
    checked = registrar.application.test_client().get(f"/v/{certificate.code}?lang=en")
    assert "suspended for now" in checked.text
    assert "Roll checked" not in checked.text
    again = registrar.post(address(certificate, "/suspend"), data={"reason": "Again"})
    assert again.status_code == 409
    lifted = registrar.post(address(certificate, "/reinstate"), data={"reason": "All is well"})
    assert lifted.status_code == 302
    db.session.refresh(certificate)
    assert certificate.state == "issued"


def test_the_list_of_revoked_ones_is_fresh_within_half_a_minute(app: Flask) -> None:
    answer = app.test_client().get("/status/revocation/1")
    assert answer.cache_control.max_age is not None
    assert answer.cache_control.max_age <= 30


def test_who_asked_does_not_decide_and_a_second_registrar_does(
    doubted: Doubted, sign_in: SignIn
) -> None:
    first, second = sign_in("registrar"), sign_in("registrar2")
    assert "another registrar decides" in first.get(f"{doubted.page}?lang=en").text
    own = first.post(f"{doubted.page}/decision", data={"decision": "agree"})
    assert own.status_code == 409
    assert doubted.page in second.get("/desk?lang=en").text
    assert second.post(f"{doubted.page}/decision", data={}).status_code == 422
    wordless = second.post(f"{doubted.page}/decision", data={"decision": "refuse"})
    assert wordless.status_code == 422
    agreed = second.post(f"{doubted.page}/decision", data={"decision": "agree"})
    assert agreed.status_code == 302
    code = doubted.one.certificate.code
    assert "was revoked" in second.application.test_client().get(f"/v/{code}?lang=en").text
    twice = second.post(f"{doubted.page}/decision", data={"decision": "agree"})
    assert twice.status_code == 409
    assert doubted.page not in second.get("/desk?lang=en").text


def test_only_who_asked_takes_it_back(doubted: Doubted, sign_in: SignIn) -> None:
    assert sign_in("registrar2").post(f"{doubted.page}/take-back").status_code == 409
    assert sign_in("registrar").post(f"{doubted.page}/take-back").status_code == 302
    db.session.refresh(doubted.one)
    assert doubted.one.state == State.TAKEN_BACK


def test_a_correction_leads_to_the_new_certificate(
    certificate: Certificate, sign_in: SignIn
) -> None:
    registrar, holder = sign_in("registrar"), sign_in("aisyah")
    form = registrar.get(f"{address(certificate, '/correct')}?lang=en").text
    assert certificate.user.name in form
    wrong = registrar.post(
        address(certificate, "/correct"), data={"name": certificate.user.name, "reason": REASON}
    )
    assert wrong.status_code == 422
    assert REASON in wrong.text
    done = registrar.post(
        address(certificate, "/correct"), data={"name": "Nur Aisyah", "reason": REASON}
    )
    new = queries.by_public_id(done.location.rpartition("/")[2])
    assert new.content["holder_name"] == "Nur Aisyah"
    assert certificate.serial in holder.get(address(new)).text
    assert new.serial in holder.get(address(certificate)).text
    checked = registrar.application.test_client().get(f"/v/{certificate.code}?lang=en").text
    assert "replaced by a newer one" in checked
    assert new.serial not in checked
    assert registrar.get("/withdrawals/?lang=en").text.count(certificate.serial) == 1


@pytest.mark.parametrize("who", ["budi", "trainer1", "manager", "auditor", "coordinator"])
def test_others_find_nothing_to_withdraw(
    doubted: Doubted, certificate: Certificate, sign_in: SignIn, who: str
) -> None:
    visitor = sign_in(who)
    for path in (doubted.page, address(certificate, "/suspend"), "/withdrawals/"):
        assert visitor.get(path).status_code in {403, 404}
    done = visitor.post(address(certificate, "/suspend"), data={"reason": "x"})
    assert done.status_code in {403, 404}


def test_registrars_of_others_and_of_their_own_certificates_do_nothing(
    certificate: Certificate, sign_in: SignIn, app: Flask
) -> None:
    del app
    with transaction():
        stranger = make_user("Stranger", email="stranger@test.example")
        people.grant_role(stranger, Role.REGISTRAR, make_organisation(), by=None)
        provider = certificate.place.offering.course_version.course.provider
        people.grant_role(certificate.user, Role.REGISTRAR, provider, by=None)
    for who in ("stranger@test.example", "aisyah"):
        assert sign_in(who).get(address(certificate, "/suspend")).status_code == 404


def test_an_auditor_reads_what_only_waits_and_the_holder_does_not(
    doubted: Doubted, sign_in: SignIn
) -> None:
    page = address(doubted.one.certificate)
    holder = plan()["trainees"][withdrawn.DOUBTED]["email"]
    read = sign_in("auditor").get(page).text
    assert doubted.one.reason in read
    assert doubted.page not in read, "auditors may not open it"
    assert doubted.page in sign_in("registrar2").get(page).text
    assert doubted.one.reason not in sign_in(holder).get(page).text
