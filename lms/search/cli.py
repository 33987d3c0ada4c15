"""``lms search``: what can be found, made anew."""

import click
from flask.cli import AppGroup

from lms.db import transaction
from lms.search import service

search = AppGroup("search", help="Keep what can be found in step.")


@search.command()
def rebuild() -> None:
    """Make the entries of everything that can be found anew, in one transaction."""
    with transaction():
        counts = service.rebuild()
    for kind, number in counts.items():
        click.echo(f"{kind}: {number}")
