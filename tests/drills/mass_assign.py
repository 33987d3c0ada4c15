"""Every column of every table, sent beside a form that is taken, to every route that may write.

Each such request must be refused with 422 and write nothing. The control looks at no names.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator

from flask.testing import FlaskClient

from lms.db import Model
from lms.web import forms
from tests.access import watching_writes
from tests.drills import deeds, ground, staging
from tests.drills.deeds import DEEDS, Deed, Fields
from tests.drills.ground import Ground

IN_GATE = ("sqlite",)

SEED = 7
OF_EACH_IN_SMALL = 3
REFUSED = 422


def columns() -> list[str]:
    """The names of all columns."""
    tables = Model.metadata.tables.values()
    return sorted({column.name for table in tables for column in table.columns})


def is_known(name: str, endpoint: str, at: Ground, fields: Fields) -> bool:
    """Whether the form has such a field; then there is nothing strange about it."""
    takes = getattr(at.app.view_functions[endpoint], "takes", ())
    with at.app.test_request_context():
        return name in fields or any(name in form(formdata=None) for form in takes)


def names_for(number: int, names: list[str], *, full: bool) -> list[str]:
    """The columns tried on one route; over all routes each of them is, even in the small drill."""
    if full:
        return names
    turn = number * OF_EACH_IN_SMALL
    return [names[(turn + step) % len(names)] for step in range(OF_EACH_IN_SMALL)]


def try_on(at: Ground, deed: Deed, names: list[str]) -> Iterator[str]:
    """What came of each name beside the fields of a deed: ``held`` or what did not hold.

    First of the form alone: ``taken``, without which the drill would prove nothing.
    """
    client = deeds.visitor(at.app, deed)
    fields = deed.fields(client, at.objects)
    with at.undone():
        if _sent(at, deed, client, fields) < 400:
            yield "taken"
    for name in names:
        if is_known(name, deed.endpoint, at, fields):
            continue
        with at.undone(), watching_writes() as wrote:
            status = _sent(at, deed, client, fields | {name: "1"})
        if wrote:
            yield f"{deed.title} wrote with {name}"
        elif status != REFUSED:
            yield f"{deed.title} answered {name} with {status}"
        else:
            yield "held"


def _sent(at: Ground, deed: Deed, client: FlaskClient, fields: Fields) -> int:
    address, method = deeds.address_of(at.app, deed.endpoint, at.objects)
    browser = deeds.as_it_is(client)
    return deeds.send(browser, address, method, fields).status_code


def _knows_all(form: forms.BaseForm, name: str) -> bool:
    del form, name
    return True


def look_at_no_names(at: Ground) -> None:
    """The control: forms and views take whatever comes."""
    forms.BaseForm._knows = _knows_all  # type: ignore[method-assign,assignment]
    before = at.app.before_request_funcs[None]
    before.remove(forms._refuse_fields)  # the protection itself


def main() -> int:
    """Run the drill."""
    given = staging.options("mass_assign")
    names, began, said = columns(), time.monotonic(), Counter[str]()
    random.Random(SEED).shuffle(names)  # noqa: S311  # an order that can be repeated
    with ground.ground(given) as at:
        if given.control:
            look_at_no_names(at)
        uncovered = deeds.uncovered(at.app)
        for number, deed in enumerate(DEEDS[::24] if given.control else DEEDS):
            with at.undone():
                said.update(try_on(at, deed, names_for(number, names, full=given.full)))
    taken = said.pop("taken", 0)
    for words in sorted(set(said) - {"held"})[:20]:
        print(words)  # noqa: T201  # drills print
    figures: dict[str, object] = {
        "routes": len({deed.endpoint for deed in DEEDS}),
        "columns": len(names),
        "requests": said.total(),
        "refused": said["held"],
        "forms_taken": taken,
        "seconds": round(time.monotonic() - began, 1),
    }
    holds = {
        "every route has a form that is taken": not uncovered and taken == len(DEEDS),
        "every strange field is refused and nothing is written": said["held"] == said.total(),
    }
    return staging.report(given, figures, holds)


if __name__ == "__main__":
    sys.exit(main())
