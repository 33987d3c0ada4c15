"""Background work: wanted with the business write, done at least once."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint, permissions, schedules and the entry of the administrators."""
    from flask_babel import lazy_gettext as _l

    from lms.jobs import giving_up, housekeeping, permissions, schedules, standing, views
    from lms.kernel.permissions import Permission, allowed
    from lms.web import navigation
    from lms.web.auth_guard import current_actor

    del giving_up, housekeeping, schedules, standing  # imported for their registration
    permissions.declare()
    app.register_blueprint(views.bp)
    navigation.add(
        _l("Jobs"),
        "jobs.overview",
        order=90,
        visible=lambda: allowed(current_actor(), Permission.JOBS_JOB_MANAGE),
    )
