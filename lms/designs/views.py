"""Designs of certificates: look, draw, publish, choose."""

import base64

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.db import transaction
from lms.designs import pictures, queries, rules, service
from lms.designs.asking import asked_provider
from lms.designs.forms import BeginForm, ChooseForm, LookForm
from lms.designs.models import Design, DesignVersion, State
from lms.designs.permissions import access_design, providers_of
from lms.designs.wording import KINDS, LANGUAGES, PLACEHOLDERS, SHIPPED, SPECIMENS, STATES, TONES
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.permissions import Permission
from lms.people.models import Organisation
from lms.printing import shipped
from lms.printing.design import Design as Printable
from lms.printing.design_rules import Fault
from lms.printing.specimens import specimen
from lms.web import limits, panels
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.downloads import download
from lms.web.forms import INVALID_ANSWER, ActionForm, takes
from lms.web.messages import sentence
from lms.web.running import settings

bp = Blueprint("designs", __name__, url_prefix="/designs")
_CHANGE = Permission.DESIGNS_DESIGN_CHANGE


def _panel() -> str:
    if not providers_of(current_actor()):
        return ""
    return render_template("designs/_certificates_panel.html")


def add_panels() -> None:
    """Add to the page of certificates."""
    panels.add("certificates.mine", _panel)


@bp.route("/", methods=["GET", "POST"])
@requires(_CHANGE)
@takes(BeginForm)
def listed() -> ResponseReturnValue:
    """The designs of an institute, which kind is printed in which, and the form to begin one."""
    provider, form = asked_provider(), BeginForm()
    mine = queries.latest_of([provider.id])
    usable = queries.published_of(provider.id)
    form.source.choices = [*SHIPPED.items(), *((one.public_id, one.design.name) for one in usable)]
    form.provider.choices = [(one.public_id, one.name) for one in providers_of(current_actor())]
    if form.validate_on_submit():
        try:
            return redirect(url_for("designs.design", public_id=_begun(provider, form)))
        except Invalid as refused:
            form.apply(refused)
        except Conflict as taken:
            form.apply(Invalid(fields={"name": taken.code}))
    page = render_template(
        "designs/designs.html",
        provider=provider,
        mine=mine,
        usable=usable,
        uses=queries.uses_of(provider.id),
        marks=queries.marks_of(provider.id),
        defaults={kind: shipped.default_of(kind) for kind in KINDS},
        form=form,
        choosing=ActionForm(formdata=None),
        kinds=KINDS,
        shipped=SHIPPED,
        states=STATES,
        tones=TONES,
    )
    return page, INVALID_ANSWER if form.is_submitted() else 200


def _begun(provider: Organisation, form: BeginForm) -> str:
    allowed = {*shipped.NAMES, *(one.public_id for one in queries.published_of(provider.id))}
    if form.source.data not in allowed:
        raise Invalid(fields={"source": "invalid"})
    look = service.Look.of(queries.load(form.source.data))
    by, now = current_user_id(), clock.now()
    with transaction():
        return service.begin(provider, form.name.data or "", look, by=by, now=now).public_id


@bp.post("/choose")
@requires(_CHANGE)
@takes(ChooseForm)
def choose() -> ResponseReturnValue:
    """Print the certificates of a kind in another design from now on."""
    form, provider = ChooseForm(), asked_provider()
    form.insist()
    kind, key = form.kind.data or "", form.design.data or ""
    with transaction():
        service.choose(provider, kind, key, by=current_user_id())
    flash(_("Chosen. Certificates issued from now on are printed in it."), "success")
    return redirect(url_for("designs.listed", provider=provider.public_id))


@bp.route("/<public_id>", methods=["GET", "POST"])
@requires(_CHANGE)
@takes(LookForm)
def design(public_id: str) -> ResponseReturnValue:
    """A design: the draft with its picture beside it, and the versions before."""
    found = access_design(public_id, current_actor())
    draft = queries.draft_of(found) or queries.versions_of(found)[0]
    if draft.state == State.PUBLISHED.value and request.method != "POST":
        return _page(found, draft, None)
    form = _form_of(draft)
    overtaken = False
    if form.validate_on_submit():
        try:
            _save(draft, form)
        except Conflict as refused:
            overtaken = True
            if refused.code == "stale":
                form.overtaken(draft.row_version)
            else:
                form.apply(Invalid(refused.code))
        except Invalid as refused:
            form.apply(refused)
        else:
            flash(_("The draft is saved."), "success")
            seen = url_for(
                "designs.design", public_id=public_id, person=_person(), spoken=_spoken()
            )
            return redirect(seen)
    page, _status = _page(found, draft, form)
    refused_status = 409 if overtaken else INVALID_ANSWER
    return page, refused_status if form.is_submitted() else 200


def _save(draft: DesignVersion, form: LookForm) -> None:
    with transaction():
        service.change(draft, form.look, seen=form.seen, by=current_user_id(), now=clock.now())


