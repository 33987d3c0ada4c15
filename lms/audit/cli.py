"""``lms audit``: seal what is waiting, verify the trail, prove one entry to an outsider."""

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.engine import Connection

from lms.audit import heads, keys, merkle, queries, sealing, verification
from lms.audit.models import AuditLeaf, AuditSeal
from lms.db import db
from lms.kernel import clock

audit = AppGroup("audit", help="Seal and verify the audit trail.")


@audit.command("seal")
def seal() -> None:
    """Seal every entry that has no seal yet and write the signed head to the instance folder."""
    sealed = sealing.seal_all()
    number = heads.export()
    click.echo(f"Sealed {sealed} entries. The head is seal {number or 0}, in {heads.folder()}.")


@audit.command("key")
def key() -> None:
    """Print the public key with which heads and proofs can be checked (Ed25519, hexadecimal)."""
    click.echo(keys.public_key())


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--heads",
    "copies",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A copy of heads.jsonl that was carried away.",
)
def verify(*, as_json: bool, copies: tuple[Path, ...]) -> None:
    """Read the whole trail and name the first bad row. Exit 1 when there is one."""
    report = verify_now(*copies)
    if as_json:
        _print_json(report)
    elif report.sound:
        click.echo(
            f"Sound: {report.entries} entries under {report.seals} seals, {report.heads} heads."
        )
    else:
        click.echo(f"First bad row: {report.findings[0]}")
        for finding in report.findings[1:]:
            click.echo(f"         also: {finding}")
    sys.exit(0 if report.sound else 1)


def verify_now(*copies: Path) -> verification.Report:
    """Verify in one unmoving view; heads are read first, so that they cannot overtake it."""
    known = heads.exported(*copies)
    db.session.rollback()
    bind = db.session.get_bind()
    if bind.dialect.name == "postgresql" and not isinstance(bind, Connection):
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return verification.verify(db.session(), known, now=clock.now())


def _print_json(report: verification.Report) -> None:
    findings = [{**vars(one), "what": verification.WORDS[one.code]} for one in report.findings]
    body = {
        "sound": report.sound,
        "entries": report.entries,
        "seals": report.seals,
        "heads": report.heads,
        "first_bad": findings[0] if findings else None,
        "findings": findings,
    }
    click.echo(json.dumps(body))


@audit.command("proof")
@click.argument("entry_id", type=int)
def proof(entry_id: int) -> None:
    """Print as JSON what proves that an entry is under a seal, for whoever has the public key."""
    leaf = db.session.get(AuditLeaf, entry_id)
    entry = queries.entries_by_id(db.session(), [entry_id]).get(entry_id)
    if leaf is None or entry is None:
        raise click.ClickException(f"Entry {entry_id} is not sealed.")
    digests = [one.digest for one in queries.leaves_of(leaf.seal_id)]
    body = {
        "entry": json.loads(merkle.canonical(entry)),
        "digest": leaf.digest,
        "path": merkle.path(digests, leaf.position),
        "seal": heads.signed(db.session.get_one(AuditSeal, leaf.seal_id)),
        "key": keys.public_key(),
    }
    click.echo(json.dumps(body, ensure_ascii=False, indent=1))
