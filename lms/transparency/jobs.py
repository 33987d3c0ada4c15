"""What the worker does for the log each morning."""

from lms.db import transaction
from lms.jobs.port import scheduled
from lms.kernel import clock
from lms.transparency import witnessing
from lms.web.i18n import ZONE


@scheduled("30 6 * * *", "transparency.witness")
def tell_witnesses() -> None:
    """Let the newest checkpoint leave the house."""
    with transaction():
        witnessing.tell(clock.today(ZONE))
