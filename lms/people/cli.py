"""``lms users``: the accounts, from the command line."""

import json

import click
from flask.cli import AppGroup

from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Role
from lms.people import directory, queries, second_factor, service, sessions
from lms.web.messages import sentence


def _refusal(wrong: Invalid) -> str:
    return " ".join(sentence(code) for code in wrong.fields.values())


users = AppGroup("users", help="List and add accounts, grant roles, set passwords.")


@users.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_users(*, as_json: bool) -> None:
    """List the accounts."""
    found = queries.users()
    if as_json:
        rows = [{"id": u.public_id, "name": u.name, "email": u.email} for u in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for user in found:
        click.echo(f"{user.email:40} {user.name}")


@users.command("add")
@click.argument("email")
@click.argument("name")
@click.option("--organisation", help="Code of the person's organisation.")
@click.password_option(help="At least 12 characters.")
def add_user(email: str, name: str, organisation: str | None, password: str) -> None:
    """Add an account."""
    home = queries.organisation_by_code(organisation) if organisation else None
    if organisation and home is None:
        raise click.ClickException(f"There is no organisation {organisation}.")
    try:
        with transaction():
            user = service.create_user(name, email, password=password, organisation=home)
            created = user.public_id
    except Conflict:
        raise click.ClickException(f"{email} has an account already.") from None
    except Invalid as wrong:
        raise click.ClickException(_refusal(wrong)) from None
    click.echo(f"Added {email} ({created}).")


@users.command("grant")
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.argument("organisation")
def grant(email: str, role: str, organisation: str) -> None:
    """Grant ROLE over ORGANISATION and all below it."""
    user = queries.user_by_email(email)
    over = queries.organisation_by_code(organisation)
    if user is None or over is None:
        raise click.ClickException("There is no such account or organisation.")
    try:
        with transaction():
            service.grant_role(user, Role(role), over, by=None)
    except Conflict:
        raise click.ClickException(f"{email} holds that role already.") from None
    click.echo(f"{email} is now {role} at {organisation}.")


@users.command("revoke")
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.argument("organisation")
def revoke(email: str, role: str, organisation: str) -> None:
    """End ROLE over ORGANISATION, where no two administrators are left to do it."""
    user = queries.user_by_email(email)
    over = queries.organisation_by_code(organisation)
    held = directory.grant_of(user, Role(role), over) if user and over else None
    if user is None or held is None:
        raise click.ClickException(f"{email} does not hold that role there.")
    with transaction():
        service.revoke_role(held, user, by=None)
    click.echo(f"{email} is no longer {role} at {organisation}.")


@users.command("password")
@click.argument("email")
@click.password_option(help="At least 12 characters.")
def password_(email: str, password: str) -> None:
    """Set a new password."""
    user = queries.user_by_email(email)
    if user is None:
        raise click.ClickException(f"{email} has no account.")
    try:
        with transaction():
            service.set_password(user, password, by=None, now=clock.now())
    except Invalid as wrong:
        raise click.ClickException(_refusal(wrong)) from None
    click.echo(f"The password of {email} is set.")


@users.command("second-factor-off")
@click.argument("email")
def second_factor_off(email: str) -> None:
    """Forget the second factor of somebody who lost it and proved who they are."""
    user = queries.user_by_email(email)
    if user is None:
        raise click.ClickException(f"{email} has no account.")
    with transaction():
        second_factor.remove(user, by=None)
        sessions.end_all(user, but=None, by=None, now=clock.now())
    click.echo(f"{email} signs in with the password alone and sets up a new second factor.")
