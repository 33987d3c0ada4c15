"""Demand: offerings whose dates are to be announced, and who would come."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint, permissions and panels."""
    from lms.catalogue import undated
    from lms.demand import merging, permissions, queries, showing, views

    permissions.declare()
    merging.declare()
    undated.courses_by(queries.courses)
    app.register_blueprint(views.bp)
    showing.add_panels()
