"""Screens of those who look after other people's accounts."""

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
