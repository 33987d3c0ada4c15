"""Admissions: applications for a place in a postgraduate programme, and how they are decided."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint, permissions, panels and notices."""
    from lms.admissions import (
        intake_views,
        jobs,  # noqa: F401  # registered by the import
        judging_views,
        merging,
        notices,
        permissions,
        showing,
        views,
    )

    del intake_views, judging_views  # imported for their routes
    permissions.declare()
    merging.declare()
    notices.connect()
    app.register_blueprint(views.bp)
    showing.add_panels()
