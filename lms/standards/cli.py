"""``lms frameworks``: import, list and export frameworks from the command line."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import AppGroup

from lms.db import transaction
from lms.standards import case_writing, csv_table, queries, service
from lms.standards.draft import Reading
from lms.web.messages import sentence

frameworks = AppGroup("frameworks", help="Import, list and export competency frameworks.")


@frameworks.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check only.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def import_(file: Path, *, dry_run: bool, as_json: bool) -> None:
    """Import FILE (CSV or CASE JSON). Exit 1 when it has faults; then nothing is saved."""
    data = file.read_bytes()
    reading = service.read_file(data)
    outcome = "faulty"
    if reading.draft is not None:
        outcome = "clean"
        if not dry_run:
            with transaction():
                _, stored = service.import_file(data, by=None)
            outcome = "imported" if stored else "unchanged"
    if as_json:
        report = {
            "outcome": outcome,
            "counts": reading.draft.counts() if reading.draft else {},
            "faults": [asdict(fault) for fault in reading.faults],
            "warnings": [asdict(fault) for fault in reading.warnings],
        }
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        _print(reading, outcome)
    raise SystemExit(1 if outcome == "faulty" else 0)


def _print(reading: Reading, outcome: str) -> None:
    for fault in (*reading.faults, *reading.warnings):
        words = sentence(fault.cause, **fault.params)
        click.echo(f"row {fault.row}, {fault.column or '-'}: {fault.value!r}: {words}")
    if reading.draft is not None:
        found = ", ".join(f"{n} {kind}" for kind, n in reading.draft.counts().items())
        click.echo(f"{reading.draft.code}: {found}")
    click.echo(outcome)


@frameworks.command("list")
def list_() -> None:
    """List the frameworks."""
    for framework in queries.frameworks():
        click.echo(f"{framework.label:30} revision {framework.revision}  {framework.identifier}")


@frameworks.command("export")
@click.argument("code")
@click.option("--format", "form", type=click.Choice(["csv", "case"]), default="case")
def export(code: str, form: str) -> None:
    """Print the framework CODE as CSV or CASE 1.1 JSON."""
    framework = queries.newest_by_code(code)
    if framework is None:
        raise click.ClickException(f"There is no framework {code}.")
    draft = queries.draft_of(framework)
    if form == "csv":
        click.echo(csv_table.write(draft), nl=False)
    else:
        click.echo(json.dumps(case_writing.write(draft), ensure_ascii=False, indent=1))
