"""``lms verify`` here and ``lms trust-bundle``."""

import json
from pathlib import Path

import click
from flask.cli import with_appcontext

from lms.certificates.keyring import ring
from lms.checking import answers, published, verification
from lms.kernel import clock
from lms.web.messages import sentence
from lms.web.running import settings


def verify_here(what: str, *, as_json: bool, name: str) -> int:
    """Check by the database of this installation; prints, and returns the exit status."""
    path = Path(what)
    if path.is_file():
        ring(settings())
        roots = [settings().pki / "root.pem"]
        refused = published.distrusted().signers
        check = verification.by_file(path.read_bytes(), roots, now=clock.now(), refused=refused)
    else:
        check = verification.by_code(what, now=clock.now())
    if as_json:
        click.echo(json.dumps(answers.plain(check, typed=name), ensure_ascii=False))
    else:
        click.echo(as_words(check))
    return check.outcome.exit_status


@click.command("trust-bundle")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def trust_bundle(target: Path) -> None:
    """Write what checks certificates without this server to TARGET (a zip file)."""
    target.write_bytes(published.trust_bundle(now=clock.now()))
    click.echo(f"Written to {target}. The list in it is good for seven days.")


def as_words(check: verification.Check) -> str:
    """The check as a person reads it."""
    lines = [f"{check.outcome.value.upper()}: {sentence(check.reason)}"]
    lines += [f"  {sentence(check.notice)}"] if check.notice else []
    if check.facts is not None:
        facts = check.facts
        title = facts.award_title.get("en") or next(iter(facts.award_title.values()))
        until = facts.valid_until.isoformat() if facts.valid_until else "no end"
        lines += [f"  {facts.serial}  {title}", f"  issued {facts.valid_from}, valid to {until}"]
        lines += [f"  {c.code} level {c.level}" for c in facts.claims]
    return "\n".join(lines)
