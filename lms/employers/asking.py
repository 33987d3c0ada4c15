"""What a program asks: the JSON of a request as checks, or what is wrong with it. Pure."""

import json

from lms.employers.reading import Line
from lms.kernel.errors import Invalid

MOST = 500
LARGEST = 1_000_000
_LONGEST = {"code": 200, "name": 200, "reference": 100}


def read(body: bytes) -> list[Line]:
    """The checks of a request in their order, numbered from 0; raises Invalid."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid("api-not-json") from None
    if (
        not isinstance(said, dict)
        or set(said) != {"checks"}
        or not isinstance(said["checks"], list)
    ):
        raise Invalid("api-not-json")
    checks = said["checks"]
    if not 1 <= len(checks) <= MOST:
        raise Invalid("api-too-many")
    for number, check in enumerate(checks):
        if not _is_sound(check):
            raise Invalid("api-bad-check", fields={f"checks/{number}": "api-bad-check"})
    return [Line(number, **check) for number, check in enumerate(checks)]


def _is_sound(check: object) -> bool:
    return (
        isinstance(check, dict)
        and {"code"} <= check.keys() <= _LONGEST.keys()
        and all(isinstance(value, str) for value in check.values())
        and all(len(value) <= _LONGEST[name] for name, value in check.items())
    )
