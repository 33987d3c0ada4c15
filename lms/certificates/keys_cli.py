"""``lms keys``: list, rotate and install the keys that sign certificates."""

from pathlib import Path

import click

from lms.certificates import keyring, keys, revocation, rotation
from lms.certificates.document_keys import IN_TOKEN
from lms.kernel import clock
from lms.people.keys_cli import keys as group
from lms.web.running import settings


def _passphrase() -> bytes | None:
    return settings().key_passphrase.encode() or None


@group.command("list")
def listed() -> None:
    """Say which keys sign, and which are retired but still published."""
    ring = keyring.ring(settings())
    signer = ring.signer_certificate
    click.echo(f"{ring.verification_method}  signs credentials")
    for one in ring.retired:
        click.echo(f"{ring.did}#{one.id}  retired {one.until}, still published")
    for stolen in ring.stolen:
        click.echo(f"{stolen.kind} key {stolen.id}  stolen {stolen.since}, refused")
    click.echo(f"{signer.subject.rfc4514_string()}  signs documents")
    click.echo(f"  by {ring.document_key.place}")
    click.echo(f"  until {signer.not_valid_after_utc:%Y-%m-%d}, serial {signer.serial_number:x}")
    if ring.development:
        click.echo("These are development keys.")


@group.command("rotate-credential")
def rotate_credential() -> None:
    """Make a new key for credentials; the old one is destroyed and stays published.

    Running servers and workers use it from their next certificate on.
    """
    keyring.ring(settings())
    name = rotation.rotate_credential(
        settings().pki,
        host=settings().host,
        passphrase=_passphrase(),
        now=clock.now(),
        access=keyring.access_of(settings()),
    )
    click.echo(f"Credentials are signed by {keys.did_web(settings().host)}#{name} from now on.")


@group.command("install-crl")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def install_crl(file: Path) -> None:
    """Publish a newer list of revoked certificates, made by our authority or our root."""
    ring, now = keyring.ring(settings()), clock.now()
    try:
        name = revocation.install(settings().pki, file.read_bytes(), ring, now=now)
    except (revocation.NotOurs, revocation.NotFresh) as error:
        raise click.ClickException(f"Nothing was changed: {error}.") from error
    click.echo(f"The list is published at {settings().base_url}/{name}.crl from now on.")


@group.command("install-signer")
@click.argument("key")
@click.argument("certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def install_signer(key: str, certificate: Path) -> None:
    """Sign documents by another KEY with its CERTIFICATE, made out by the same authority.

    KEY is a PEM file, or pkcs11:LABEL for a key in the token that the settings name.
    """
    keyring.ring(settings())
    if not key.startswith(IN_TOKEN) and not Path(key).is_file():
        raise click.BadParameter(f"There is no file {key}.", param_hint="KEY")
    try:
        ring = rotation.install_signer(
            settings().pki,
            key if key.startswith(IN_TOKEN) else Path(key),
            certificate,
            host=settings().host,
            passphrase=_passphrase(),
            access=keyring.access_of(settings()),
        )
    except rotation.NotOurs as error:
        said = str(error).rstrip(".")
        raise click.ClickException(f"Nothing was changed: {said}.") from error
    until = ring.signer_certificate.not_valid_after_utc
    click.echo(f"Documents are signed by the new key from now on, until {until:%Y-%m-%d}.")
