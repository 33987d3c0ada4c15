"""Whatever a service changes is in the audit trail: every public verb that writes records it."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lms import paths

SERVICES = sorted(
    path
    for path in paths.PACKAGE.rglob("*.py")
    if path.name
    in {
        "service.py",
        "building.py",
        "changing.py",
        "entering.py",
        "intakes.py",
        "judging.py",
        "roll.py",
    }
    and path.parent.name != "audit"
)
# Public functions that write and record nothing, each with its reason.
UNRECORDED = {
    "assessment.building.criterion_form": "sets the choices of a form, no row",
    "mail.service.send": "the deed that the mail tells of is recorded by whoever does it",
    "mail.service.refused": "the mail's own row says so, and why",
    "mail.service.sent": "the mail's own row says when it left",
    "sheets.service.go_on": "the verbs of enrolment record what becomes of each row",
    "withdrawals.service.correct": "replacing a certificate is recorded where it is done",
    "transparency.service.append": "a record itself; the deed that it tells of is recorded too",
    "search.service.index": "the publication that makes it known is recorded",
    "search.service.rebuild": "what it writes anew follows from rows that are recorded",
    "search.service.forget": "the words of what is gone are no record",
    "repeats.service.forget": "answers a day old; what was done is recorded where it was done",
    "catalogue.service.hold_draft": "whoever is about to change the draft records what they did",
    "people.service.set_locale": "the language of one's own pages is no deed on a record",
}
WRITING = {"add", "add_all", "delete", "flush", "merge", "bulk_save_objects"}
# Moves of places are recorded where the state machine is asked, certificates when entered.
RECORDING = {"audit.record", "entering.enter_each", "recording.move", "recording.note"}
STATEMENTS = {"insert", "update", "delete"}


def functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def calls(function: ast.FunctionDef) -> Iterator[ast.Call]:
    yield from (node for node in ast.walk(function) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    """``db.session.add`` as it is written; empty for what is no plain name."""
    return ast.unparse(call.func)


def assigns_attributes(function: ast.FunctionDef) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        else:
            continue
        flat = [part for target in targets for part in ast.walk(target)]
        if any(isinstance(part, ast.Attribute) for part in flat):
            return True
    return False


def writes(function: ast.FunctionDef) -> bool:
    """Adds or changes rows: by the session, by a statement, or by setting an attribute."""
    names = {name_of(call) for call in calls(function)}
    by_session = {f"db.session.{verb}" for verb in WRITING} | {"setattr", "unique_or"}
    return bool(names & (by_session | STATEMENTS)) or assigns_attributes(function)


def records(function: ast.FunctionDef) -> bool:
    return any(name_of(call) in RECORDING for call in calls(function))


def reaches(
    wanted: Callable[[ast.FunctionDef], bool],
    function: ast.FunctionDef,
    known: dict[str, ast.FunctionDef],
) -> bool:
    """Whether a function, or another of its module that it calls, is what is wanted."""
    seen: set[str] = set()
    waiting = [function]
    while waiting:
        here = waiting.pop()
        if wanted(here):
            return True
        own = {name_of(call) for call in calls(here)} & known.keys()
        waiting += [known[name] for name in sorted(own - seen)]
        seen |= own
    return False


def unrecorded(source: str) -> list[str]:
    known = functions(ast.parse(source))
    return [
        name
        for name, function in known.items()
        if not name.startswith("_")
        and reaches(writes, function, known)
        and not reaches(records, function, known)
    ]


def module_of(path: Path) -> str:
    return f"{path.parent.name}.{path.stem}"


def test_every_verb_that_writes_is_recorded() -> None:
    assert len(SERVICES) >= 8
    found = {
        f"{module_of(path)}.{name}"
        for path in SERVICES
        for name in unrecorded(path.read_text("utf-8"))
    }
    assert found == set(UNRECORDED)


@pytest.mark.parametrize(
    "body",
    [
        "    db.session.add(thing)",
        "    db.session.execute(update(Thing).values(name='x'))",
        "    thing.name = 'x'",
        "    thing.count += 1",
        "    thing.one, other = 1, 2",
        "    with unique_or('taken'):\n        thing.parts.append(1)",
        "    _store(thing)",
    ],
)
def test_the_guard_sees_each_way_to_write(body: str) -> None:
    private = "def _store(thing):\n    db.session.add(thing)\n"
    noted = "def _note(thing):\n    audit.record(None, 'done', thing)\n"
    silent = f"{private}{noted}def verb(thing):\n{body}\n"
    assert unrecorded(silent) == ["verb"]
    assert unrecorded(f"{silent}    _note(thing)\n") == []
