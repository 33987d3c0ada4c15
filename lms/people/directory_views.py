"""People for administrators: the list, one account with its roles, and what waits for a second."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.audit import history
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.paging import page_number
from lms.kernel.permissions import Permission, Role, allowed
from lms.people import directory, grants, identity, merging, queries, rules, wording
from lms.people.administration_forms import DecisionForm, GrantForm
from lms.people.administration_models import RoleProposal
from lms.people.listings import listing_of
from lms.people.models import User
from lms.people.permissions import access_person, access_proposal
from lms.web import exports, panels
from lms.web.auth_guard import confirmed, current_actor, requires
from lms.web.forms import ActionForm, takes

bp = Blueprint("directory", __name__, url_prefix="/people")
LONGEST_SEARCH = 100


@bp.get("")
@requires(Permission.PEOPLE_USER_MANAGE)
def people() -> ResponseReturnValue:
    """Everybody an administrator looks after, by a part of name or address."""
    wanted = request.args.get("q", "")[:LONGEST_SEARCH].strip()
    if exports.wanted():
        people = directory.page_of(current_actor(), wanted, 1, exports.MOST).rows
        return exports.answer(listing_of(people))
    found = directory.page_of(current_actor(), wanted, page_number(request.args.get("page")))
    return render_template(
        "people/people.html",
        page=found,
        wanted=wanted,
        roles=directory.roles_of([user.id for user in found.rows]),
        labels=wording.ROLES,
    )


@bp.route("/<public_id>", methods=["GET", "POST"])
@requires(Permission.PEOPLE_USER_MANAGE)
@confirmed
@takes(GrantForm)
def person(public_id: str) -> ResponseReturnValue:
    """One account: facts, roles, what is proposed; the form gives another role."""
    user, actor = access_person(public_id, current_actor()), current_actor()
    form = GrantForm()
    form.offer(directory.organisations_under(actor.paths(Role.ADMINISTRATOR)))
    if form.validate_on_submit():
        try:
            return _grant(public_id, form)
        except Conflict as refusal:
            form.apply(Invalid(refusal.code))
            user = access_person(public_id, actor)
    return _page_of(user, form), (422 if form.is_submitted() else 200)


def _grant(public_id: str, form: GrantForm) -> ResponseReturnValue:
    actor, now = current_actor(), clock.now()
    with transaction():
        user = access_person(public_id, actor)
        paths = actor.paths(Role.ADMINISTRATOR)
        over = directory.organisation_under(form.organisation.data, paths)
        if over is None:
            raise NotFound
        proposed = grants.give(user, Role(form.role.data), over, actor=actor, now=now)
    _tell(proposed, _("The role is given."))
    return redirect(url_for("directory.person", public_id=public_id))


def _tell(proposed: RoleProposal | None, done: str) -> None:
    if proposed is None:
        flash(done, "ok")
    else:
        flash(_("Proposed. A second administrator has to confirm it within seven days."), "info")


def _page_of(user: User, form: GrantForm) -> str:
    actor = current_actor()
    return render_template(
        "people/person.html",
        user=user,
        form=form,
        held=directory.held_by(user.id),
        proposals=directory.open_proposals(user.id, clock.now()),
        own=user.id == actor.user_id,
        labels=wording.ROLES,
        merged=merging.standing(user),
        identity_number=identity.masked(user.id),
        history=history.block(
            [("user_account", user.id)],
            manages=True,
            zone=queries.zone_of(actor.organisation_path),
        ),
    )


@bp.route("/<public_id>/roles/<role>/<organisation_id>/end", methods=["GET", "POST"])
@requires(Permission.PEOPLE_USER_MANAGE)
@confirmed
def end_role(public_id: str, role: str, organisation_id: str) -> ResponseReturnValue:
    """Say what ending a role means, then do it."""
    actor = current_actor()
    user = access_person(public_id, actor)
    held = directory.grant_at(user, role, organisation_id)
    ruling = rules.how_to_revoke(actor, user.id, Role(held.role), held.organisation.path)
    if ruling.way is rules.Way.REFUSED:
        raise Conflict(ruling.reason)
    form = ActionForm()
    if not form.validate_on_submit():
        return render_template(
            "people/end_role.html",
            user=user,
            held=held,
            by_two=ruling.way is rules.Way.BY_TWO,
            label=wording.ROLES[held.role],
            form=form,
        )
    with transaction():
        user = access_person(public_id, actor)
        held = directory.grant_at(user, role, organisation_id)
        proposed = grants.take(held, user, actor=actor, now=clock.now())
    _tell(proposed, _("The role has ended."))
    return redirect(url_for("directory.person", public_id=public_id))


@bp.route("/proposals/<public_id>", methods=["GET", "POST"])
@requires(Permission.PEOPLE_USER_MANAGE)
@confirmed
@takes(DecisionForm)
def proposal(public_id: str) -> ResponseReturnValue:
    """A proposed role, with its two answers."""
    actor = current_actor()
    found = access_proposal(public_id, actor)
    if request.method == "GET":
        return render_template(
            "people/proposal.html",
            proposal=found,
            waits=found.state == "proposed" and found.expires_at > clock.now(),
            own=found.proposed_by_id == actor.user_id,
            labels=wording.ROLES,
            form=ActionForm(),
        )
    form = DecisionForm()
    form.insist()
    confirming = form.decision.data == "confirm"
    with transaction():
        found = access_proposal(public_id, actor)
        if confirming:
            grants.confirm(found, actor=actor, now=clock.now())
        else:
            grants.decline(found, actor=actor, now=clock.now())
    flash(_("Confirmed.") if confirming else _("The proposal is dropped."), "ok")
    return redirect(url_for("people.desk"))


def is_open() -> bool:
    """Whether the visitor looks after people."""
    return allowed(current_actor(), Permission.PEOPLE_USER_MANAGE)


def _desk_panel(user: User) -> str:
    del user
    waiting = directory.to_confirm(current_actor(), clock.now())
    if not waiting:
        return ""
    return render_template("people/_proposals_panel.html", proposals=waiting, labels=wording.ROLES)


def add_panels() -> None:
    """Add to the desk."""
    panels.add("people.desk", _desk_panel)
