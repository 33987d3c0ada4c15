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
        origins,
        panels,
        session_cookie,
        shelf,
        static_files,
        visitor,
    )

    # Timed and numbered before anything can refuse the request.
    first = (metrics, errors)
    frame = (i18n, filters, headers, origins, forms, panels, navigation, shelf, static_files)
    for part in (*first, *frame, session_cookie, visitor, limits, logs, health):
        part.init_app(app)
    app.register_blueprint(fonts.blueprint)
