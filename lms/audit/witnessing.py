"""The newest signed head goes to witnesses outside the house: by mail, and to an address.

Who administers database and files together can cut both; what a witness keeps still tells of it.
"""

import json
from datetime import date, datetime

from lms import outbound
from lms.audit import heads
from lms.audit.models import AuditSeal
from lms.db import db, transaction
from lms.jobs import port
from lms.mail import service as mail
from lms.web import running

POST_JOB = "audit.post_head"
POST_TRIES = 20  # about two hours: a witness may be away for a while


class NotTaken(Exception):
    """The witness answered, but did not take the head."""


def witness(today: date) -> None:
    """Write the day's mails and want the head posted; the same day or head a second time, nothing.

    In the caller's transaction. Raises ``heads.TrailCut``: an older head is no witness of a cut.
    """
    head = heads.newest()
    settings = running.settings()
    if head is None:
        return
    if settings.witnesses and port.first_time(f"audit.witness:{today:%F}"):
        for address, locale in settings.witnesses:
            mail.send(
                address,
                "audit/head",
                locale,
                number=head["number"],
                at=datetime.fromisoformat(head["at"]),
                line=json.dumps(head),
                command="lms audit verify --heads FILE",
            )
    if settings.audit_witness_url:
        number = head["number"]
        port.enqueue(POST_JOB, dedupe=f"{POST_JOB}:{number}", number=number)


def post(number: int) -> None:
    """Post a head unless that has been done; raises NotTaken and what ``outbound`` raises.

    Its number goes along as idempotency key: killed between answer and note, it is posted again.
    """
    url, done = running.settings().audit_witness_url, f"audit.head_posted:{number}"
    if not url or port.happened(done):
        return
    head = heads.signed(db.session.get_one(AuditSeal, number))
    db.session.rollback()  # no transaction stays open while we wait
    answer = outbound.client().send(
        "POST",
        url,
        body=json.dumps(head).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": str(number)},
    )
    if not 200 <= answer.status < 300:
        raise NotTaken(f"the witness answered {answer.status}")
    with transaction():
        port.first_time(done)
