"""Competency: judgements and attainments."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register handlers and panels."""
    from lms.competency import handlers, merging, views

    del app
    handlers.connect()
    merging.declare()
    views.add_panels()
