"""Import of frameworks: all or nothing, newer dates make revisions, older ones stay."""

import io

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.db import db
from lms.kernel.errors import Conflict
from lms.standards import case_writing, csv_table, queries, service
from lms.standards.models import Association, Framework, ImportRun, Item
from lms.web.messages import sentence
from tests.conftest import SignIn
from tests.standards.frameworks import TOP, package, table

CHANGED = (4, 4)


def counts() -> list[int | None]:
    return [
        db.session.scalar(select(func.count()).select_from(model))
        for model in (Framework, Item, Association)
    ]


@pytest.mark.usefixtures("app")
def test_the_same_file_again_changes_nothing() -> None:
    first, stored = service.import_file(table(), by=None)
    before = counts()
    again, stored_again = service.import_file(table(), by=None)
    assert (stored, stored_again) == (True, False)
    assert again is first
    assert (first.revision, counts()) == (1, before)


@pytest.mark.usefixtures("app")
def test_an_older_date_changes_nothing() -> None:
    first, _ = service.import_file(table(), by=None)
    older = table((*CHANGED, "2026-12-31T23:59:59Z"), (8, 4, "Older"))
    assert service.import_file(older, by=None) == (first, False)


@pytest.mark.usefixtures("app")
def test_a_newer_date_makes_a_revision_and_leaves_the_older_one() -> None:
    """A unit moved in revision 2 does not change what was mapped to revision 1."""
    first, _ = service.import_file(table(), by=None)
    newer = table((*CHANGED, "2027-01-01T00:00:01Z"), (8, 4, "Moved"), (8, 2, "T"))
    second, stored = service.import_file(newer, by=None)
    assert (stored, second.revision, second.id != first.id) == (True, 2, True)
    old, new = (queries.items_by_code(each)["T.A.2"] for each in (first, second))
    assert (old.statements["en"], new.statements["en"]) == ("Second", "Moved")
    assert old.extra["parents"] != new.extra["parents"] == [TOP]
    assert queries.newest_revision(TOP) is second
    assert [f.id for f in queries.frameworks() if f.identifier == TOP] == [second.id]
    assert csv_table.write(queries.draft_of(first)).encode() == csv_table.write(
        csv_table.read(table()).draft  # type: ignore[arg-type]
    ).encode()  # fmt: skip


@pytest.mark.usefixtures("app")
def test_the_same_codes_and_identifiers_may_stand_in_two_documents() -> None:
    service.import_file(table(), by=None)
    other = table((2, 7, "7f0f3f5e-0000-4000-8000-000000000002"))
    _, stored = service.import_file(other, by=None)
    assert stored


@pytest.mark.usefixtures("app")
def test_a_faulty_file_saves_nothing() -> None:
    before = counts()
    with pytest.raises(service.FaultyFile) as caught:
        service.import_file(table((8, 3, "x")), by=None)
    assert [fault.cause for fault in caught.value.faults] == ["import-not-a-number"]
    assert counts() == before


@pytest.mark.usefixtures("app")
def test_a_check_saves_its_report_only() -> None:
    before = counts()
    run = service.check(table(), "t.csv", "0" * 64, by=None)
    faulty = service.check(table((8, 3, "x")), "t.csv", "0" * 64, by=None)
    assert (run.faults, run.counts) == ([], {"Level": 1, "Domain": 1, "Unit": 2})
    assert faulty.counts == {}
    assert [(f["row"], f["column"], f["value"], f["weight"]) for f in faulty.faults] == [
        (8, "rank", "x", "fault")
    ]
    assert counts() == before


@pytest.mark.usefixtures("app")
def test_a_checked_file_is_taken_over_once() -> None:
    run = service.check(table(), "t.csv", "0" * 64, by=None)
    framework = service.take_over(run, table(), by=None)
    assert run.framework_id == framework.id
    with pytest.raises(Conflict, match="import-done-already"):
        service.take_over(run, table(), by=None)


