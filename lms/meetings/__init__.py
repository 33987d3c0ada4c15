"""Online attendance: what the file of a meeting tool says of who was there, and how long."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint and panels."""
    from lms.meetings import views

    app.register_blueprint(views.bp)
    views.add_panels()
