"""``lms verify FILE --bundle BUNDLE``: needs neither configuration nor database."""

import json
from pathlib import Path

import click

from lms.checking import offline
from lms.checking.bundle import BadBundle, read
from lms.kernel import clock


def verify(file: Path, bundle: Path, *, as_json: bool, name: str) -> int:
    """Check, print, and return the exit status."""
    if not file.is_file():
        click.echo(f"There is no file {file}. A bundle checks files, not codes.", err=True)
        return 2
    try:
        trusted = read(bundle.read_bytes())
    except BadBundle as wrong:
        click.echo(f"{bundle}: {wrong}.", err=True)
        return 2
    answer = offline.check(file.read_bytes(), trusted, now=clock.now(), name=name)
    if as_json:
        click.echo(json.dumps(answer.plain(), ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(answer)))
    return answer.outcome.exit_status


def _lines(answer: offline.Answer) -> list[str]:
    said = answer.plain()
    lines = [f"{answer.outcome.value.upper()}: {answer.words}"]
    if answer.credential is None:
        return lines
    lines += [
        f"  {said['serial']}  {said['award']}",
        f"  {said['issuer']}, from {said['valid_from']} to {said['valid_until'] or 'no end'}",
        f"  withdrawals known up to {answer.as_of}; a suspension is told by the page only",
        f"  public log: {answer.log}",
    ]
    if answer.name_matches is not None:
        lines.append("  name: " + ("as certified" if answer.name_matches else "NOT as certified"))
    return lines
