"""Who belongs to an agency, and the end of that: by the person, or by a coordinator."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.db import transaction
from lms.kernel.errors import Invalid
from lms.kernel.paging import page_number
from lms.kernel.permissions import Permission
from lms.people import directory, membership, wording
from lms.people.administration_forms import ServiceForm
from lms.people.listings import listing_of
from lms.people.permissions import INVITING, access_member
from lms.people.signed_in import myself
from lms.web import exports
from lms.web.auth_guard import current_actor, requires
from lms.web.forms import INVALID_ANSWER, ActionForm, takes

bp = Blueprint("members", __name__)


@bp.get("/members")
@requires(Permission.PEOPLE_MEMBERSHIP_END)
def listed() -> ResponseReturnValue:
    """The people of the own organisations, by name."""
    paths, number = current_actor().paths(*INVITING), page_number(request.args.get("page"))
    if exports.wanted():
        return exports.answer(listing_of(directory.members_of(paths, 1, exports.MOST).rows))
    found = directory.members_of(paths, number)
    return render_template(
        "people/members.html",
        page=found,
        roles=directory.roles_of([user.id for user in found.rows]),
        labels=wording.ROLES,
    )


@bp.route("/members/<public_id>/end", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MEMBERSHIP_END)
def end(public_id: str) -> ResponseReturnValue:
    """Say what ending a membership means, then do it."""
    actor = current_actor()
    member = access_member(public_id, actor)
    form = ActionForm()
    if not form.validate_on_submit():
        return render_template("people/end_membership.html", user=member, form=form)
    with transaction():
        member = access_member(public_id, actor)
        name = member.name
        membership.end(member, actor=actor)
    flash(_("%(name)s does not belong to your organisation any more.", name=name), "ok")
    return redirect(url_for("members.listed"))


@bp.route("/members/<public_id>/service", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MEMBERSHIP_END)
@takes(ServiceForm)
def service(public_id: str) -> ResponseReturnValue:
    """Note since when a person serves, and whom they report to."""
    actor = current_actor()
    member = access_member(public_id, actor)
    manager = member.line_manager.email if member.line_manager else ""
    form = ServiceForm(since=member.serving_since, manager=manager)
    if form.validate_on_submit():
        try:
            _set_service(public_id, form)
        except Invalid as refusal:
            form.apply(refusal)
            member = access_member(public_id, actor)
        else:
            flash(_("Saved."), "ok")
            return redirect(url_for("members.listed"))
    page = render_template("people/service.html", user=member, form=form)
    return page, (INVALID_ANSWER if form.is_submitted() else 200)


def _set_service(public_id: str, form: ServiceForm) -> None:
    actor = current_actor()
    with transaction():
        member = access_member(public_id, actor)
        membership.set_service(member, form.since.data, by=actor.user_id)
        membership.set_line_manager(member, form.manager.data or "", by=actor.user_id)


@bp.route("/account/leave", methods=["GET", "POST"])
@requires(Permission.PEOPLE_ACCOUNT_USE)
def leave() -> ResponseReturnValue:
    """Say what leaving means, then do it."""
    me, form = myself(), ActionForm()
    if me.organisation is None:
        flash(_("You belong to no organisation."), "info")
        return redirect(url_for("people.account"))
    if not form.validate_on_submit():
        held = membership.coordinating(me, me.organisation)
        return render_template("people/leave.html", user=me, coordinating=bool(held), form=form)
    with transaction():
        me = myself()
        membership.move(me, None, by=me.id)
    flash(_("You left your organisation. Your courses and certificates stay yours."), "ok")
    return redirect(url_for("people.account"))
