"""Certificates: issue, sign, trace."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprints, commands, permissions, jobs and panels."""
    from flask_babel import lazy_gettext as _l
    from flask_login import current_user

    from lms.catalogue import standing
    from lms.certificates import (
        cli,
        hold_views,
        jobs,
        keys_cli,
        merging,
        permissions,
        queries,
        resigning_cli,
        revocation_views,
        views,
    )
    from lms.web import navigation

    del cli, keys_cli, resigning_cli  # imported for their registration
    jobs.announce()
    permissions.declare()
    merging.declare()
    standing.completed_by(queries.completed_courses)
    app.register_blueprint(views.bp)
    app.register_blueprint(hold_views.bp)
    app.register_blueprint(revocation_views.bp)
    views.add_panels()
    hold_views.add_panels()
    navigation.add(
        _l("Certificates"),
        "certificates.mine",
        order=40,
        visible=lambda: bool(current_user.is_authenticated),
    )
