"""Competency: judgements and attainments."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register handlers and panels."""
    from lms.catalogue import standing
    from lms.competency import handlers, merging, queries, views

    del app
    handlers.connect()
    merging.declare()
    standing.attained_by(queries.levels_held)
    views.add_panels()
