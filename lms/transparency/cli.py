"""``lms log``: the newest checkpoint, the key, and being the witness of another's log."""

from pathlib import Path

import click
from flask.cli import AppGroup

from lms.outbound import Refused, Unanswered
from lms.transparency import keys, notes, service, witnessing
from lms.web.running import settings

log = AppGroup("log", help="The public log of what was issued and withdrawn.")


@log.command("checkpoint")
def checkpoint() -> None:
    """Print the newest signed checkpoint, to be kept outside the house."""
    click.echo(service.checkpoint(), nl=False)


@log.command("key")
def key() -> None:
    """Print the key by which checkpoints are checked."""
    click.echo(keys.verifier().text)


@log.command("witness")
@click.argument("address", metavar="URL")
@click.option(
    "--keep",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file in which the last checkpoint is kept.",
)
def witness(address: str, keep: Path | None) -> None:
    """Look at another institute's log at URL (https://host/log) and compare it with the last look.

    Exit 0 when it continues, 1 when it does not: then keep both files and ask the institute, 2 when
    it could not be read.
    """
    kept = keep or witnessing.file_of(address, settings().instance / "witnessed")
    try:
        seen = witnessing.watch(address, kept)
    except witnessing.NotContinued as alarm:
        click.echo(f"ALARM: {address} does not continue what it signed before: {alarm}.", err=True)
        click.echo(f"What it signed before is kept in {kept}.", err=True)
        raise SystemExit(1) from alarm
    except (witnessing.NotReadable, notes.BadNote, Refused, Unanswered) as trouble:
        click.echo(f"{address} could not be read: {trouble}.", err=True)
        raise SystemExit(2) from trouble
    before = f"{seen.before.size} before" if seen.before else "first look, its key is kept"
    click.echo(f"{seen.now.origin} continues: {seen.now.size} entries ({before}).")
