"""Who signs, a design that waits for a second registrar, and one kind that is printed upright."""

from datetime import datetime, timedelta

from lms.designs import service
from lms.designs.models import Design
from lms.people.models import Organisation, User
from lms.printing import shipped

NAME = "Songket Institut"
SIGNATORIES = [
    {
        "name": "Dr. Hajah Salmah Idris",
        "title": {"ms": "Pengarah Institut", "en": "Director", "id": "Direktur Institut"},
    },
    {
        "name": "Lim Wei Keat",
        "title": {"ms": "Ketua Pentaksir", "en": "Chief Assessor", "id": "Kepala Asesor"},
    },
]


def draw(
    provider: Organisation, people: dict[str, User], now: datetime, *, name: str = NAME
) -> Design:
    """Begin the design, and choose the upright one for attendance."""
    by = people["registrar"].id
    service.choose(provider, "attendance", "anyaman", by=by)
    look = service.Look.of(shipped.design("songket"))
    return service.begin(provider, name, look, by=by, now=now - timedelta(days=1))
