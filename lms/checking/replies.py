"""What a checker is answered, as a page or as JSON."""

import json

from flask import Response
from flask.typing import ResponseReturnValue

from lms.checking import answers, naming, verification
from lms.web import shelf
from lms.web.errors import prefers_json


def answer(
    check: verification.Check, *, typed: str = "", from_file: bool = False, named: bool = False
) -> ResponseReturnValue:
    """The answer to a check, for people or programs; ``named`` where the holder shows the name."""
    facts = check.facts
    status = 404 if check.outcome == "unknown" and not from_file else 200
    if prefers_json():
        said = answers.plain(check, typed=typed)
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        return unkept(Response(text, content_type="application/json"), status)
    page = shelf.in_frame(
        "checking/verdict.html",
        check=check,
        facts=facts,
        heading=naming.heading(check.outcome.value),
        initials=verification.initials(facts.holder_name) if facts else "",
        typed=typed,
        axes=naming.axes_words(check.axes),
        matches=verification.name_matches(facts, typed) if facts and typed else None,
        from_file=from_file,
        named=named,
    )
    return unkept(page, status)


def unkept(what: str | Response, status: int) -> Response:
    """An answer about one person's certificate: not indexed, kept nowhere."""
    made = what if isinstance(what, Response) else Response(what)
    made.status_code = status
    made.headers["X-Robots-Tag"] = "noindex, nofollow"
    made.headers["Cache-Control"] = "no-store"
    return made
