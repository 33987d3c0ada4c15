"""Enrolment: places, queue, attendance."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint, permissions, panels and navigation."""
    from flask_babel import lazy_gettext as _l
    from flask_login import current_user

    from lms.enrolment import merging, permissions, queries, views
    from lms.kernel.permissions import Role
    from lms.people import served
    from lms.web import navigation
    from lms.web.auth_guard import current_actor

    permissions.declare()
    merging.declare()
    served.declare(queries.has_place_with)
    app.register_blueprint(views.bp)
    views.add_panels()
    navigation.add(
        _l("My training"),
        "enrolment.my_training",
        order=30,
        visible=lambda: bool(current_user.is_authenticated),
    )
    navigation.add(
        _l("My officers"),
        "enrolment.agency",
        order=40,
        visible=lambda: bool(current_actor().paths(Role.AGENCY_COORDINATOR)),
    )
