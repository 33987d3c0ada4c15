"""Surveys: what people say of a course at its end, without their names."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint and panels."""
    from lms.surveys import views

    app.register_blueprint(views.bp)
    views.add_panels()
