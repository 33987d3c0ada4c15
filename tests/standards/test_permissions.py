"""A checked file is seen where it was checked; the framework itself is everybody's."""

from lms.db import db, transaction
from lms.kernel.permissions import Role
from lms.people import queries as people_queries
from lms.people import service as people_service
from lms.people.models import User
from lms.standards import queries, service
from lms.storage import blobs
from tests.conftest import SignIn
from tests.make import make_manager, make_organisation, make_user
from tests.standards.frameworks import table


def _checked(by: User | None) -> str:
    with transaction():
        run = service.check(
            table(), "file.csv", blobs().put(table()), by=by.id if by is not None else None
        )
        return f"/standards/import/{run.public_id}"


def test_managers_of_another_provider_neither_see_nor_take_it(sign_in: SignIn) -> None:
    with transaction():
        elsewhere = make_manager(make_organisation())
    address = _checked(people_queries.user_by_email("manager@sijil.example"))
    stranger = sign_in(elsewhere.email)
    assert stranger.get(address).status_code == 404
    assert stranger.post(address).status_code == 404
    assert queries.newest_by_code("T") is None
    assert sign_in("admin").get(address).status_code == 200
    assert sign_in("manager").post(address).status_code == 302
    assert queries.newest_by_code("T") is not None


def test_who_belongs_nowhere_sees_their_own(sign_in: SignIn) -> None:
    with transaction():
        provider = make_organisation()
        freelance, other = make_user(), make_user()
        for one in (freelance, other):
            people_service.grant_role(one, Role.COURSE_MANAGER, provider, by=None)
    address = _checked(freelance)
    assert sign_in(freelance.email).get(address).status_code == 200
    assert sign_in(other.email).get(address).status_code == 404


def test_a_file_that_nobody_checked_is_nobodys(sign_in: SignIn) -> None:
    address = _checked(None)
    db.session.commit()
    assert sign_in("manager").get(address).status_code == 404
