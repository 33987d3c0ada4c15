"""Screens of the course manager that exist only after something was entered."""

import secrets

from lms import paths
from tests.browser.visiting import ID, Visitor

_TITLES = ("title_ms", "title_en", "title_id")


def _begin(visitor: Visitor) -> str:
    """The address of a draft that was just saved."""
    code = f"UJI-{secrets.token_hex(4)}"
    visitor.page.goto("/manage/courses/new")
    visitor.fill(code=code, **dict.fromkeys(_TITLES, code), hours="6", credit="6", cpd="6")
    visitor.page.select_option("#certificate", "competence")
    visitor.send()
    return visitor.page.url


def new_draft(visitor: Visitor) -> None:
    _begin(visitor)


def _draft(visitor: Visitor) -> str:
    """One draft with a competency, an assessment and a criterion, for all that is asked of it."""
    if "draft" not in visitor.kept:
        address = _begin(visitor)
        _map(visitor)
        visitor.page.goto(address + "/assessments/new")
        visitor.fill(code="KK1", **dict.fromkeys(_TITLES, "Kajian kes"), pass_mark="60")
        visitor.send()
        visitor.page.goto(_criteria(visitor, address))
        visitor.fill(**dict.fromkeys(_TITLES, "Catatan"), weight="100")
        visitor.page.select_option("#level", "2")
        visitor.send()
        visitor.kept["draft"] = address
    return visitor.kept["draft"]


def _programme(visitor: Visitor) -> str:
    """One draft of a programme, with a group and a course in it."""
    if "programme" not in visitor.kept:
        visitor.page.goto("/manage/programmes/new")
        code = f"UJI-{secrets.token_hex(4)}"
        visitor.fill(code=code, **dict.fromkeys(_TITLES, code), credits="40")
        visitor.send()
        address = visitor.page.url
        visitor.fill(**dict.fromkeys(_TITLES, "Teras"))
        visitor.send("main form[action$='/groups']")
        visitor.send("main form[action$='/courses']")
        visitor.kept["programme"] = address
    return visitor.kept["programme"]


def programme(visitor: Visitor) -> None:
    visitor.page.goto(_programme(visitor))


def programme_again(visitor: Visitor) -> None:
    visitor.page.goto(_programme(visitor) + "/edit")


def no_group(visitor: Visitor) -> None:
    visitor.page.goto(_programme(visitor))
    visitor.send("main form[action$='/groups']")


def _map(visitor: Visitor) -> None:
    visitor.page.select_option("#item", index=1)
    visitor.page.select_option("#role", "assessed")
    visitor.page.select_option("#level", "2")
    visitor.send("main form[action$='/mapping']")


def _criteria(visitor: Visitor, draft: str) -> str:
    return visitor.address(draft, r"/manage/courses/.*/criteria/new")


def draft(visitor: Visitor) -> None:
    visitor.page.goto(_draft(visitor))


def edit(visitor: Visitor) -> None:
    visitor.page.goto(_draft(visitor) + "/edit")


def wrong_edit(visitor: Visitor) -> None:
    edit(visitor)
    visitor.fill(title_ms="", hours="-1")
    visitor.send()


def overtaken(visitor: Visitor) -> None:
    """An edit of a state that was saved over meanwhile."""
    edit(visitor)
    visitor.fill(title_ms="Lain", hours="8")
    visitor.page.eval_on_selector("[name=row_version]", "field => { field.value = '0' }")
    visitor.send()


def wrong_mapping(visitor: Visitor) -> None:
    draft(visitor)
    visitor.page.locator("#level").evaluate("field => { field.type = 'text' }")
    visitor.page.eval_on_selector("#role option", "option => { option.value = 'none' }")
    visitor.page.select_option("#role", "none")
    visitor.send("main form[action$='/mapping']")


def unfit(visitor: Visitor) -> None:
    """A draft that cannot go to review, because no criterion shows what it maps."""
    _begin(visitor)
    _map(visitor)
    visitor.send("main form[action$='/review']")


