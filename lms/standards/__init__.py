"""Competency frameworks: reference data, below everything that maps to it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint, commands and permissions."""
    from flask_babel import lazy_gettext as _l

    from lms.standards import cli, merging, permissions, views
    from lms.web import navigation

    permissions.declare()
    merging.declare()
    app.register_blueprint(views.bp)
    app.cli.add_command(cli.frameworks)
    navigation.add(_l("Standards"), "standards.frameworks", order=20, visible=lambda: True)
