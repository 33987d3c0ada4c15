"""``lms log audit``: the register against the public log."""

import json
from pathlib import Path

import click

from lms.certificates import log_audit
from lms.transparency import auditing
from lms.transparency.cli import log


@log.command("audit")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--checkpoint",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint that was kept outside.",
)
def audit(*, as_json: bool, files: tuple[Path, ...]) -> None:
    """Find certificates deleted, changed, back-dated or unlogged. Exit 1 when there is one."""
    report = auditing.audit({str(file): file.read_text("utf-8") for file in files})
    certificates = log_audit.against(report)
    words = auditing.WORDS | log_audit.WORDS
    findings = [{**vars(one), "what": words[one.code]} for one in report.findings]
    if as_json:
        counts = {"entries": report.entries, "certificates": certificates}
        click.echo(json.dumps({"sound": report.sound, **counts, "findings": findings}))
    elif report.sound:
        click.echo(f"Sound: {report.entries} entries, {certificates} certificates.")
    for one in [] if as_json else findings:
        click.echo(f"{one['about']}: {one['what']}")
    raise SystemExit(0 if report.sound else 1)
