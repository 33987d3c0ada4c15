"""The lists of revoked certificates of our authorities, for readers of PDFs anywhere."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from lms.certificates import revocation
from lms.certificates.keyring import ring
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.web.auth_guard import public
from lms.web.running import settings

bp = Blueprint("revocation", __name__)


@bp.get("/<any(ca,root):authority>.crl")
@public
def listed(authority: str) -> ResponseReturnValue:
    """One list, in DER as readers want it."""
    try:
        data = revocation.of(settings().pki, authority, ring(settings()), now=clock.now())
    except revocation.NotFresh:
        raise NotFound from None
    made = Response(data, content_type="application/pkix-crl")
    made.headers["Cache-Control"] = "public, max-age=3600"
    return made
