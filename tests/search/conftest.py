"""A dozen more courses beside those of the sample."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from lms.catalogue import service
from lms.catalogue.kinds import CourseKind
from lms.db import db
from tests import make
from tests.make import course_facts, make_organisation

FOLDER = Path(__file__).parent


@pytest.fixture
def courses(app: Flask) -> None:
    del app
    provider = make_organisation()
    for stated in json.loads((FOLDER / "courses.json").read_text("utf-8")):
        facts = replace(course_facts(), titles=stated["titles"], summaries=stated["summaries"])
        version = service.create_course(provider, stated["code"], CourseKind.SHORT, facts, by=None)
        make.publish(version)
    db.session.flush()
