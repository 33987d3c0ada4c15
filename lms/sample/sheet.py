"""A sheet of the sample institute that is checked and waits for somebody to confirm it."""

from datetime import datetime

from lms.db import db
from lms.people.models import User
from lms.sheets import service
from lms.sheets.states import Way

_ROWS = """offering,person,status,seat
SIM2027-1,siti.hajar@sijil.example,enrolled,in_person
SIM2027-1,farid.ismail@sijil.example,enrolled,online
SIM2027-1,rozita.apandi@sijil.example,enrolled,
SIM2027-1,tiada.orang@sijil.example,enrolled,online
SIM2027-1,farid.ismail@sijil.example,enrolled,online
SIM2027-9,linah.sumping@sijil.example,enrolled,
SIM2027-1,linah.sumping@sijil.example,hadir,online
SIM2027-1,linah.sumping@sijil.example
"""


def upload(people: dict[str, User], now: datetime) -> None:
    """Two people are enrolled, one address is written to; each other row shows another fault."""
    manager = people["manager"]
    provider = manager.organisation
    if provider is None:
        return
    data = _ROWS.encode()
    sheet = service.take(Way.ENROL, provider, "simposium.csv", data, by=manager.id)
    while sheet.work_id is not None and service.go_on(sheet.id, sheet.work_id, now=now):
        db.session.flush()