def in_review(visitor: Visitor) -> None:
    """A draft that was sent to review, before who sent it."""
    _begin(visitor)
    visitor.page.goto(visitor.page.url + "/edit")
    visitor.page.select_option("#certificate", "attendance")
    visitor.send()
    visitor.send("main form[action$='/review']")
    visitor.kept["in review"] = visitor.page.url


def to_review(visitor: Visitor) -> None:
    """A draft that waits for this person."""
    author = visitor.others("manager")
    if "in review" not in author.kept:
        in_review(author)
    visitor.page.goto(author.kept["in review"])


def returned_without_remarks(visitor: Visitor) -> None:
    to_review(visitor)
    visitor.send("main form[action$='/return']")


def _new_version(visitor: Visitor) -> str:
    """A new version of a published course of the sample."""
    if "new version" not in visitor.kept:
        visitor.page.goto(_published(visitor))
        visitor.send("main form[action$='/versions']")
        visitor.kept["new version"] = visitor.page.url
    return visitor.kept["new version"]


def _published(visitor: Visitor) -> str:
    course = visitor.address("/?q=PKK204", rf"/courses/{ID}")
    return "/manage" + course


def published(visitor: Visitor) -> None:
    visitor.page.goto(_published(visitor))


def wrong_prerequisite(visitor: Visitor) -> None:
    """Years of service without their number, in a draft that asks for a role already."""
    draft(visitor)
    visitor.page.select_option("#key", "role:trainer")
    visitor.send("main form[action$='/prerequisites']")
    visitor.page.select_option("#key", "service")
    visitor.send("main form[action$='/prerequisites']")


def difference(visitor: Visitor) -> None:
    """What a new version says otherwise."""
    address = _new_version(visitor)
    visitor.page.goto(address + "/edit")
    visitor.fill(title_en="Case work with families at risk", hours="41")
    visitor.send()
    visitor.page.goto(address + "/difference")


def no_difference(visitor: Visitor) -> None:
    visitor.page.goto(_draft(visitor) + "/difference")


def retire(visitor: Visitor) -> None:
    visitor.page.goto(_published(visitor) + "/retire")


def retired_without_reason(visitor: Visitor) -> None:
    retire(visitor)
    visitor.send()


def assessment(visitor: Visitor) -> None:
    visitor.page.goto(_draft(visitor) + "/assessments/new")


def wrong_assessment(visitor: Visitor) -> None:
    assessment(visitor)
    visitor.fill(code="KK1", **dict.fromkeys(_TITLES, "Kajian kes"), pass_mark="-1")
    visitor.send()


def code_taken(visitor: Visitor) -> None:
    assessment(visitor)
    visitor.fill(code="KK1", **dict.fromkeys(_TITLES, "Kajian kes"), pass_mark="60")
    visitor.send()


def criterion(visitor: Visitor) -> None:
    visitor.page.goto(_criteria(visitor, _draft(visitor)))


def wrong_criterion(visitor: Visitor) -> None:
    criterion(visitor)
    visitor.send()


def _import(visitor: Visitor, name: str, data: bytes) -> str:
    visitor.page.goto("/standards/import")
    visitor.give(name, data)
    visitor.send()
    return visitor.page.url


def faulty(visitor: Visitor) -> None:
    _import(visitor, "wrong.csv", b"type,code\nUnit,A\n")


def ready(visitor: Visitor) -> None:
    _import(visitor, "swx-starter.csv", (paths.SAMPLE / "swx-starter.csv").read_bytes())


def imported(visitor: Visitor) -> None:
    """The framework that is here already: taking it over once more changes nothing."""
    ready(visitor)
    visitor.kept["run"] = visitor.page.url
    visitor.send()


def done(visitor: Visitor) -> None:
    if "run" not in visitor.kept:
        imported(visitor)
    visitor.page.goto(visitor.kept["run"])
