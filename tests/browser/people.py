"""Screens of those who look after other people's accounts."""

import re
import time

from tests.browser.entering import person, seated
from tests.browser.visiting import ID, Visitor, number

# Each test process proposes roles for a person of its own.
_SUBJECTS = ["trainer2", "trainer3", "manager", "auditor"]
PERSON = rf"/people/{ID}"


def role_held_already(visitor: Visitor) -> None:
    visitor.page.goto(visitor.address("/people?q=trainer1", PERSON))
    visitor.page.select_option("#role", "trainer")
    visitor.page.select_option("#organisation", label="Institut Latihan Kerja Sosial")
    visitor.send("main form[method=post]")


def _proposal(visitor: Visitor) -> str:
    subject = _SUBJECTS[number() % len(_SUBJECTS)]
    if "proposal" not in visitor.kept:
        visitor.page.goto(visitor.address(f"/people?q={subject}@", PERSON))
        visitor.page.select_option("#role", "registrar")
        visitor.send("main form[method=post]")
        visitor.kept["proposal"] = visitor.address(
            f"/people?q={subject}@", PERSON, rf"/people/proposals/{ID}"
        )
    return visitor.kept["proposal"]


def proposed(visitor: Visitor) -> None:
    visitor.page.goto(_proposal(visitor))


def to_confirm(visitor: Visitor) -> None:
    visitor.page.goto(_proposal(visitor.others("admin")))


def desk_of_second(visitor: Visitor) -> None:
    _proposal(visitor.others("admin"))
    visitor.page.goto("/desk")


_LINK = re.compile(r"/invitation/[\w-]{20,}")
_HEAD = "name,email,language,organisation_code\n"


def _invite(visitor: Visitor, email: str) -> None:
    visitor.page.goto("/invitations/new")
    visitor.fill(name="Rokiah binti Daud", email=email)
    visitor.send()


def invited(visitor: Visitor) -> None:
    if "invited" not in visitor.kept:
        _invite(visitor, f"hamidah{number()}@test.example")  # whose link nobody follows
        visitor.kept["invited"] = "yes"
    visitor.page.goto("/invitations")


def faulty_file(visitor: Visitor) -> None:
    visitor.page.goto("/invitations/file")
    visitor.give("officers.csv", f"{_HEAD},no address,fr,NOWHERE\n".encode())
    visitor.send()


def good_file(visitor: Visitor) -> None:
    visitor.page.goto("/invitations/file")
    row = f"Rokiah binti Daud,rokiah{number()}@test.example,en,JKM\n"
    visitor.give("officers.csv", (_HEAD + row).encode())
    visitor.send()


def _mailed(visitor: Visitor, email: str) -> str:
    """The link in the newest mail to an address; at first the worker is busy with certificates."""
    for _ in range(400):
        for mail in visitor.read("/mail")[1].split("<article")[1:]:
            found = _LINK.search(mail)
            if found is not None and f"<p>{email} " in mail:
                return found[0]
        time.sleep(0.2)
    raise AssertionError("no mail came")


def link_opened(visitor: Visitor) -> None:
    """Follows the link as it stands in the mail."""
    coordinator, email = visitor.others("coordinator"), f"rokiah{number()}@test.example"
    if "link" not in coordinator.kept:
        _invite(coordinator, email)
        coordinator.kept["link"] = _mailed(visitor, email)
    visitor.page.goto(coordinator.kept["link"])


def nothing_entered(visitor: Visitor) -> None:
    link_opened(visitor)
    visitor.send()


def _invite_known(visitor: Visitor) -> None:
    coordinator, email = visitor.others("coordinator"), f"{person('invited')}@sijil.example"
    if "known" not in coordinator.kept:
        _invite(coordinator, email)
        coordinator.kept["known"] = _mailed(visitor, email)


def link_of_another(visitor: Visitor) -> None:
    _invite_known(visitor)
    visitor.page.goto(visitor.others("coordinator").kept["known"])


def asked_to_join(visitor: Visitor) -> None:
    _invite_known(visitor)
    visitor.page.goto(visitor.address("/desk", rf"/account/invitations/{ID}"))


def desk_of_invited(visitor: Visitor) -> None:
    _invite_known(visitor)
    visitor.page.goto("/desk")


def left(visitor: Visitor) -> None:
    visitor.page.goto("/account/leave")
    if visitor.page.url.endswith("/account/leave"):
        visitor.send()
    visitor.page.goto("/account")


def _number() -> str:
    return f"A123456{number()}"


def number_kept(visitor: Visitor) -> None:
    visitor.page.goto("/account/identity")
    if visitor.page.locator("#number").count():
        visitor.page.select_option("#kind", "passport")
        visitor.fill(number=_number())
        visitor.send()
        visitor.page.goto("/account/identity")


def account_with_number(visitor: Visitor) -> None:
    number_kept(visitor)
    visitor.page.goto("/account")


def number_unknown(visitor: Visitor) -> None:
    visitor.page.goto("/identity")
    visitor.fill(number="010203-04-0506")
    visitor.send()


def number_found(visitor: Visitor) -> None:
    holder = visitor.others("numbered")
    number_kept(holder)
    seated(holder)  # registrars find those whom their provider serves
    visitor.page.goto("/identity")
    visitor.page.select_option("#kind", "passport")
    visitor.fill(number=_number())
    visitor.send()


def number_shown(visitor: Visitor) -> None:
    number_found(visitor)
    visitor.fill(reason="compared with the passport")
    visitor.send()


def number_to_erase(visitor: Visitor) -> None:
    number_found(visitor)
    visitor.page.goto(visitor.page.url + "/erase")


# Two accounts a process: the first stays, the second is closed.
_PAIRS = [
    ("nurul.izzati", "andre.pereira"),
    ("jelani.ngumbang", "wayan.sudarta"),
    ("zoe.lim", "chen.meiling"),
    ("hazwani", "masidah"),
]


def _pair() -> tuple[str, str]:
    return _PAIRS[number() % len(_PAIRS)]


def _merge_of(visitor: Visitor, who: str) -> str:
    return visitor.address(f"/people?q={who}@", PERSON, rf"{PERSON}/merge")


def merge_begun(visitor: Visitor) -> None:
    visitor.page.goto(_merge_of(visitor, "trainer2"))


def merge_unknown(visitor: Visitor) -> None:
    merge_begun(visitor)
    visitor.fill(email="nobody@sijil.example")
    visitor.send()


def merge_possible(visitor: Visitor) -> None:
    visitor.page.goto(_merge_of(visitor, "trainer2"))
    visitor.fill(email=f"{_pair()[0]}@sijil.example")
    visitor.send()


def merge_impossible(visitor: Visitor) -> None:
    visitor.page.goto(_merge_of(visitor, "trainer2"))
    visitor.fill(email="trainer1@sijil.example")
    visitor.send()


def _merged(visitor: Visitor) -> str:
    keeps, goes = _pair()
    if "merged" not in visitor.kept:
        visitor.page.goto(_merge_of(visitor, keeps))
        visitor.fill(email=f"{goes}@sijil.example")
        visitor.send()
        visitor.send("main form.stack-s")
        visitor.kept["merged"] = visitor.address(f"/people?q={goes}@", PERSON)
    return visitor.kept["merged"]


def merge_to_undo(visitor: Visitor) -> None:
    visitor.page.goto(_merged(visitor) + "/part")


def closed_account(visitor: Visitor) -> None:
    visitor.page.goto(_merged(visitor))
