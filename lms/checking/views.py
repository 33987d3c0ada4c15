"""Verification by anybody: by code, by QR address, by the PDF; and the issuer's keys."""

from pathlib import Path

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.certificates import keys, proof, status_places
from lms.certificates.keyring import ring
from lms.checking import here, naming, published, verification
from lms.checking.forms import CodeForm, FileForm
from lms.checking.replies import answer
from lms.kernel import clock, codes
from lms.web import limits
from lms.web.auth_guard import public
from lms.web.forms import takes
from lms.web.i18n import ZONE
from lms.web.running import settings

bp = Blueprint("verification", __name__)
STATUS_SECONDS = 20
"""How long the status list may be kept by others: a revocation is public within half a minute."""


@bp.route("/verify", methods=["GET", "POST"])
@public
@takes(CodeForm)
@limits.look_ups
def start() -> ResponseReturnValue:
    """Ask for a code or a file; a typed code is answered at its own address."""
    form = CodeForm()
    if form.validate_on_submit():
        code = codes.read_verification_code(form.code.data or "")
        if code is not None:
            return redirect(url_for("verification.by_address", code=code))
        return answer(verification.by_code(form.code.data or "", now=clock.now()))
    status = 422 if form.is_submitted() else 200
    return render_template(
        "checking/verify.html", form=form, file_form=FileForm(formdata=None)
    ), status


@bp.get("/v/<code>")
@bp.get("/V/<code>")
@public
@limits.look_ups
def by_address(code: str) -> ResponseReturnValue:
    """The answer to a code, as the QR code on the certificate asks for it."""
    check = verification.by_code(code, now=clock.now())
    typed = request.args.get("name", "").strip()[:200]
    return answer(check, typed=typed)


@bp.post("/verify/file")
@public
@takes(FileForm)
@limits.file_checks
def by_file() -> ResponseReturnValue:
    """The answer to an uploaded PDF."""
    form = FileForm()
    if not form.validate_on_submit():
        code_form = CodeForm(formdata=None)
        return render_template("checking/verify.html", form=code_form, file_form=form), 422
    data = form.file.data.read(verification.LIMIT + 1)
    refused = published.distrusted().signers
    check = verification.by_file(data, _roots(), now=clock.now(), refused=refused)
    return answer(check, from_file=True)


@bp.get("/verify/here")
@public
def without_uploading() -> ResponseReturnValue:
    """Check a file in the browser: it never leaves the machine."""
    return render_template(
        "checking/here.html",
        verdicts=here.VERDICTS,
        headings=naming.HEADINGS,
        words=naming.every_word(),
        file_form=FileForm(formdata=None),
        zone=ZONE,
        lists=status_places.numbers(),
    )


def _roots() -> list[Path]:
    ring(settings())  # makes the development keys when there are none
    return [settings().pki / "root.pem"]


@bp.get("/.well-known/did.json")
@public
def did() -> ResponseReturnValue:
    """The issuer's DID document; application/json, as verifiers want it."""
    return _open(jsonify(keys.did_document(ring(settings()))))


@bp.get("/status/revocation/<int:number>")
@public
def status(number: int) -> ResponseReturnValue:
    """One signed list of revoked certificates."""
    document = published.status(number, now=clock.now())
    body = proof.canonical_bytes(document)
    return _open(Response(body, content_type="application/vc"), seconds=STATUS_SECONDS)


@bp.get("/trust.zip")
@public
def trust() -> ResponseReturnValue:
    """The trust bundle, for those who check without us."""
    data = published.trust_bundle(now=clock.now())
    file = Response(data, content_type="application/zip")
    file.headers["Content-Disposition"] = 'attachment; filename="trust.zip"'
    return _open(file, seconds=STATUS_SECONDS)


@bp.get("/distrusted.json")
@public
def distrusted() -> ResponseReturnValue:
    """Keys and signers that were ours and are refused, because somebody else has them."""
    return _open(jsonify(published.distrusted().plain()))


@bp.get("/root.pem")
@public
def root() -> ResponseReturnValue:
    """The root certificate, for those who check PDFs with their own reader."""
    data = _roots()[0].read_bytes()
    return _open(Response(data, content_type="application/x-pem-file"))


def _open(made: Response, *, seconds: int = 60) -> Response:
    made.headers["Access-Control-Allow-Origin"] = "*"
    made.headers["Cache-Control"] = f"public, max-age={seconds}"
    return made