@pytest.mark.usefixtures("app")
def test_what_is_stored_is_exported_as_it_came() -> None:
    for data in (table(), str(package()).replace("'", '"').encode()):
        draft = service.read_file(data).draft
        assert draft is not None
        db.session.begin_nested()
        framework, _ = service.import_file(data, by=None)
        db.session.expire_all()
        assert queries.draft_of(framework) == draft
        assert case_writing.write(queries.draft_of(framework)) == case_writing.write(draft)
        db.session.rollback()


@pytest.mark.usefixtures("app")
def test_the_tree_has_every_statement_but_the_levels() -> None:
    framework, _ = service.import_file(table(), by=None)
    [domain] = queries.tree_of(framework)
    assert [node.item.code for node in domain.children] == ["T.A.1", "T.A.2"]
    assert [level.code for level in queries.levels_of(framework.id)] == ["T.L1"]


UPLOAD = "/standards/import"


def send(sign_in: SignIn, who: str, data: bytes) -> tuple[int, str, str]:
    answer = sign_in(who).post(UPLOAD, data={"file": (io.BytesIO(data), "frame.csv")})
    return answer.status_code, answer.location or "", answer.text


def test_a_faulty_upload_lists_its_faults_and_offers_no_import(app: Flask, sign_in: SignIn) -> None:
    del app
    before = counts()
    status, report, _ = send(sign_in, "manager", table((8, 3, "zwei"), (6, 1, "T.L1")))
    assert status == 302
    manager = sign_in("manager")
    page = manager.get(report, headers={"Accept-Language": "en"}).text
    main = page[page.index("<main") : page.index("</main>")]
    assert "zwei" in main
    assert "T.L1" in main
    assert main.count("<tr>") >= 3
    assert "<form" not in main
    refused = manager.post(report)
    assert refused.status_code >= 400
    assert counts() == before


def test_a_clean_upload_is_imported_when_confirmed(app: Flask, sign_in: SignIn) -> None:
    del app
    before = counts()
    status, report, _ = send(sign_in, "manager", table())
    assert status == 302
    assert counts() == before
    manager = sign_in("manager")
    page = manager.get(report).text
    assert "<form" in page[page.index("<main") :]
    done = manager.post(report)
    assert done.status_code == 302
    found = queries.newest_revision(TOP)
    assert found is not None
    assert done.location.endswith(f"/standards/{found.public_id}")
    assert found.imported_by_id is not None
    assert manager.post(report).status_code == 409
    assert manager.get(f"/standards/{found.public_id}").status_code == 200
    expected = csv_table.read(table()).draft
    assert expected is not None
    for kind in ("csv", "case.json"):
        export = manager.get(f"/standards/{found.public_id}.{kind}")
        again = service.read_file(export.data).draft
        assert again is not None
        assert (again.identifier, again.items) == (expected.identifier, expected.items)


@pytest.mark.parametrize("who", ["aisyah", "trainer1", "registrar", "auditor", "coordinator"])
def test_only_managers_and_administrators_import(app: Flask, sign_in: SignIn, who: str) -> None:
    del app
    before = db.session.scalar(select(func.count(ImportRun.id)))
    assert send(sign_in, who, table())[0] == 403
    assert sign_in(who).get(UPLOAD).status_code == 403
    assert db.session.scalar(select(func.count(ImportRun.id))) == before


def test_the_reports_of_others_roles_are_closed(app: Flask, sign_in: SignIn) -> None:
    del app
    _, report, _ = send(sign_in, "admin", table())
    trainee = sign_in("aisyah")
    assert trainee.get(report).status_code == 403
    assert trainee.post(report).status_code == 403
    assert sign_in("manager").get(report).status_code == 200


def test_every_cause_has_a_sentence_in_english() -> None:
    assert sentence("import-cycle") == "The item is its own ancestor."
