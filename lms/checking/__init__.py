"""Checks of certificates: by code, by file, offline; and what checkers need from the issuer."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register the public pages and the commands."""
    from flask_babel import lazy_gettext as _l

    from lms.checking import cli, views
    from lms.web import navigation

    app.register_blueprint(views.bp)
    app.cli.add_command(cli.trust_bundle)
    navigation.add(_l("Verify a certificate"), "verification.start", order=15, visible=lambda: True)
