"""``lms keys``: seal under the present data key what lies under an older one."""

import json

import click
from flask.cli import AppGroup
from tqdm import tqdm

from lms.db import db, transaction
from lms.jobs import progress
from lms.people import resealing, sealing
from lms.people.sealing import Keys
from lms.web.running import settings

keys = AppGroup("keys", help="List and change the keys of the installation.")


@keys.command("reseal")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def reseal(*, as_json: bool) -> None:
    """Seal everything under LMS_DATA_KEY, opening it with LMS_DATA_KEY_OLD where need be.

    Five hundred values a transaction; nothing is ever unreadable, and a run that was interrupted
    is taken up by the next. Exit 1 when something is left under another key.
    """
    ours = settings().data_keys
    done, stuck = _run(ours)
    left = resealing.left(ours)
    present = sealing.key_id(ours[0])
    if as_json:
        report = {"key": present, "resealed": done, "stuck": stuck, "left": left}
        click.echo(json.dumps(report))
    else:
        click.echo(f"Sealed {done} values under the key {present}.")
        for line in _words(left, ours):
            click.echo(line)
    raise SystemExit(1 if left else 0)


def _words(left: dict[str, int], ours: Keys) -> list[str]:
    if not left:
        return ["Nothing is left under another key: LMS_DATA_KEY_OLD can be removed."]
    known = {sealing.key_id(key) for key in ours}
    lines = []
    for key, count in sorted(left.items()):
        where = "no key id" if key == resealing.WITHOUT_ID else f"the key {key}"
        why = "" if key in known else " None of the configured keys opens them."
        lines.append(f"Left under {where}: {count}.{why}")
    return lines


def _run(ours: Keys) -> tuple[int, int]:
    done = stuck = 0
    with transaction():
        total = resealing.waiting(ours)
        progress.interrupted(resealing.WORK)
        work_id = progress.begin(resealing.WORK, total=total, owner=None).id
    # No bar where nobody watches: a log would keep every redrawing of it.
    with tqdm(total=total, desc="Sealing", unit="", disable=None) as bar:
        for model in resealing.KINDS:
            step: resealing.Step | None = resealing.Step(0, 0, 0)
            while step is not None:
                with transaction():
                    step = resealing.batch(model, ours, after=step.last)
                    if step is not None:
                        done, stuck = done + step.resealed, stuck + step.stuck
                        progress.report(work_id, done + stuck)
                db.session.expunge_all()
                bar.update(done + stuck - bar.n)
    with transaction():
        progress.end(work_id, failed=stuck > 0, message="partly" if stuck else None)
    return done, stuck
