"""Every action of the trail has words, and no words are left over."""

import ast
from collections.abc import Iterable

from flask import Flask

from lms.admissions.states import Deed as AdmissionDeed
from lms.audit import wording
from lms.audit.fact_wording import FACTS
from lms.audit.models import AuditEntry
from lms.catalogue import states
from lms.certificates.states import Deed as CertificateDeed
from lms.db import Model, db
from lms.enrolment.states import Deed
from tests.house.test_source import called, trees

MACHINES: dict[str, Iterable[str]] = {
    "admissions": AdmissionDeed,
    "certificates": CertificateDeed,
    "enrolment": Deed,
}


def recorded() -> set[str]:
    found = set()
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) == "record" and len(node.args) >= 3:
                action = node.args[1]
                if path.name == "recording.py":  # the deeds of a state machine, each in one word
                    feature = path.parent.name
                    found |= {f"{feature}.{deed}" for deed in MACHINES[feature]}
                    continue
                if path.name == "lifecycle.py" and isinstance(action, ast.JoinedStr):
                    found |= {f"catalogue.course.{deed}" for deed in states.Deed}
                    continue
                assert isinstance(action, ast.Constant), f"{path}:{node.lineno}: spell the action"
                found.add(str(action.value))
    return found


def test_every_action_has_words_and_all_words_have_an_action() -> None:
    assert recorded() == set(wording.ACTIONS)


def test_kinds_of_objects_are_tables(app: Flask) -> None:
    del app
    assert set(wording.OBJECTS) <= set(Model.metadata.tables)


def test_what_the_sample_records_has_words(app: Flask) -> None:
    del app
    for entry in db.session.query(AuditEntry):
        assert entry.object_type in wording.OBJECTS
        changes = entry.details.get("changes", {})
        names = {*entry.details, *changes} - {"changes", "before", "after"}
        assert names <= set(FACTS), names
