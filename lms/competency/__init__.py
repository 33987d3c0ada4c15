"""Competency: judgements and attainments."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register handlers and panels."""
    from lms.competency import handlers, views

    del app
    handlers.connect()
    views.add_panels()
