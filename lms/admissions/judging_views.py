"""An application before its committee: read it, recommend, decide."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.admissions import judging, rules
from lms.admissions.forms import CallOffForm, DecideForm, RecommendForm
from lms.admissions.models import Application
from lms.admissions.permissions import access_application, in_committee
from lms.admissions.states import BEFORE_COMMITTEE, Deed, State, allows
from lms.admissions.views import bp
from lms.admissions.wording import KINDS, LEVELS, STATES, TONES, routes_words
from lms.audit import history
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import Forbidden, Invalid
from lms.kernel.permissions import Permission, allowed
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, takes

_JUDGE = Permission.ADMISSIONS_APPLICATION_JUDGE
_DECIDE = Permission.ADMISSIONS_APPLICATION_DECIDE
_ONE = "/applications/<public_id>"


@bp.get(f"{_ONE}/review")
@requires(_JUDGE)
def review(public_id: str) -> ResponseReturnValue:
    """Everything the applicant said, the entry rules, and what the committee recommends."""
    return _page(access_application(public_id, current_actor(), _JUDGE))


def _page(
    found: Application,
    recommend_form: RecommendForm | None = None,
    decide_form: DecideForm | None = None,
    call_off_form: CallOffForm | None = None,
) -> str:
    actor, intake, state = current_actor(), found.intake, State(found.state)
    own = next((one for one in found.recommendations if one.member_id == actor.user_id), None)
    said = {"admit": "yes" if own.admit else "no", "reason": own.reason} if own else {}
    counted = rules.tally(one.admit for one in found.recommendations)
    return render_template(
        "admissions/review.html",
        application=found,
        intake=intake,
        entry=rules.entry(intake.routes, found.level, found.years).value,
        routes=routes_words(intake.routes),
        tally=counted,
        recommends=in_committee(actor, intake) and state in BEFORE_COMMITTEE,
        decides=allowed(actor, _DECIDE, found) and state in BEFORE_COMMITTEE,
        deeds=_deeds(found, counted),
        why_no_offer=rules.why_not_decided(counted, intake.quorum, admit=True),
        recommend_form=recommend_form or RecommendForm(formdata=None, data=said),
        decide_form=decide_form or DecideForm(formdata=None),
        called_off=_can_be_called_off(found) and allowed(actor, _DECIDE, found),
        call_off_form=call_off_form or CallOffForm(formdata=None),
        states=STATES,
        tones=TONES,
        levels=LEVELS,
        kinds=KINDS,
        history=history.block(
            [("application", found.id)], manages=allowed(actor, _DECIDE, found), zone=intake.zone
        ),
    )


def _can_be_called_off(found: Application) -> bool:
    slot, state = found.slot, State(found.state)
    return state is State.INTERVIEW and slot is not None and slot.starts_at > clock.now()


def _deeds(found: Application, counted: rules.Tally) -> set[str]:
    """What can be decided now, by name."""
    quorum = found.intake.quorum
    held_back = {
        Deed.OFFER: rules.why_not_decided(counted, quorum, admit=True) is not None,
        Deed.REFUSE: rules.why_not_decided(counted, quorum, admit=False) is not None,
        Deed.INVITE: not found.intake.interview,
    }
    decided = (Deed.RETURN, *held_back)
    state = State(found.state)
    return {deed.name for deed in decided if allows(deed, state) and not held_back.get(deed)}


@bp.post(f"{_ONE}/recommendation")
@requires(_JUDGE)
@takes(RecommendForm)
def recommend(public_id: str) -> ResponseReturnValue:
    """Recommend as a member of the committee."""
    actor = current_actor()
    found, form = access_application(public_id, actor, _JUDGE), RecommendForm()
    if not in_committee(actor, found.intake):
        raise Forbidden
    if not form.validate_on_submit():
        return _page(found, recommend_form=form), INVALID_ANSWER
    admit, reason = form.admit.data == "yes", form.reason.data or ""
    with transaction():
        judging.recommend(found, current_user_id(), admit=admit, reason=reason, now=clock.now())
    flash(_("Your recommendation is kept."), "success")
    return redirect(url_for("admissions.review", public_id=public_id))


@bp.post(f"{_ONE}/decision")
@requires(_DECIDE)
@takes(DecideForm)
def decide(public_id: str) -> ResponseReturnValue:
    """Return the application, invite, offer a place or refuse."""
    found, form = access_application(public_id, current_actor(), _DECIDE), DecideForm()
    form.insist()
    try:
        with transaction():
            _decided(found, Deed(form.deed.data), form.reason.data or "")
    except Invalid as refused:
        form.apply(refused)
        again = access_application(public_id, current_actor(), _DECIDE)
        return _page(again, decide_form=form), INVALID_ANSWER
    flash(_("Done. The applicant is told."), "success")
    return redirect(url_for("admissions.review", public_id=public_id))


def _decided(found: Application, deed: Deed, words: str) -> None:
    by = current_user_id()
    if deed is Deed.RETURN:
        judging.send_back(found, words, by=by)
    elif deed is Deed.INVITE:
        judging.invite(found, by=by)
    elif deed is Deed.OFFER:
        judging.offer(found, by=by, now=clock.now())
    else:
        judging.refuse(found, words, by=by, now=clock.now())


@bp.post(f"{_ONE}/interview/call-off")
@requires(_DECIDE)
@takes(CallOffForm)
def call_off(public_id: str) -> ResponseReturnValue:
    """Take the chosen time of the interview away, so that the applicant chooses another."""
    found, form = access_application(public_id, current_actor(), _DECIDE), CallOffForm()
    if not form.validate_on_submit():
        return _page(found, call_off_form=form), INVALID_ANSWER
    with transaction():
        judging.call_off(found, form.why.data or "", by=current_user_id(), now=clock.now())
    flash(_("The time is free again. The applicant is told and may choose another."), "success")
    return redirect(url_for("admissions.review", public_id=public_id))
