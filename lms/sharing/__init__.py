"""Sharing: links by which a holder shows a certificate to somebody, for a while."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint, permissions and panels."""
    from lms.sharing import permissions, views

    permissions.declare()
    app.register_blueprint(views.bp)
    views.add_panels()
