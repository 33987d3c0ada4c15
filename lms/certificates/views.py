"""Certificates for those who hold, issue and audit them."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from lms.audit import history
from lms.catalogue.models import Offering
from lms.catalogue.queries import offering_by_public_id
from lms.certificates import archive as archiving
from lms.certificates import needs, proof, queries, service, trace
from lms.certificates.basis import Office
from lms.certificates.keyring import ring
from lms.certificates.models import Certificate
from lms.certificates.naming import KINDS, STATES
from lms.certificates.permissions import access_certificate, registrar
from lms.db import transaction
from lms.enrolment import queries as enrolment_queries
from lms.enrolment.models import Enrolment
from lms.kernel import clock
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.permissions import Permission, Role, allowed, require
from lms.people.models import User
from lms.printing.content import OF_PROGRAMMES, CertificateContent
from lms.storage import blobs
from lms.web import panels
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.downloads import download
from lms.web.forms import ActionForm
from lms.web.running import settings

bp = Blueprint("certificates", __name__, url_prefix="/certificates")


@bp.get("/")
@requires(Permission.CERTIFICATES_CERTIFICATE_READ)
def mine() -> ResponseReturnValue:
    """The person's own certificates; registrars and auditors also see those of the provider."""
    paths = current_actor().paths(Role.REGISTRAR, Role.AUDITOR)
    number, before = (request.args.get(name, "").strip() for name in ("number", "before"))
    issued, older = queries.issued_under(paths, before=before, number=number.upper())
    return render_template(
        "certificates/mine.html",
        own=queries.of_person(current_user_id()),
        issued=issued,
        older=issued[-1].public_id if older else None,
        later=bool(before),
        number=number,
        wide=bool(paths),
        states=STATES,
        kinds={kind: KINDS[kind] for kind in OF_PROGRAMMES},
    )


@bp.get("/archive")
@requires(Permission.CERTIFICATES_CERTIFICATE_READ)
def archive() -> ResponseReturnValue:
    """All of the person's own certificates in one file, with a list of them."""
    kept, now = archiving.contents(queries.of_person(current_user_id()), blobs()), clock.now()
    if not kept:
        raise NotFound
    holder = kept[0].certificate.user
    with force_locale(holder.locale):
        cover = render_template(
            "pdf/certificates/archive.html",
            holder=holder.name,
            kept=kept,
            now=now,
            states=STATES,
            check_url=_check_url,
            locale=holder.locale,
        )
    packing = archiving.Packing(cover.encode(), now, blobs())
    for one in kept:
        packing.add(one)
    return download(packing.pieces(), f"sijil-{now:%Y-%m-%d}.zip", "application/zip")


@bp.get("/<public_id>")
@requires(Permission.CERTIFICATES_CERTIFICATE_READ)
def certificate(public_id: str) -> ResponseReturnValue:
    """One certificate: facts, file, credential, and for auditors the way to the evidence."""
    actor = current_actor()
    found = access_certificate(public_id, actor, Permission.CERTIFICATES_CERTIFICATE_READ)
    return render_template(
        "certificates/certificate.html",
        certificate=found,
        facts=CertificateContent.from_json(found.content),
        states=STATES,
        may_trace=allowed(actor, Permission.CERTIFICATES_TRACE_READ, found),
        check_url=_check_url(found),
        history=_history(found),
    )


def _check_url(certificate: Certificate) -> str:
    return settings().base_url + url_for("verification.by_address", code=certificate.code)


@bp.get("/<public_id>/file")
@requires(Permission.CERTIFICATES_CERTIFICATE_READ)
def file(public_id: str) -> ResponseReturnValue:
    """The signed PDF."""
    found = access_certificate(public_id, current_actor(), Permission.CERTIFICATES_CERTIFICATE_READ)
    if found.pdf_digest is None:
        raise Conflict("pdf-not-ready")
    return download(blobs().get(found.pdf_digest), f"{found.serial}.pdf", "application/pdf")


