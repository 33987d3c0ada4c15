"""Say how a course was, and read what people said of it."""

from collections.abc import Iterable, Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.catalogue.models import Offering
from lms.catalogue.permissions import access_offering
from lms.enrolment import queries as enrolment_queries
from lms.enrolment.models import Enrolment
from lms.enrolment.permissions import access_own
from lms.kernel import clock
from lms.kernel.permissions import Permission, allowed
from lms.repeats import once
from lms.surveys import queries, rules, service
from lms.surveys.forms import SurveyForm
from lms.surveys.models import Survey
from lms.surveys.wording import RATING_LABELS, REMARK_LABELS, SCALE
from lms.web import exports, panels
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, takes

bp = Blueprint("surveys", __name__)
_READ = Permission.ENROLMENT_ATTENDANCE_RECORD


@bp.route("/places/<public_id>/survey", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_ENROLMENT_CREATE)
@takes(SurveyForm)
def answer(public_id: str) -> ResponseReturnValue:
    """The survey of one's own place: once, and without one's name."""
    place = access_own(public_id, current_actor())
    whereto = url_for("enrolment.place", public_id=public_id)
    form = SurveyForm()
    if not form.validate_on_submit():
        return _page(place, form)
    with once.answering(whereto):
        by, now = current_user_id(), clock.now()
        service.give(place, form.ratings(), form.remarks(), by=by, now=now)
    flash(_("Thank you. Your answers are kept without your name."), "success")
    return redirect(whereto)


def _page(place: Enrolment, form: SurveyForm) -> ResponseReturnValue:
    return render_template(
        "surveys/answer.html",
        place=place,
        form=form,
        ratings=rules.RATINGS,
        open=_open(place),
        returned=bool(queries.returned([place.id])),
        fewest=rules.FEWEST,
    ), (INVALID_ANSWER if form.is_submitted() else 200)


def _open(place: Enrolment) -> bool:
    zone = place.offering.course_version.course.provider.timezone
    return place.is_active and rules.is_open(place.offering.ends_on, clock.today(zone))


@bp.get("/offerings/<public_id>/survey")
@requires(_READ)
def results(public_id: str) -> ResponseReturnValue:
    """What people said of an offering, added up."""
    offering = access_offering(public_id, current_actor(), _READ)
    found = queries.of_offering(offering.id)
    shown = found is not None and rules.shown(found.returned)
    rated = rules.rated(found.tallies if found is not None and shown else {})
    if exports.wanted():
        return exports.answer(_listing(offering, rated, found if shown else None))
    return render_template(
        "surveys/results.html",
        offering=offering,
        returned=found.returned if found else 0,
        people=len(enrolment_queries.confirmed(offering.id)),
        shown=shown,
        rated=rated,
        remarks=found.remarks if found else {},
        ratings=RATING_LABELS,
        questions=REMARK_LABELS,
        scale=SCALE,
        fewest=rules.FEWEST,
    )


def _listing(
    offering: Offering, rated: Iterable[rules.Rated], found: Survey | None
) -> exports.Listing:
    scale = (str(SCALE[rating]) for rating in sorted(SCALE))
    head = [_("Question"), _("Mean"), *scale, _("Remark")]
    return exports.Listing(f"{offering.code}-survey", head, _rows(rated, found))


def _rows(rated: Iterable[rules.Rated], found: Survey | None) -> Iterable[Sequence[object]]:
    if found is None:
        return
    for one in rated:
        counts = [count for _rating, count in reversed(one.counts)]
        yield (str(RATING_LABELS[one.question]), one.mean, *counts, "")
    nothing = [""] * (len(SCALE) + 1)
    for question, label in REMARK_LABELS.items():
        for text in found.remarks.get(question, []):
            yield (str(label), *nothing, text)


def _place_panel(enrolment: Enrolment) -> str:
    if enrolment.user_id != current_actor().user_id or not _open(enrolment):
        return ""
    return render_template(
        "surveys/_place_panel.html",
        enrolment=enrolment,
        returned=bool(queries.returned([enrolment.id])),
    )


def _offering_panel(offering: Offering) -> str:
    if not allowed(current_actor(), _READ, offering):
        return ""
    found = queries.of_offering(offering.id)
    zone = offering.course_version.course.provider.timezone
    if found is None and not rules.is_open(offering.ends_on, clock.today(zone)):
        return ""
    return render_template(
        "surveys/_offering_panel.html", offering=offering, returned=found.returned if found else 0
    )


def add_panels() -> None:
    """Add to the pages below."""
    panels.add("enrolment.place", _place_panel)
    panels.add("catalogue.offering", _offering_panel)
