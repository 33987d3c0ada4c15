"""``lms verify`` here, ``lms trust-bundle``, and ``lms log audit``: all against the public log."""

import json
from pathlib import Path

import click
from flask.cli import with_appcontext

from lms.certificates import answers, log_audit, published, verification
from lms.certificates.keyring import ring
from lms.kernel import clock
from lms.transparency import auditing
from lms.transparency.cli import log
from lms.web.messages import sentence
from lms.web.running import settings


def verify_here(what: str, *, as_json: bool, name: str) -> int:
    """Check by the database of this installation; prints, and returns the exit status."""
    path = Path(what)
    if path.is_file():
        ring(settings())
        roots = [settings().pki / "root.pem"]
        check = verification.by_file(path.read_bytes(), roots, now=clock.now())
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


def as_words(check: verification.Check) -> str:
    """The check as a person reads it."""
    lines = [f"{check.outcome.value.upper()}: {sentence(check.reason)}"]
    if check.facts is not None:
        facts = check.facts
        title = facts.award_title.get("en") or next(iter(facts.award_title.values()))
        until = facts.valid_until.isoformat() if facts.valid_until else "no end"
        lines += [f"  {facts.serial}  {title}", f"  issued {facts.valid_from}, valid to {until}"]
        lines += [f"  {c.code} level {c.level}" for c in facts.claims]
    return "\n".join(lines)
