"""The log as everybody may read it: a page that explains it, checkpoint, key and proofs."""

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from lms.kernel.errors import Invalid
from lms.transparency import keys, notes, proofs, queries, service
from lms.web import running
from lms.web.auth_guard import public

bp = Blueprint("transparency", __name__, url_prefix="/log")
MOST_LEAVES = 1000
_SECONDS = 20


@bp.get("/")
@public
def page() -> ResponseReturnValue:
    """What the log is, how it stands, and how to check it."""
    note, verifier = service.checkpoint(), keys.verifier()
    return render_template(
        "transparency/log.html",
        checkpoint=notes.opened(note, verifier),
        note=note,
        key=verifier.text,
        address=running.settings().base_url + "/log",
    )


@bp.get("/checkpoint")
@public
def checkpoint() -> ResponseReturnValue:
    """The newest signed checkpoint."""
    return _text(service.checkpoint())


@bp.get("/key")
@public
def key() -> ResponseReturnValue:
    """The key by which checkpoints are checked."""
    return _text(keys.verifier().text + "\n")


@bp.get("/entries")
@public
def entries() -> ResponseReturnValue:
    """What the log says of a credential, by its SHA-256: whoever knows it has the credential."""
    found = queries.of_subject(request.args.get("sha256", ""))
    return _open(
        jsonify(
            entries=[
                {"index": one.number, "entry": service.said(one.kind, one.at, one.subject)}
                for one in found
            ]
        )
    )


@bp.get("/inclusion")
@public
def inclusion() -> ResponseReturnValue:
    """The audit path of an entry in the tree of a size."""
    number, size = _number("index"), _number("size")
    if not number < size <= queries.size():
        raise Invalid("log-out-of-range")
    return _path(queries.made(lambda read: proofs.inclusion(read, number, size)))


@bp.get("/consistency")
@public
def consistency() -> ResponseReturnValue:
    """What proves that a later tree continues an earlier one."""
    first, second = _number("first"), _number("second")
    if not 0 < first <= second <= queries.size():
        raise Invalid("log-out-of-range")
    return _path(queries.made(lambda read: proofs.consistency(read, first, second)))


@bp.get("/leaves")
@public
def leaves() -> ResponseReturnValue:
    """Digests of leaves from a number on, at most a thousand, a line each."""
    found = queries.leaves(_number("start"), min(_number("count"), MOST_LEAVES))
    return _text("".join(f"{leaf.hex()}\n" for leaf in found))


def _number(name: str) -> int:
    text = request.args.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Invalid("log-out-of-range")
    return int(text)


def _path(path: list[bytes]) -> Response:
    return _open(jsonify(path=[step.hex() for step in path]))


def _text(text: str) -> Response:
    return _open(Response(text, content_type="text/plain; charset=utf-8"))


def _open(answer: Response) -> Response:
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cache-Control"] = f"public, max-age={_SECONDS}"
    return answer