@bp.get("/<public_id>/credential")
@requires(Permission.CERTIFICATES_CERTIFICATE_READ)
def credential(public_id: str) -> ResponseReturnValue:
    """The Open Badges credential."""
    found = access_certificate(public_id, current_actor(), Permission.CERTIFICATES_CERTIFICATE_READ)
    body = proof.canonical_bytes(found.credential)
    return download(body, f"{found.serial}.json", "application/vc+ld+json")


@bp.get("/<public_id>/badge")
@requires(Permission.CERTIFICATES_CERTIFICATE_READ)
def badge(public_id: str) -> ResponseReturnValue:
    """A picture to show, with the credential in it."""
    # Loaded with the first one: few people ask for it, and drawing needs a library of its own.
    from lms.certificates import badge as drawing

    found = access_certificate(public_id, current_actor(), Permission.CERTIFICATES_CERTIFICATE_READ)
    return download(drawing.bake(found), f"{found.serial}.png", "image/png")


@bp.get("/<public_id>/trace")
@requires(Permission.CERTIFICATES_TRACE_READ)
def traced(public_id: str) -> ResponseReturnValue:
    """Each claim back to the graded evidence."""
    found = access_certificate(public_id, current_actor(), Permission.CERTIFICATES_TRACE_READ)
    return render_template(
        "certificates/trace.html",
        certificate=found,
        facts=CertificateContent.from_json(found.content),
        claims=trace.trace(found),
    )


@bp.get("/offerings/<public_id>")
@requires(Permission.CERTIFICATES_CERTIFICATE_ISSUE)
def due(public_id: str) -> ResponseReturnValue:
    """Who of an offering is due a certificate, and what is missing."""
    offering = offering_by_public_id(public_id)
    require(current_actor(), Permission.CERTIFICATES_CERTIFICATE_ISSUE, offering)
    today = clock.today(offering.course_version.course.provider.timezone)
    found = queries.candidates(offering, today)
    return render_template(
        "certificates/due.html",
        offering=offering,
        candidates=found,
        me=current_user_id(),
        states=STATES,
        form=ActionForm(),
    )


@bp.post("/places/<public_id>/issue")
@requires(Permission.CERTIFICATES_CERTIFICATE_ISSUE)
def issue(public_id: str) -> ResponseReturnValue:
    """Issue the certificate of one place."""
    enrolment = enrolment_queries.by_public_id(public_id)
    if not registrar(current_actor(), enrolment.offering):
        raise NotFound
    keys = ring(settings())
    with transaction():
        office = Office(settings(), keys, current_user_id(), clock.now())
        issued = service.issue(enrolment, office)
        address = url_for("certificates.certificate", public_id=issued.public_id)
    flash(_("The certificate is issued. Its PDF is being made."), "success")
    return redirect(address)


def _offering_panel(offering: Offering) -> str:
    if not allowed(current_actor(), Permission.CERTIFICATES_CERTIFICATE_ISSUE, offering):
        return ""
    return render_template("certificates/_offering_panel.html", offering=offering)


def _place_panel(enrolment: Enrolment) -> str:
    issued = queries.of_enrolment(enrolment.id)
    zone = enrolment.offering.course_version.course.provider.timezone
    asked = enrolment.is_active and issued is None
    return render_template(
        "certificates/_place_panel.html",
        certificate=issued,
        needs=needs.of_place(enrolment, clock.today(zone)) if asked else [],
    )


def _desk_panel(user: User) -> str:
    paths = current_actor().paths(Role.REGISTRAR)
    return render_template(
        "certificates/_desk_panel.html",
        certificates=queries.of_person(user.id),
        offerings=queries.offerings_to_certify(paths),
        states=STATES,
    )


def _history(certificate: Certificate) -> str:
    return history.block(
        [("certificate", certificate.id)],
        manages=registrar(current_actor(), certificate),
        zone=certificate.timezone,
    )


def add_panels() -> None:
    """Add to the pages below."""
    panels.add("catalogue.offering", _offering_panel)
    panels.add("enrolment.place", _place_panel)
    panels.add("people.desk", _desk_panel)
