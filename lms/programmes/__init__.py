"""Programmes: groups of courses that together lead to a postgraduate award."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint, permissions and panels."""
    from lms.programmes import management, permissions, views

    del management  # imported for its routes
    permissions.declare()
    app.register_blueprint(views.bp)
    views.add_panels()
