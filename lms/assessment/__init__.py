"""Assessments: rubrics, submissions, grades, results."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register blueprint, permissions, handlers and panels."""
    from lms.assessment import handlers, merging, permissions, views

    permissions.declare()
    merging.declare()
    handlers.connect()
    app.register_blueprint(views.bp)
    views.add_panels()
