"""Merging two accounts of one person: name the other, look, confirm; undo within a day."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.permissions import Permission
from lms.people import directory, merging, queries, wording
from lms.people.administration_forms import MergeForm
from lms.people.models import User
from lms.people.permissions import access_person
from lms.web.auth_guard import confirmed, current_actor, current_user_id, requires
from lms.web.forms import ActionForm, takes

bp = Blueprint("merging", __name__, url_prefix="/people")


@bp.route("/<public_id>/merge", methods=["GET", "POST"])
@requires(Permission.PEOPLE_USER_MANAGE)
@takes(MergeForm)
def start(public_id: str) -> ResponseReturnValue:
    """Name the account that goes into this one; the answer shows what would move."""
    user, form = access_person(public_id, current_actor()), MergeForm()
    if form.validate_on_submit():
        other = _by_address(form.email.data or "")
        if other is not None and other.id != user.id:
            return redirect(
                url_for("merging.look", public_id=public_id, other_id=other.public_id), 303
            )
        code = "merge-account-unknown" if other is None else "merge-same-account"
        form.apply(Invalid(fields={"email": code}))
    status = 422 if form.is_submitted() else 200
    return render_template("people/merge.html", user=user, form=form), status


def _by_address(email: str) -> User | None:
    found = queries.user_by_email(email)
    try:
        return directory.person(found.public_id, current_actor()) if found else None
    except NotFound:
        return None


@bp.get("/<public_id>/merge/<other_id>")
@requires(Permission.PEOPLE_USER_MANAGE)
def look(public_id: str, other_id: str) -> ResponseReturnValue:
    """What would move, and what stands in the way; a dry run that writes nothing."""
    actor = current_actor()
    new, old = access_person(public_id, actor), access_person(other_id, actor)
    found = merging.preview(old, new, by=current_user_id())
    return render_template(
        "people/merge_look.html",
        user=new,
        old=old,
        preview=found,
        labels=wording.RECORDS,
        form=ActionForm(),
    )


@bp.post("/<public_id>/merge/<other_id>")
@requires(Permission.PEOPLE_USER_MANAGE)
@confirmed
def merge(public_id: str, other_id: str) -> ResponseReturnValue:
    """Merge."""
    actor = current_actor()
    with transaction():
        new, old = access_person(public_id, actor), access_person(other_id, actor)
        merging.merge(old, new, by=current_user_id(), now=clock.now())
    flash(_("The accounts are one. You can undo it within 24 hours, from the closed one."), "ok")
    return redirect(url_for("directory.person", public_id=public_id))


@bp.route("/<public_id>/part", methods=["GET", "POST"])
@requires(Permission.PEOPLE_USER_MANAGE)
@confirmed
def undo(public_id: str) -> ResponseReturnValue:
    """Give a closed account back what moved from it."""
    actor, form = current_actor(), ActionForm()
    old = access_person(public_id, actor)
    record = merging.standing(old)
    if record is None:
        raise NotFound
    if not form.validate_on_submit():
        return render_template(
            "people/part.html",
            user=old,
            new=record.new_user,
            until=record.merged_at + merging.UNDO,
            open=record.merged_at + merging.UNDO > clock.now(),
            form=form,
        )
    with transaction():
        old = access_person(public_id, actor)
        record = merging.standing(old)
        if record is None:
            raise NotFound
        merging.undo(record, by=current_user_id(), now=clock.now())
    flash(_("They are two accounts again."), "ok")
    return redirect(url_for("directory.person", public_id=public_id))
