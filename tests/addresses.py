"""The address of every route, with the objects of one set in it."""

from collections.abc import Iterator, Mapping

from flask import Flask
from werkzeug.routing import Rule

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_NAMED = (
    # What ``public_id`` names, by the beginning of the address; the first that fits.
    ("/jobs/", "piece"),
    ("/account/sessions/", "session"),
    ("/account/passkeys/", "passkey"),
    ("/account/invitations/", "invitation"),
    ("/invitations/", "invitation"),
    ("/members/", "trainee"),
    ("/identity/", "trainee"),
    ("/people/proposals/", "proposal"),
    ("/people/<public_id>/merge/", "trainee"),
    ("/people/<public_id>/part", "closed"),
    ("/people/", "person"),
    ("/certificates/offerings/", "past"),
    ("/certificates/programmes/", "listed_programme"),
    ("/certificates/places/", "place_due"),
    ("/certificates/holds/", "hold"),
    ("/certificates/", "certificate"),
    ("/withdrawals/", "withdrawal"),
    ("/batches/", "batch"),
    ("/designs/", "design"),
    ("/standards/import/", "run"),
    ("/standards/", "framework"),
    ("/places/<public_id>/missed", "place_due"),
    ("/places/<public_id>/survey", "place_past"),
    ("/places/", "place"),
    ("/approvals/", "approval"),
    ("/submissions/", "work"),
    ("/offerings/", "offering"),
    ("/manage/rooms/", "room"),
    ("/sheets/", "sheet"),
    ("/employers/checks/", "check_run"),
    ("/employers/tokens/", "api_token"),
    ("/employers/watches/", "watch"),
    ("/programmes/", "listed_programme"),
    ("/manage/programmes/<public_id>/intakes", "listed_programme"),
    ("/manage/programmes/", "programme"),
    ("/intakes/", "intake"),
    ("/applications/", "application"),
    ("/undated/", "undated"),
    ("/manage/courses/<public_id>/undated", "published"),
    ("/manage/courses/<public_id>/offerings", "published"),
    ("/manage/courses/<public_id>/versions", "published"),
    ("/manage/courses/<public_id>/retire", "published"),
    ("/manage/courses/<public_id>/bring-back", "published"),
    ("/manage/courses/", "course"),
    ("/courses/", "course"),
)
_REST = {
    "session_id": "session_of_class",
    "artefact_id": "artefact",
    "group_id": "group",
    "document_id": "document",
    "slot_id": "slot",
    "link_id": "link",
    "other_id": "double",
    "role": "role",
    "organisation_id": "organisation",
    "promise_id": "promise",
    "code": "code",
}
_FIXED: dict[str, object] = {
    "token": "spent",
    "name": "sans-400",
    "digest": "0" * 64,
    "key": "tumpal",
    "specimen_name": "plain",
    "mode": "in_person",
    "authority": "ca",
    "way": "enrol",
    "number": "1",
}


def rules_of(app: Flask) -> list[Rule]:
    """All routes but the static files; signing out comes last: nobody sees anything after it."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    return sorted(rules, key=lambda rule: (rule.endpoint == "people.sign_out", rule.rule))


def methods_of(rule: Rule) -> list[str]:
    """The methods a route answers, but those that Flask adds."""
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def unsafe_routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every route and method that may change something."""
    for rule in rules_of(app):
        for method in methods_of(rule):
            if method in UNSAFE:
                yield rule, method


def of_an_object(rule: Rule) -> bool:
    """Whether the address names an object that is somebody's; jobs are the installation's."""
    named = rule.arguments - {
        "token",
        "name",
        "job_id",
        "mode",
        "way",
        "authority",
        "digest",
        "key",
        "specimen_name",
        "number",
    }
    return bool(named) and not rule.rule.startswith("/standards/<")


def values_for(rule: Rule, objects: Mapping[str, str]) -> dict[str, object]:
    """What stands in the address for each of its arguments."""
    values = {name: _value(name, rule, objects) for name in rule.arguments}
    if "public_id" in values:
        what = next(what for start, what in _NAMED if rule.rule.startswith(start))
        values["public_id"] = objects[what]
    return values


def _value(name: str, rule: Rule, objects: Mapping[str, str]) -> object:
    if name == "assessment_id":
        of_draft = rule.rule.startswith("/manage/")
        return objects["draft_assessment" if of_draft else "assessment"]
    if name == "document_id" and rule.rule.startswith("/applications/"):
        return objects["paper"]
    if name == "job_id":
        return objects.get("job", "1")
    return objects[_REST[name]] if name in _REST else _FIXED.get(name, "")


def address_of(app: Flask, rule: Rule, objects: Mapping[str, str]) -> str:
    """The path of a route with the objects of a set in it."""
    return app.url_map.bind("localhost").build(rule.endpoint, values_for(rule, objects))