def _form_of(draft: DesignVersion) -> LookForm:
    return LookForm(
        html=draft.html,
        css=draft.css,
        underlay=draft.underlay,
        paper="landscape" if draft.landscape else "portrait",
        lines=draft.lines,
        dense=draft.dense,
        across=draft.across,
        row_version=draft.row_version,
    )


def _page(
    found: Design,
    version: DesignVersion,
    form: LookForm | None,
    faults: dict[Fault, str] | None = None,
) -> tuple[str, int]:
    look = form.look if form is not None else service.Look.of(queries.printable(version))
    if faults is None:
        faults = _faults(look.printable, found.provider, _person(), _spoken())
    page = render_template(
        "designs/design.html",
        design=found,
        version=version,
        versions=queries.versions_of(found),
        form=form,
        person=_person(),
        spoken=_spoken(),
        faults=faults,
        acting=ActionForm(formdata=None),
        mine=version.drafted_by_id == current_user_id(),
        specimens=SPECIMENS,
        languages=LANGUAGES,
        placeholders=PLACEHOLDERS,
        states=STATES,
        tones=TONES,
    )
    return page, 200


def _faults(
    look: Printable, provider: Organisation, person: str, language: str
) -> dict[Fault, str]:
    refused = rules.broken(look)
    if refused:
        return dict.fromkeys(refused, "")
    said = specimen(person, language=language, issuer=provider.name, host=settings().host)
    return dict.fromkeys(rules.set_for(look, said, clock.now()), person)


def _person() -> str:
    wanted = request.values.get("person", "plain")
    return wanted if wanted in SPECIMENS else "plain"


def _spoken() -> str:
    wanted = request.values.get("spoken", "ms")
    return wanted if wanted in LANGUAGES else "ms"


@bp.post("/<public_id>/preview")
@requires(_CHANGE)
@limits.uploads
@takes(LookForm)
def preview(public_id: str) -> ResponseReturnValue:
    """What is being typed, as a picture for the page; nothing is saved."""
    found, form = access_design(public_id, current_actor()), LookForm()
    if not form.validate():
        return jsonify({"picture": None, "faults": [sentence("invalid")]}), INVALID_ANSWER
    look, person, language = form.look.printable, _person(), _spoken()
    faults = _faults(look, found.provider, person, language)
    drawn = None
    if not rules.broken(look):
        png = pictures.picture(look, person, language, found.provider)
        drawn = "data:image/png;base64," + base64.b64encode(png).decode("ascii")
    words = [f"{sentence(one.code)} {one.what}".strip() for one in faults]
    return jsonify({"picture": drawn, "faults": words})


@bp.post("/<public_id>/publish")
@requires(_CHANGE)
def publish(public_id: str) -> ResponseReturnValue:
    """Publish the draft for good, as a second person."""
    found = access_design(public_id, current_actor())
    draft = queries.draft_of(found)
    if draft is None:
        raise Conflict("design-published")
    by, now = current_user_id(), clock.now()
    try:
        service.set_specimens(draft, settings=settings(), by=by, now=now)
        with transaction():
            service.publish(draft, settings=settings(), by=by, now=now)
    except service.FaultyDesign as refused:
        page, _status = _page(found, draft, _form_of(draft), refused.found)
        return page, INVALID_ANSWER
    flash(_("Published. It can be chosen now, and is never changed again."), "success")
    return redirect(url_for("designs.design", public_id=public_id))


@bp.post("/<public_id>/again")
@requires(_CHANGE)
def draw_again(public_id: str) -> ResponseReturnValue:
    """Begin a new version from the published one."""
    found = access_design(public_id, current_actor())
    with transaction():
        service.draw_again(found, by=current_user_id(), now=clock.now())
    return redirect(url_for("designs.design", public_id=public_id))


@bp.get("/pictures/<key>/<specimen_name>.png")
@requires(_CHANGE)
@limits.look_ups
def picture(key: str, specimen_name: str) -> ResponseReturnValue:
    """A specimen in a design, as a picture."""
    look, provider = _of_key(key)
    png = pictures.picture(look, specimen_name, _spoken(), provider)
    answer = Response(png, content_type="image/png")
    answer.headers["Cache-Control"] = "private, max-age=60"
    return answer


@bp.get("/pictures/<key>/<specimen_name>.pdf")
@requires(_CHANGE)
@limits.look_ups
def sheet(key: str, specimen_name: str) -> ResponseReturnValue:
    """The same to print; signed by nobody."""
    look, provider = _of_key(key)
    made = pictures.sheet(look, specimen_name, _spoken(), provider)
    return download(made, f"{specimen_name}.pdf", "application/pdf")


def _of_key(key: str) -> tuple[Printable, Organisation]:
    """The design of a key and whose name stands on the specimen, for who may see it."""
    if key in shipped.NAMES:
        return shipped.design(key), asked_provider()
    version = queries.version_by_public_id(key)
    found = access_design(version.design.public_id, current_actor())
    if version.state == State.DRAFT.value and rules.broken(queries.printable(version)):
        raise NotFound
    return queries.printable(version), found.provider
