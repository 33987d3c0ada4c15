"""The trail for auditors: filtered, newest first, and as a table to take away."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.audit import names, queries, reading
from lms.audit.forms import FilterForm
from lms.kernel.permissions import Permission
from lms.web.auth_guard import current_actor, requires
from lms.web.downloads import download

PAGE = 50
MOST_EXPORTED = 10_000

bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.get("/")
@requires(Permission.AUDIT_ENTRY_READ)
def trail() -> ResponseReturnValue:
    """Entries by filter. Pages go back by id: counting millions of rows would help nobody."""
    form = FilterForm(formdata=request.args)
    zone = names.directory().zone(current_actor().organisation_path)
    sound = form.validate()
    found, older = (
        queries.page(form.wanted(zone), before=_before(), size=PAGE) if sound else ([], False)
    )
    asked = {name: value for name, value in form.data.items() if value}
    return render_template(
        "audit/trail.html",
        form=form,
        lines=reading.lines(found),
        older=found[-1].id if older else None,
        later=_before() is not None,
        asked=asked,
        zone=zone,
        most=MOST_EXPORTED,
    ), (200 if sound else 422)


@bp.get("/entries.csv")
@requires(Permission.AUDIT_ENTRY_READ)
def export() -> ResponseReturnValue:
    """The filtered entries as CSV, the newest ten thousand."""
    form = FilterForm(formdata=request.args)
    zone = names.directory().zone(current_actor().organisation_path)
    if not form.validate():
        return trail()  # shows what is wrong
    found, _more = queries.page(form.wanted(zone), before=None, size=MOST_EXPORTED)
    return download(reading.as_csv(found), "audit.csv", "text/csv; charset=utf-8")


def _before() -> int | None:
    text = request.args.get("before", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
