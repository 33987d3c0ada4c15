"""Designs of certificates: drafted, looked at, published by a second person, chosen for a kind."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint, permissions and panels."""
    from lms.designs import mark_views, merging, permissions, views

    permissions.declare()
    merging.declare()
    app.register_blueprint(views.bp)
    app.register_blueprint(mark_views.bp)
    views.add_panels()
