"""The page of jobs for administrators, and the page of long work with live progress."""

import json
import threading
import time
from collections.abc import Iterator

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.db import db, transaction
from lms.jobs import progress, queries, service
from lms.jobs.models import Work
from lms.jobs.permissions import access_work
from lms.kernel.permissions import Permission
from lms.web.auth_guard import current_actor, current_user_id, requires

bp = Blueprint("jobs", __name__, url_prefix="/jobs")

STREAMS = 4  # each holds a thread of the server
STREAM_SECONDS = 60.0
LOOK_SECONDS = 1.0
_free_streams = threading.BoundedSemaphore(STREAMS)


@bp.get("/")
@requires(Permission.JOBS_JOB_MANAGE)
def overview() -> ResponseReturnValue:
    """How the jobs stand, who runs them, which were given up, and long work."""
    return render_template(
        "jobs/overview.html",
        counts=queries.counts(),
        workers=queries.workers(),
        works=[_listed(each) for each in queries.works(current_user_id())],
        dead=queries.dead_jobs(),
        shown=queries.SHOWN,
    )


@bp.post("/dead/<int:job_id>/retry")
@requires(Permission.JOBS_JOB_MANAGE)
def retry(job_id: int) -> ResponseReturnValue:
    """Try a dead job anew."""
    with transaction():
        service.retry(job_id, by=current_user_id())
    flash(_("The job will be tried again."), "success")
    return redirect(url_for("jobs.overview"))


@bp.get("/<public_id>")
@requires(Permission.JOBS_WORK_READ)
def work(public_id: str) -> ResponseReturnValue:
    """How far long work has come; without scripts a link reads it again."""
    found = access_work(public_id, current_actor())
    return render_template(
        "jobs/work.html",
        work=found,
        title=progress.label(found.title),
        words=_words(found),
    )


@bp.get("/<public_id>/events")
@requires(Permission.JOBS_WORK_READ)
def events(public_id: str) -> ResponseReturnValue:
    """The same as a stream of events; 204 when too many are listening, then the page reloads."""
    access_work(public_id, current_actor())
    if not _free_streams.acquire(blocking=False):
        return "", 204
    answer = Response(stream_with_context(_events(public_id)), mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(_free_streams.release)
    return answer


def _events(public_id: str) -> Iterator[str]:
    until = time.monotonic() + STREAM_SECONDS
    while True:
        db.session.rollback()  # no transaction stays open while we wait
        found = queries.work_by_public_id(public_id)
        told = {"done": found.done, "total": found.total, "words": _words(found)}
        ended = found.finished_at is not None
        db.session.rollback()
        yield f"event: {'end' if ended else 'progress'}\ndata: {json.dumps(told)}\n\n"
        if ended or time.monotonic() > until:
            return
        time.sleep(LOOK_SECONDS)


def _listed(found: Work) -> dict[str, object]:
    return {
        "public_id": found.public_id,
        "title": progress.label(found.title),
        "words": _words(found),
        "created_at": found.created_at,
    }


def _words(found: Work) -> str:
    if found.state == "failed":
        return progress.message(found) or str(_("The work has failed."))
    if found.state == "done":
        return progress.message(found) or str(_("The work is done."))
    if found.state == "waiting":
        return str(_("The work has not begun yet."))
    return str(_("%(done)s of %(total)s done", done=found.done, total=found.total))
