"""Who may be the second person: other course managers; where there is none, who stands in.

Registrars and administrators stand in only while nobody else could publish: a provider that has a
second course manager asks that one.
"""

from lms.catalogue import queries, rules
from lms.catalogue.models import CourseVersion
from lms.kernel.permissions import Actor, Role
from lms.people import queries as people_queries
from lms.people.models import User

STAND_INS = (Role.REGISTRAR, Role.ADMINISTRATOR)


def may_decide(version: CourseVersion, by: int | None) -> rules.Verdict:
    """Whether somebody is a second person for what is in review."""
    return rules.second_person(by, sent_by=version.sent_by_id, edited_by=version.edited_by_id)


def reviewers(version: CourseVersion) -> list[User]:
    """Who is asked to publish or return what is in review."""
    return _second(version, Role.COURSE_MANAGER) or _second(version, *STAND_INS)


def stands_in(actor: Actor, version: CourseVersion) -> bool:
    """Whether somebody is asked because no course manager can be."""
    path = version.course.provider.path
    if not any(actor.holds(role, path) for role in STAND_INS):
        return False
    return may_decide(version, actor.user_id).ok and not _second(version, Role.COURSE_MANAGER)


def waiting_for(actor: Actor) -> list[CourseVersion]:
    """What is in review and asks somebody who stands in; for others nothing."""
    paths = actor.paths(*STAND_INS)
    return [each for each in queries.in_review(paths) if stands_in(actor, each)] if paths else []


def _second(version: CourseVersion, *roles: Role) -> list[User]:
    path = version.course.provider.path
    found = [user for role in roles for user in people_queries.users_with_role(role, path)]
    return [each for each in dict.fromkeys(found) if may_decide(version, each.id).ok]
