"""Documents of an offering: resolutions of a symposium, slides, reading."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint and panels."""
    from lms.documents import merging, views

    merging.declare()
    app.register_blueprint(views.bp)
    views.add_panels()
