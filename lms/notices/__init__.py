"""Notices: what is told by the clock, and pages of what was told and why."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint, jobs and panels."""
    from lms.notices import jobs, views

    del jobs  # loaded, so its jobs are known
    app.register_blueprint(views.bp)
    views.add_panels()
