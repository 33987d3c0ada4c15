"""The schema's history: one line, up and down, and the same tables as the models."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect

from lms import migrations, paths
from lms.db import Model, db
from tests.make import make_organisation, own_app


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Flask]:
    """What all tests begin with: a database that was migrated from nothing."""
    with own_app("migrations", tmp_path) as app, app.app_context():
        yield app


def tables() -> set[str]:
    found = inspect(db.engine).get_table_names()
    return {name for name in found if migrations.is_ours(name, "table", {})} - {"alembic_version"}


def test_there_is_one_head_and_one_line() -> None:
    script = ScriptDirectory(str(paths.MIGRATIONS))
    assert script.get_heads() == [migrations.head()]
    assert len(script.get_bases()) == 1
    revisions = list(script.walk_revisions())
    assert all(not isinstance(revision.down_revision, tuple) for revision in revisions)
    assert [revision.revision[:4] for revision in reversed(revisions)] == [
        f"{number:04}" for number in range(1, len(revisions) + 1)
    ]


@pytest.mark.usefixtures("migrated")
def test_up_gives_the_tables_of_the_models_and_down_gives_nothing() -> None:
    assert migrations.current() == migrations.head()
    assert tables() == set(Model.metadata.tables)
    check()
    downgrade(revision="base")
    assert tables() == set()
    assert migrations.current() is None
    upgrade()
    assert migrations.current() == migrations.head()
    assert tables() == set(Model.metadata.tables)
    check()


@pytest.mark.usefixtures("migrated")
def test_autogenerate_finds_no_difference() -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": migrations.is_ours,
            },
        )
        assert compare_metadata(context, Model.metadata) == []


def described() -> dict[str, dict[str, object]]:
    """Names of what autogenerate does not compare."""
    found = inspect(db.engine)
    return {
        table: {
            "checks": sorted(str(c["name"]) for c in found.get_check_constraints(table)),
            "uniques": sorted(str(c["name"]) for c in found.get_unique_constraints(table)),
            "keys": sorted(str(c["name"]) for c in found.get_foreign_keys(table)),
        }
        for table in tables()
    }


@pytest.mark.usefixtures("migrated")
def test_migrated_tables_have_the_same_checks_as_those_of_the_models(tmp_path: Path) -> None:
    """A CHECK that only the model states would guard nothing."""
    found = described()
    with own_app("models", tmp_path, migrated=False) as app, app.app_context():
        Model.metadata.create_all(db.engine)
        assert found == described()


@pytest.mark.usefixtures("migrated")
def test_a_used_database_can_be_upgraded_again() -> None:
    make_organisation("KEPT")
    db.session.commit()
    upgrade()
    with db.engine.connect() as connection:
        kept = connection.exec_driver_sql("select code from organisation").scalars().all()
    assert kept == ["KEPT"]
