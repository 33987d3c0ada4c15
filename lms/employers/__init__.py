"""Employers: checks in bulk and by program, and certificates that they watch."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint, permissions, jobs and the entry of the navigation."""
    from flask_babel import lazy_gettext as _l

    from lms.employers import (
        api,
        jobs,
        merging,
        notices,
        permissions,
        showing,
        token_views,
        views,
        watch_views,
    )
    from lms.kernel.permissions import Permission, allowed
    from lms.web import navigation
    from lms.web.auth_guard import current_actor

    permissions.declare()
    merging.declare()
    jobs.announce()
    notices.connect()
    for part in (views, token_views, watch_views, api):
        app.register_blueprint(part.bp)
    showing.add_panels()
    navigation.add(
        _l("Checks"),
        "employers.runs",
        order=40,
        visible=lambda: allowed(current_actor(), Permission.EMPLOYERS_RUN_MAKE),
    )
