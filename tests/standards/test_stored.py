"""Whatever CASE can say is stored whole and comes back as it was, relations included."""

import json

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings

from lms.db import db
from lms.standards import case_writing, queries, service
from lms.standards.draft import FrameworkDraft
from tests.standards.frameworks import frameworks, package, uuid


def stored(data: bytes) -> FrameworkDraft:
    framework, new = service.import_file(data, by=None)
    assert new
    db.session.expire_all()
    return queries.draft_of(framework)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(draft=frameworks())
def test_any_framework_is_stored_and_read_back(app: Flask, draft: FrameworkDraft) -> None:
    del app
    data = case_writing.write(draft)
    try:
        again = stored(json.dumps(data).encode())
        assert again == draft
        assert case_writing.write(again) == data
    finally:
        db.session.rollback()


@pytest.mark.usefixtures("app")
def test_a_relation_to_another_framework_is_exported_as_it_came() -> None:
    document = package()
    elsewhere = {"identifier": uuid(77), "title": "Elsewhere", "uri": "https://other.example/77"}
    document["CFAssociations"].append(
        {
            "identifier": uuid(500),
            "associationType": "exactMatchOf",
            "originNodeURI": {"identifier": uuid(1)},
            "destinationNodeURI": elsewhere,
            "sequenceNumber": 3,
        }
    )
    [relation] = stored(json.dumps(document).encode()).associations
    assert (relation.identifier, relation.kind, relation.sequence) == (
        uuid(500),
        "exactMatchOf",
        3,
    )
    assert (relation.origin, relation.destination) == (uuid(1), uuid(77))
    assert relation.destination_node == elsewhere


@pytest.mark.usefixtures("app")
def test_a_framework_without_statements_is_kept() -> None:
    draft = stored(json.dumps(package(items=0)).encode())
    assert (draft.items, draft.associations) == ((), ())
