"""The web frame: languages, headers, errors, forms, navigation; it knows no feature."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Wire the frame; the guard of access (``auth_guard``) is wired beside it."""
    from lms.web import (
        errors,
        filters,
        fonts,
        forms,
        headers,
        health,
        i18n,
        limits,
        logs,
        metrics,
        navigation,
        panels,
        static_files,
        visitor,
    )

    # Errors first: the request has its number before anything else can refuse it.
    frame = (errors, i18n, filters, headers, forms, panels, navigation, static_files)
    watching = (visitor, limits, metrics, logs, health)
    for part in (*frame, *watching):
        part.init_app(app)
    app.register_blueprint(fonts.blueprint)
