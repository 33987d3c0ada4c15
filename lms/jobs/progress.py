"""How far long work has come: a row that its job updates and its page shows.

All act in the caller's transaction. ``report`` takes how many are done, not how many more, so a
job that runs twice tells the same.
"""

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, select, update

from lms.db import db
from lms.jobs.models import Work
from lms.kernel import clock

_TITLES: dict[str, object] = {}
_MESSAGES: dict[str, object] = {}
GIVEN_UP = "given_up"
_STOPPED = _l("It has stopped after several tries. What was done before is kept.")


def announce(title: str, label_lazy: object, **messages_lazy: object) -> None:
    """Say in words what a kind of work is called, and what its messages mean."""
    _TITLES[title] = label_lazy
    _MESSAGES[f"{title}.{GIVEN_UP}"] = _STOPPED
    _MESSAGES.update({f"{title}.{code}": text for code, text in messages_lazy.items()})


def label(title: str) -> str:
    """What a kind of work is called."""
    return str(_TITLES[title])


def message(work: Work) -> str:
    """What the work said at its end; nothing when it said nothing."""
    return "" if work.message is None else str(_MESSAGES[f"{work.title}.{work.message}"])


def interrupted(title: str) -> None:
    """End, as failed, work of a kind whose run was killed, where a new run takes it up."""
    db.session.execute(
        update(Work)
        .where(Work.title == title, Work.finished_at.is_(None))
        .values(state="failed", finished_at=clock.now())
    )


def begin(title: str, *, total: int, owner: int | None, done: int = 0) -> Work:
    """Announce work of so many steps, of which some are done, to the person who asked for it."""
    if title not in _TITLES:
        raise LookupError(f"no work is called {title}")
    work = Work(title=title, total=total, owner_user_id=owner, done=done)
    db.session.add(work)
    db.session.flush()
    return work


def report(work_id: int, done: int) -> None:
    """So many steps are done; never fewer than before, and nothing once the work has ended."""
    reached = case((Work.done > done, Work.done), (Work.total < done, Work.total), else_=done)
    db.session.execute(
        update(Work)
        .where(Work.id == work_id, Work.finished_at.is_(None))
        .values(done=reached, state="running")
    )


def end(work_id: int, *, failed: bool = False, message: str | None = None) -> None:
    """The work is over, once."""
    work = db.session.scalars(select(Work).where(Work.id == work_id).with_for_update()).one()
    if work.finished_at is not None:
        return
    work.state = "failed" if failed else "done"
    work.done = work.done if failed else work.total
    work.message = message
    work.finished_at = clock.now()
    db.session.flush()


def give_up(work_id: int | None) -> None:
    """Its job will not go on by itself."""
    if work_id is not None:
        end(work_id, failed=True, message=GIVEN_UP)


def has_stopped(work: Work | None) -> bool:
    """Whether work that is not over waits for somebody to let it go on; forgotten work does."""
    return work is None or (work.state == "failed" and work.message == GIVEN_UP)
