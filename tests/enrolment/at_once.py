"""Deeds at the same moment, each in a thread with a session of its own."""

import threading
from collections.abc import Callable

from flask import Flask
from sqlalchemy.orm.exc import StaleDataError

from lms.db import db
from lms.kernel.errors import Conflict


def at_once(app: Flask, deeds: list[Callable[[], str]]) -> list[str]:
    """What each deed answered, in order of finishing; a refusal answers with its code."""
    start = threading.Barrier(len(deeds))
    answers: list[str] = []

    def run(deed: Callable[[], str]) -> None:
        with app.app_context():
            start.wait()
            try:
                answers.append(deed())
            except Conflict as conflict:
                answers.append(conflict.code)
            except StaleDataError:
                answers.append("stale")
            except Exception as error:  # noqa: BLE001  # a thread must not die unheard
                answers.append(repr(error))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return answers
