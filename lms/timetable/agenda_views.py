"""The programme of an offering's days for everybody, and the topics that managers write."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.catalogue import queries as catalogue_queries
from lms.catalogue.permissions import access_course_version, access_offering
from lms.db import transaction
from lms.kernel.permissions import Permission
from lms.kernel.text import LANGUAGES
from lms.timetable import agenda, queries
from lms.timetable.forms import TopicForm
from lms.timetable.models import SessionTopic
from lms.timetable.views import bp
from lms.web.auth_guard import current_actor, current_user_id, public, requires
from lms.web.forms import INVALID_ANSWER, takes

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
    form = TopicForm(data=_data(queries.topic_of(session)))
    if form.validate_on_submit():
        facts = form.facts()
        with transaction():
            agenda.save_topic(offering, session, facts, by=current_user_id())
        flash(_("Saved."), "success")
        return redirect(url_for("catalogue.offering", public_id=public_id))
    status = INVALID_ANSWER if form.is_submitted() else 200
    return render_template(
        "timetable/topic.html", offering=offering, session=session, form=form
    ), status


def _data(topic: SessionTopic | None) -> dict[str, str]:
    if topic is None:
        return {}
    titles = {f"title_{each}": topic.titles.get(each, "") for each in LANGUAGES}
    abstracts = {f"abstract_{each}": topic.abstracts.get(each, "") for each in LANGUAGES}
    return {**titles, **abstracts, "track": topic.track, "speakers": "\n".join(topic.speakers)}
