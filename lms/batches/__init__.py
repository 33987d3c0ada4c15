"""Batches: the certificates of an offering, issued together in the background."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint, jobs and panels."""
    from lms.batches import jobs, merging, views

    jobs.announce()
    merging.declare()
    app.register_blueprint(views.bp)
    views.add_panels()
