"""``lms keys compromised``, ``resigning`` and ``resign``: what is done when a key was stolen."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup

from lms.certificates import (
    development_keys,
    keyring,
    keys,
    resigning,
    revocation,
    rotation,
    thefts,
)
from lms.certificates.document_keys import IN_TOKEN
from lms.certificates.keys import KeyRing
from lms.certificates.rotation import Theft
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import Conflict, NotFound
from lms.people.keys_cli import keys as group
from lms.web.i18n import ZONE
from lms.web.messages import sentence
from lms.web.running import settings

compromised = AppGroup("compromised", help="A signing key was stolen: replace it, refuse its work.")
group.add_command(compromised)


class Moment(click.ParamType[datetime]):
    """An ISO time; without a zone it is that of the pages."""

    name = "iso_time"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The moment, with its zone; one that is still to come is refused."""
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} is no ISO time, such as 2026-11-20T08:00", param, ctx)
        moment = read if read.tzinfo else read.replace(tzinfo=ZoneInfo(ZONE))
        if moment > clock.now():
            self.fail(f"{value} is still to come", param, ctx)
        return moment


def _options(command: Callable[..., None]) -> Callable[..., None]:
    since = click.option(
        "--since",
        required=True,
        type=Moment(),
        help="When it may have been stolen at the earliest.",
    )
    sure = click.option("--yes", is_flag=True, help="Do not ask.")
    return since(sure(click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)))


@compromised.command("credential")
@click.option("--key", "name", default="", help="A retired key (key-1) instead of the present one.")
@_options
def credential(*, name: str, since: datetime, yes: bool, as_json: bool) -> None:
    """Make a new key for credentials, publish the stolen one no more, sign anew what it signed."""
    ring = _unfinished()
    theft = Theft(since, clock.now())
    what = f"{ring.did}#{name}" if name else ring.verification_method
    _ask(f"{what} is refused from now on, and its certificates are signed anew.", yes=yes)
    try:
        if name and not ring.verification_method.endswith(f"#{name}"):
            rotation.retired_stolen(settings().pki, name, theft)
        else:
            rotation.credential_stolen(settings().pki, theft, **keyring.opening(settings()))
    except rotation.NotOurs as error:
        raise click.ClickException(f"Nothing was changed: {error}.") from error
    _begin(as_json=as_json)


