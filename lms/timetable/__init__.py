"""Timetable: rooms, where class sessions meet, who teaches, and what clashes."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint, permissions and panels."""
    from lms.timetable import (
        agenda_views,
        choice_views,
        copy_views,
        feed_views,
        handlers,
        merging,
        permissions,
        room_views,
        showing,
        views,
    )

    del agenda_views, choice_views, copy_views, feed_views, room_views  # imported for their routes
    permissions.declare()
    merging.declare()
    handlers.connect()
    app.register_blueprint(views.bp)
    showing.add_panels()
