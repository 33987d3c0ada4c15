"""Transparency: a public log of digests to which everything issued and withdrawn is added."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint, commands and jobs."""
    from lms.transparency import cli, jobs, views

    del jobs  # imported for its registration
    app.register_blueprint(views.bp)
    app.cli.add_command(cli.log)
