"""Tokens of an employer: listed, made and shown once, ended."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.db import transaction
from lms.employers import acting, queries, tokens
from lms.employers.forms import TokenForm
from lms.employers.permissions import access_token
from lms.kernel import clock
from lms.kernel.paging import page_number
from lms.kernel.permissions import Permission
from lms.web.auth_guard import confirmed, current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, ActionForm, takes
from lms.web.running import settings

bp = Blueprint("employer_tokens", __name__, url_prefix="/employers/tokens")
_MAKE = Permission.EMPLOYERS_TOKEN_MAKE


@bp.route("/", methods=["GET", "POST"])
@requires(_MAKE)
@confirmed
@takes(TokenForm)
def listed() -> ResponseReturnValue:
    """The tokens of the own employer, and a form for another one, which is shown this once."""
    form, secret = TokenForm(), ""
    employer = acting.chosen(_MAKE)
    if form.validate_on_submit():
        name, days, by = form.name.data or "", form.days.data, current_user_id()
        with transaction():
            employer = acting.chosen(_MAKE)
            _made, secret = tokens.make(employer, name, days, by=by, now=clock.now())
        form = TokenForm(formdata=None)
    page = render_template(
        "employers/tokens.html",
        **acting.shown(_MAKE, employer),
        page=queries.tokens(employer.id, page_number(request.args.get("page"))),
        secret=secret,
        now=clock.now(),
        address=settings().base_url + url_for("employer_api.many"),
        form=form,
        action_form=ActionForm(formdata=None),
    )
    return page, INVALID_ANSWER if form.is_submitted() and not secret else 200


@bp.post("/<public_id>/end")
@requires(_MAKE)
def end(public_id: str) -> ResponseReturnValue:
    """Let a token open nothing any more."""
    with transaction():
        found = access_token(public_id, current_actor())
        tokens.end(found, by=current_user_id(), now=clock.now())
        employer = found.organisation.public_id
    flash(_("The token opens nothing any more."), "success")
    return redirect(url_for("employer_tokens.listed", employer=employer))
