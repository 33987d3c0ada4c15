"""The answer for programs: the verdict and its axes, the certified facts, never the name."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from lms.certificates.models import Certificate
from lms.db import db
from tests.certificates.awards import bring, sample_certificate

pytestmark = pytest.mark.usefixtures("app")
JSON = {"Accept": "application/json"}


def asked(client: FlaskClient, path: str) -> tuple[int, dict[str, Any]]:
    answer = client.get(path, headers=JSON)
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.get_json()


def test_a_known_code(client: FlaskClient) -> None:
    certificate = sample_certificate()
    status, said = asked(client, f"/v/{certificate.code}?lang=en")
    assert (status, said["verdict"], said["serial"]) == (200, "valid", certificate.serial)
    assert said["axes"] == {
        "signature": "not_checked",
        "period": "current",
        "status": "in_force",
        "issuer": "known",
        "file": "not_given",
    }
    assert said["competencies"][0]["code"] == "SWX.AS.02"
    assert said["name_matches"] is None
    assert certificate.user.name not in str(said)
    assert certificate.user.email not in str(said)


@pytest.mark.parametrize(
    ("typed", "matches"), [("nur aisyah  binti ABDUL rahman", True), ("x", False)]
)
def test_a_typed_name_is_compared(client: FlaskClient, typed: str, matches: bool) -> None:  # noqa: FBT001
    _, said = asked(client, f"/v/{sample_certificate().code}?name={typed}")
    assert said["name_matches"] is matches


@pytest.mark.parametrize("state", ["suspended", "revoked", "superseded"])
def test_a_state_stands_on_its_own_axis(client: FlaskClient, state: str) -> None:
    bring(sample_certificate(), state)
    db.session.commit()
    _, said = asked(client, f"/v/{sample_certificate().code}")
    assert (said["verdict"], said["axes"]["status"]) == (state, state)
    assert said["axes"]["period"] == "current"


def test_unknown_and_malformed_codes_are_answered_alike(client: FlaskClient) -> None:
    status, unknown = asked(client, "/v/7Q2MX4C8ZT9KHD5WPV3R1NJB6F7")
    again, malformed = asked(client, "/v/123")
    assert (status, again) == (404, 404)
    assert unknown.pop("checked_at") <= malformed.pop("checked_at")
    assert unknown == malformed
    assert unknown["verdict"] == "unknown"
    assert unknown["axes"]["issuer"] == "not_known"


@pytest.mark.usefixtures("filed")
def test_files(client: FlaskClient, sample_pdf: bytes) -> None:
    def sent(data: bytes) -> dict[str, Any]:
        form = {"file": (io.BytesIO(data), "certificate.pdf")}
        answer = client.post("/verify/file", data=form, headers=JSON)
        assert answer.status_code == 200
        found: dict[str, Any] = answer.get_json()
        return found

    genuine = sent(sample_pdf)
    assert (genuine["verdict"], genuine["axes"]["signature"]) == ("valid", "ok")
    assert genuine["axes"]["file"] == "issued"
    altered = sent(sample_pdf + b"\n")
    assert (altered["verdict"], altered["axes"]["file"]) == ("tampered", "altered")
    foreign = sent(b"%PDF-1.4 nothing")
    assert (foreign["verdict"], foreign["axes"]["file"]) == ("unknown", "foreign")


def test_the_page_says_what_was_checked(client: FlaskClient, filed: Certificate) -> None:
    page = client.get(f"/v/{filed.code}?lang=en").text
    for words in ("What was checked", "Not checked: bring the file", "In force"):
        assert words in page
