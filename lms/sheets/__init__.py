"""Sheets: enrol or nominate many people from a table, checked before anything is done."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint, permissions, jobs and panels."""
    from lms.sheets import jobs, merging, permissions, views

    permissions.declare()
    merging.declare()
    jobs.announce()
    app.register_blueprint(views.bp)
    views.add_panels()
