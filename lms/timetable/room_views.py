"""The rooms of a provider: course managers add them, change them, take them out of use."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.db import transaction
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Permission, Role
from lms.people import queries as people_queries
from lms.timetable import queries, service
from lms.timetable.forms import RoomEditForm, RoomForm
from lms.timetable.models import Room
from lms.timetable.permissions import access_room
from lms.timetable.views import bp
from lms.web import exports
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import takes

_EDIT = Permission.TIMETABLE_ROOM_EDIT


@bp.route("/manage/rooms", methods=["GET", "POST"])
@requires(_EDIT)
@takes(RoomForm)
def rooms() -> ResponseReturnValue:
    """The rooms, and one more."""
    paths, form = current_actor().paths(Role.COURSE_MANAGER), RoomForm()
    if exports.wanted():
        return exports.answer(_listing(queries.rooms_under(paths)))
    if form.validate_on_submit():
        try:
            with transaction():
                provider = people_queries.organisation_by_path(paths[0])
                service.add_room(provider, form.facts(), by=current_user_id())
        except Conflict as taken:
            form.apply(Invalid(taken.code, fields={"name": taken.code}))
        else:
            flash(_("The room is saved. Class sessions can be put in it."), "success")
            return redirect(url_for("timetable.rooms"))
    status = 422 if form.is_submitted() else 200
    found = queries.rooms_under(paths)
    return render_template("timetable/rooms.html", rooms=found, form=form), status


def _listing(found: list[Room]) -> exports.Listing:
    head = [_("Name of the room"), _("Venue"), _("People it holds"), _("In use")]
    rows = (
        (each.name, each.venue, each.capacity, _("Yes") if each.active else _("No"))
        for each in found
    )
    return exports.Listing("rooms", head, rows)


@bp.route("/manage/rooms/<public_id>", methods=["GET", "POST"])
@requires(_EDIT)
@takes(RoomEditForm)
def room(public_id: str) -> ResponseReturnValue:
    """Change a room, or take it out of use."""
    found = access_room(public_id, current_actor())
    form = RoomEditForm(obj=found)
    if form.validate_on_submit():
        try:
            with transaction():
                facts = form.facts(active=bool(form.active.data))
                service.change_room(found, facts, by=current_user_id())
        except Conflict as taken:
            form.apply(Invalid(taken.code, fields={"name": taken.code}))
            found = access_room(public_id, current_actor())
        else:
            flash(_("The room is saved."), "success")
            return redirect(url_for("timetable.rooms"))
    status = 422 if form.is_submitted() else 200
    return render_template("timetable/room.html", room=found, form=form), status
