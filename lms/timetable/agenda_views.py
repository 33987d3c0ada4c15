"""The programme of an offering's days for everybody, and the topics that managers write."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import ClassSession, Offering
from lms.catalogue.permissions import access_course_version, access_offering
from lms.db import transaction
from lms.kernel.errors import Conflict
from lms.kernel.permissions import Permission
from lms.kernel.text import LANGUAGES
from lms.timetable import agenda, queries
from lms.timetable.forms import TopicForm
from lms.timetable.views import bp
from lms.web.auth_guard import current_actor, current_user_id, public, requires
from lms.web.forms import INVALID_ANSWER, Saved, differences, takes

_EDIT = Permission.CATALOGUE_OFFERING_EDIT


@bp.get("/offerings/<public_id>/programme")
@public
def programme(public_id: str) -> ResponseReturnValue:
    """What is on when, with rooms and speakers."""
    offering = catalogue_queries.offering_by_public_id(public_id)
    version = access_course_version(offering.course_version.public_id, current_actor())
    zone = version.course.provider.timezone
    sessions = catalogue_queries.sessions_of(offering)
    days = agenda.of_offering(
        sessions, queries.topics_of(offering), queries.meetings_of(offering), zone
    )
    return render_template(
        "timetable/agenda.html", offering=offering, version=version, days=days, zone=zone
    )


@bp.route("/offerings/<public_id>/timetable/<session_id>/topic", methods=["GET", "POST"])
@requires(_EDIT)
@takes(TopicForm)
def topic(public_id: str, session_id: str) -> ResponseReturnValue:
    """Say what a class session is about."""
    offering = access_offering(public_id, current_actor(), _EDIT)
    session = queries.session_of(offering, session_id)
    form = TopicForm(data=_data(session))
    saved: list[Saved] | None = None
    if form.validate_on_submit():
        try:
            return _save(offering, session, form)
        except Conflict as refusal:
            if refusal.code != "stale":
                raise
            form.overtaken(session.topic_version)
            saved = differences(form, TopicForm(formdata=None, data=_data(session)))
    status = INVALID_ANSWER if form.is_submitted() else 200
    return render_template(
        "timetable/topic.html", offering=offering, session=session, form=form, saved=saved
    ), (status if saved is None else 409)


def _save(offering: Offering, session: ClassSession, form: TopicForm) -> ResponseReturnValue:
    with transaction():
        agenda.save_topic(offering, session, form.facts(), by=current_user_id(), seen=form.seen)
        address = url_for("catalogue.offering", public_id=offering.public_id)
    flash(_("Saved."), "success")
    return redirect(address)


def _data(session: ClassSession) -> dict[str, object]:
    seen = {"row_version": session.topic_version}
    topic = queries.topic_of(session)
    if topic is None:
        return {**seen}
    titles = {f"title_{each}": topic.titles.get(each, "") for each in LANGUAGES}
    abstracts = {f"abstract_{each}": topic.abstracts.get(each, "") for each in LANGUAGES}
    words = {"track": topic.track, "speakers": "\n".join(topic.speakers)}
    return {**seen, **titles, **abstracts, **words}