@compromised.command("document")
@click.argument("key", required=False)
@click.argument(
    "certificate", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@_options
def document(
    *, key: str | None, certificate: Path | None, since: datetime, yes: bool, as_json: bool
) -> None:
    """Sign documents by another KEY with its CERTIFICATE, refuse the stolen one, sign anew.

    The list of revoked certificates must name the stolen one: make it on the machine of the
    authority and run install-crl first. Development keys need neither KEY nor list.
    """
    ring = _unfinished()
    serial = keys.serial_of(ring.signer_certificate)
    if not ring.development:
        _check_listed(ring, serial)
    _ask(f"Signer {serial} is refused from now on, its certificates are signed anew.", yes=yes)
    with tempfile.TemporaryDirectory() as folder:
        signer = _signer(key, certificate, ring, Path(folder))
        try:
            theft = Theft(since, clock.now())
            rotation.signer_stolen(settings().pki, signer, theft, **keyring.opening(settings()))
        except rotation.NotOurs as error:
            said = str(error).rstrip(".")
            raise click.ClickException(f"Nothing was changed: {said}.") from error
    _begin(as_json=as_json)


def _signer(
    key: str | None, certificate: Path | None, ring: KeyRing, folder: Path
) -> tuple[Path | str, Path]:
    if key is not None and certificate is not None:
        if not key.startswith(IN_TOKEN) and not Path(key).is_file():
            raise click.BadParameter(f"There is no file {key}.", param_hint="KEY")
        return key if key.startswith(IN_TOKEN) else Path(key), certificate
    if not ring.development:
        raise click.UsageError("KEY and CERTIFICATE are needed, made out by the authority.")
    made = development_keys.another_signer(settings().pki, host=settings().host, now=clock.now())
    files = folder / "key.pem", folder / "certificate.pem"
    for file, data in zip(files, made, strict=True):
        file.write_bytes(data)
    return files


def _check_listed(ring: KeyRing, serial: str) -> None:
    try:
        is_listed = revocation.names(settings().pki, ring, serial, now=clock.now())
    except revocation.NotFresh as missing:
        raise click.ClickException(f"Nothing was changed: {str(missing).rstrip('.')}.") from missing
    if not is_listed:
        raise click.ClickException(
            f"Nothing was changed: the list of revoked certificates does not name {serial}. "
            "Have the authority revoke it and run: lms keys install-crl FILE"
        )


def _ask(what: str, *, yes: bool) -> None:
    if not yes:
        click.confirm(f"{what} Go on?", abort=True, err=True)


def _unfinished() -> KeyRing:
    """The ring, when all of its stolen keys are known to the database; ends the command if not."""
    ring = keyring.ring(settings())
    untold = [one for one in ring.stolen if not thefts.of(one.kind, thefts.name_of(one, ring))]
    if untold:
        _tell(ring)
        raise click.ClickException(
            "The last run was interrupted after the key was replaced; it is taken up now. "
            "Look at lms keys resigning, then run this again if another key was stolen."
        )
    return ring


def _tell(ring: KeyRing) -> None:
    for stolen in ring.stolen:
        if thefts.of(stolen.kind, thefts.name_of(stolen, ring)) is None:
            before = thefts.older_entries(datetime.fromisoformat(stolen.since))
            with transaction():
                resigning.begin(stolen, ring, before=before, now=clock.now())


def _begin(*, as_json: bool) -> None:
    ring = keyring.ring(settings())
    _tell(ring)
    if as_json:
        _show(as_json=True)
        return
    click.echo(f"Credentials are signed by {ring.verification_method} from now on,")
    click.echo(f"documents by the signer {keys.serial_of(ring.signer_certificate)}.")
    click.echo("The worker signs the certificates anew. How far it is: lms keys resigning")


@group.command("resigning")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--again", is_flag=True, help="Look through all certificates once more.")
def standing(*, as_json: bool, again: bool) -> None:
    """Say how far signing anew has come. Exit 1 while something is left to do or to decide."""
    ring = keyring.ring(settings())
    _tell(ring)
    if again:
        with transaction():
            for stolen in ring.stolen:
                resigning.begin(stolen, ring, before=0, now=clock.now())
    raise SystemExit(_show(as_json=as_json))


def _show(*, as_json: bool) -> int:
    found = thefts.standings()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found]))
    elif not found:
        click.echo("No key was stolen.")
    for one in [] if as_json else found:
        click.echo("\n".join(_lines(one)))
    return 0 if all(one.is_over for one in found) else 1


def _lines(one: thefts.Standing) -> list[str]:
    state = "looked through" if one.done else f"{one.to_look_at} certificates to look at"
    lines = [f"{one.kind} key {one.key}, stolen {one.since}: {state}"]
    lines.append(f"  signed anew: {one.signed}; of these the PDF is still being made: {one.files}")
    lines.append(f"  entered after the theft, left for a decision: {len(one.left)}")
    lines += [f"    {serial}" for serial in one.left]
    lines.append(f"  not what was signed and logged, not believed: {len(one.refused)}")
    return lines + [f"    {serial}" for serial in one.refused]


@group.command("resign")
@click.argument("number")
@click.option("--reason", required=True, help="Why it is believed; goes into the audit trail.")
def resign(number: str, reason: str) -> None:
    """Sign the certificate NUMBER anew, which was entered after the theft: you looked at it."""
    if not reason.strip():
        raise click.BadParameter("Say why it is believed.", param_hint="--reason")
    ring = keyring.ring(settings())
    try:
        with transaction():
            resigning.decide(number, reason, ring=ring, now=clock.now())
    except NotFound:
        raise click.ClickException(f"No certificate {number} waits for a decision.") from None
    except Conflict as refused:
        raise click.ClickException(sentence(refused.code)) from None
    click.echo(f"{number} is signed anew; its PDF is being made.")
