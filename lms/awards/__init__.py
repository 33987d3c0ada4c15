"""Awards: certificates of a programme, and transcripts of its courses."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint and panels."""
    from lms.awards import views

    app.register_blueprint(views.bp)
    views.add_panels()
