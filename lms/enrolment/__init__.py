"""Enrolment: places, queue, attendance."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint, permissions, panels and navigation."""
    from flask_babel import lazy_gettext as _l
    from flask_login import current_user

    from lms.enrolment import (
        admission_views,
        agency_views,
        check_in_views,
        exchange_views,
        handlers,
        jobs,  # noqa: F401  # registered by the import
        merging,
        notices,
        permissions,
        queries,
        seat_views,
        views,
    )
    from lms.kernel.permissions import Role
    from lms.people import served
    from lms.web import navigation
    from lms.web.auth_guard import current_actor

    permissions.declare()
    merging.declare()
    served.declare(queries.has_place_with)
    notices.connect()
    handlers.connect()
    for part in (views, agency_views, seat_views, exchange_views, check_in_views, admission_views):
        app.register_blueprint(part.bp)
        part.add_panels()
    for desk in ("roster", "roll", "take_roll"):
        navigation.belongs(f"enrolment.{desk}", to="catalogue.offering")
    navigation.add(
        _l("My training"),
        "enrolment.my_training",
        order=30,
        visible=lambda: bool(current_user.is_authenticated),
    )
    navigation.add(
        _l("My officers"),
        "agency.desk",
        order=40,
        visible=lambda: bool(current_actor().paths(Role.AGENCY_COORDINATOR)),
    )
