"""A course of the sample institute that collects interest for dates to come."""

from lms.catalogue import queries as catalogue_queries
from lms.demand import service
from lms.people.models import User


def announce(people: dict[str, User], by: int | None) -> None:
    """Two people and an agency would come."""
    version = catalogue_queries.version_of_course("KES110")
    if version is None:
        return
    undated = service.announce(version, "Suku ketiga 2027", "Pusat Latihan Kuching", by=by)
    for key in ("siti.hajar", "farid.ismail"):
        user = next(each for each in people.values() if each.email.startswith(key))
        service.express(undated, user, by=user.id)
    coordinator = people["coordinator"]
    agency = coordinator.organisation
    service.express(undated, coordinator, agency=agency, people=4, by=coordinator.id)
