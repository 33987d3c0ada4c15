"""``lms serve``: one web process with sixteen threads, and the worker as a child process."""

import os
import signal
import subprocess
import sys

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from lms import setting_up
from lms.db import db
from lms.web import logs
from lms.web.running import settings

THREADS = 16


class _Server(BaseApplication):  # gunicorn is untyped
    def __init__(self, app: Flask, host: str, port: int) -> None:
        self.app = app
        self.bind = f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": self.bind,
            "workers": 1,
            "threads": THREADS,
            "worker_class": "gthread",
            "timeout": 60,
            "graceful_timeout": 10,
            "keepalive": 5,
            "loglevel": "warning",
            "proc_name": "lms",
            "control_socket_disable": True,
        }.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.app  # made before the fork; its engine holds no connection


def serve(app: Flask, host: str, port: int, *, sample: bool, with_worker: bool) -> int:
    """Serve until SIGINT or SIGTERM, then stop web and worker; returns the exit status."""
    logs.configure(settings())
    if settings().production:
        setting_up.refuse_unprepared()  # web nodes never migrate by themselves
    for line in setting_up.prepare(sample=sample):
        click.echo(line)
    if sample:
        _print_accounts()
    click.echo(f"Sijil is at http://{host}:{port}  (Ctrl-C stops it)")
    db.engine.dispose()
    child = _start_worker() if with_worker else None
    try:
        _Server(app, host, port).run()
    except SystemExit as stopped:
        return int(stopped.code or 0)
    finally:
        if child is not None:
            _stop(child)
    return 0


def _start_worker() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "lms", "worker", "--parent", str(os.getpid())]
    # A group of its own: Ctrl-C reaches the server, and the server stops the worker.
    return subprocess.Popen(command, start_new_session=True)  # noqa: S603


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(timeout=15)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _print_accounts() -> None:
    from lms.sample import loading

    click.echo("Accounts of the sample institute (password of all: " + loading.PASSWORD + "):")
    for account in loading.accounts():
        click.echo(f"  {account.role:20} {account.email:32} {account.name}")
