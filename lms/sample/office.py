"""An officer of the sample whose application waits for the line manager, and papers of a course."""

from datetime import datetime

from lms.catalogue import queries as catalogue_queries
from lms.documents import service as documents_service
from lms.documents.models import Audience
from lms.enrolment import service as enrolment_service
from lms.people import membership
from lms.people.models import User
from lms.storage import blobs
from lms.storage.receiving import Received

LINE_MANAGER, OFFICER = "khairul.anuar@sijil.example", "norazlina@sijil.example"
COURSE, SYMPOSIUM = "KES320-1", "SIM2027-1"
RESOLUTIONS = """Simposium Kerja Sosial 2027: rangka resolusi

1. Setiap daerah menyimpan data kes dalam satu bentuk yang sama.
2. Penyeliaan diberi masa dalam jadual kerja setiap bulan.
3. Penjaga kanak-kanak disokong oleh kumpulan di tempat mereka.
"""


def furnish(people: dict[str, User], now: datetime) -> None:
    """Who reports to whom, what is asked for, and a document that everybody may read."""
    officer, coordinator, manager = people[OFFICER], people["coordinator"], people["manager"]
    membership.set_line_manager(officer, LINE_MANAGER, by=coordinator.id)
    course = catalogue_queries.offering_by_code(COURSE)
    if course is not None:
        seats = course.pools[0]
        enrolment_service.enrol(course, officer, by=officer.id, now=now, pool=seats)
    symposium = catalogue_queries.offering_by_code(SYMPOSIUM)
    if symposium is not None:
        data = RESOLUTIONS.encode()
        file = Received(blobs().put(data), "rangka-resolusi.txt", "text/plain", len(data))
        title, everybody = "Rangka resolusi", Audience.EVERYBODY
        documents_service.add(symposium, title, everybody, file, by=manager.id)
