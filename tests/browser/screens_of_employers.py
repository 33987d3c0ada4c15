"""Screens of employers: codes handed in and checked, tokens, watched certificates."""

from sqlalchemy import select

from lms.db import db
from lms.kernel.permissions import Role
from lms.people import service as people_service
from lms.people.models import Organisation, OrganisationKind, User
from tests.browser import entering
from tests.browser.declaring import Screen, at
from tests.browser.visiting import Visitor
from tests.browser.working import beside

_CHECKS, _WATCHES = "/employers/checks/", "/employers/watches/"


def _address(visitor: Visitor) -> str:
    """Where the certificate of a trainee is checked, as the trainee was told."""
    return entering.checked_at(visitor.others("aisyah"))


def _code(visitor: Visitor) -> str:
    return _address(visitor).rpartition("/")[2]


def _pasted(visitor: Visitor) -> None:
    code = _code(visitor)
    visitor.page.goto(_CHECKS)
    lines = (f"{code}, {entering.HOLDER}, A-1", f"{code}, Somebody Else", ", Nobody", "12345")
    visitor.page.fill("#lines", "\n".join(lines))
    visitor.send("main form.form")


def ready(visitor: Visitor) -> None:
    """Rows that are looked through, with a flaw of each kind."""
    _pasted(visitor)


def done(visitor: Visitor) -> None:
    """The same rows answered."""
    _pasted(visitor)
    visitor.send("main form[action$='/confirm']")


def filtered(visitor: Visitor) -> None:
    done(visitor)
    visitor.page.goto(f"{visitor.page.url}?show=unknown")


def verdict(visitor: Visitor) -> None:
    """A verdict with the offer to watch, or the word that it is watched."""
    visitor.page.goto(_address(visitor))


def watched(visitor: Visitor) -> None:
    """The list with at least one certificate on it."""
    done(visitor)
    visitor.send("main form:has(input[value='valid'])")
    visitor.page.goto(_WATCHES)


def seen_by_the_holder(visitor: Visitor) -> None:
    """The certificate of a trainee that an employer watches."""
    watched(visitor.others("employer"))
    visitor.page.goto(visitor.address("/certificates/", r"/certificates/[0-9a-z]{12}"))


def token(visitor: Visitor) -> None:
    """A token as it is shown, once."""
    visitor.page.goto("/employers/tokens/")
    visitor.fill(name="Personnel system")
    visitor.send("main form.form")
    visitor.page.wait_for_selector("main .code")


def nameless(visitor: Visitor) -> None:
    """A token for no program."""
    visitor.page.goto("/employers/tokens/")
    visitor.send("main form.form")


def kept(visitor: Visitor) -> None:
    """The tokens later on, with one that was ended; twenty are never open."""
    token(visitor)
    while visitor.page.locator("main form[action$='/end']").count():
        visitor.send("main form[action$='/end']", last=False)


def acting(visitor: Visitor) -> None:
    """The page of the second of two employers that somebody checks for, with the way to both."""
    if "acting" not in visitor.kept:
        with beside(visitor.instance):
            email = f"{entering.person('first')}@sijil.example"
            user = db.session.scalars(select(User).where(User.email == email)).one()
            every = select(Organisation).where(Organisation.kind == OrganisationKind.EMPLOYER.value)
            employers = list(db.session.scalars(every.order_by(Organisation.id).limit(2)))
            for each in employers:
                people_service.grant_role(user, Role.EMPLOYER_CHECKER, each, by=None)
            visitor.kept["acting"] = f"{_CHECKS}?employer={employers[-1].public_id}"
    visitor.page.goto(visitor.kept["acting"])
    visitor.page.wait_for_selector("main nav a[href*='employer=']")


SCREENS_OF_EMPLOYERS = [
    Screen("GET /desk", "employer", at("/desk")),
    Screen(f"GET {_CHECKS}", "employer", at(_CHECKS)),
    Screen(f"GET {_CHECKS}", "first", acting, note="of two employers"),
    Screen(f"POST {_CHECKS}", "employer", entering.empty(_CHECKS), 422),
    Screen(f"GET {_CHECKS}<public_id>", "employer", ready, note="to confirm"),
    Screen(f"GET {_CHECKS}<public_id>", "employer", done, note="done"),
    Screen(f"GET {_CHECKS}<public_id>", "employer", filtered, note="filtered"),
    Screen("GET /v/<code>", "employer", verdict),
    Screen(f"GET {_WATCHES}", "employer", watched),
    Screen("GET /certificates/<public_id>", "aisyah", seen_by_the_holder, note="watched"),
    Screen("GET /employers/tokens/", "employer", kept, note="ended"),
    Screen("POST /employers/tokens/", "employer", token),
    Screen("POST /employers/tokens/", "employer", nameless, 422),
]
