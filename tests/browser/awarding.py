"""Screens of awards and transcripts, which the sample's graduate holds."""

from tests.browser.declaring import Screen, at
from tests.browser.visiting import ID, Visitor

_DUE = rf"/certificates/programmes/{ID}"
_CERTIFICATE = rf"/certificates/{ID}"
_CHECK = r".*/[vV]/\S+"


def _nobody(visitor: Visitor) -> None:
    """Sent with nobody ticked."""
    visitor.page.goto(visitor.address("/certificates/", _DUE))
    visitor.send("main form[action$='/issue']")


def _checked(visitor: Visitor) -> None:
    """The transcript as a stranger finds it by its code."""
    found = visitor.address("/certificates/", _DUE, f"<{_CERTIFICATE}", _CHECK)
    visitor.page.goto(found.replace("/V/", "/v/"))


SCREENS = [
    Screen("GET /certificates/programmes/<public_id>", "registrar", at("/certificates/", _DUE)),
    Screen(
        "GET /certificates/programmes/<public_id>",
        "registrar",
        at("/certificates/", _DUE, rf"{_DUE}\?show=all"),
        note="everybody",
    ),
    Screen("POST /certificates/programmes/<public_id>/issue", "registrar", _nobody, 422),
    Screen(
        "GET /certificates/<public_id>",
        "registrar",
        at("/certificates/", _DUE, _CERTIFICATE),
        note="award",
    ),
    Screen(
        "GET /certificates/<public_id>",
        "registrar",
        at("/certificates/", _DUE, f"<{_CERTIFICATE}"),
        note="transcript",
    ),
    Screen("GET /v/<code>", "registrar", _checked, note="transcript"),
]
