"""What moves when two accounts of one person become one; each feature says it of its own tables.

A test compares what is said here with every foreign key to the accounts.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import InstrumentedAttribute

from lms.people.account_models import (
    Passkey,
    PasswordReset,
    RecoveryCode,
    SecondFactor,
    UserSession,
)
from lms.people.administration_models import RoleProposal
from lms.people.identity_models import IdentityNumber, PersonalKey
from lms.people.invitation_models import Invitation
from lms.people.merge_models import AccountMerge
from lms.people.models import RoleGrant, User


@dataclass(frozen=True, order=True)
class Place:
    """A column that names an account."""

    table: str
    column: str

    @property
    def name(self) -> str:
        """As it stands in the record of a merge."""
        return f"{self.table}.{self.column}"


Question = Callable[[int, int], str | None]
MOVES: set[Place] = set()
STAYS: dict[Place, str] = {}
QUESTIONS: list[Question] = []


def moves(column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]) -> None:
    """Rows that name the closed account here name the other one after a merge."""
    MOVES.add(_place(column))


def stays(column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None], why: str) -> None:
    """Rows go on naming the closed account here, for a reason."""
    STAYS[_place(column)] = why


def ask(question: Question) -> None:
    """Let a feature refuse to make two accounts one, with a message code."""
    if question not in QUESTIONS:
        QUESTIONS.append(question)


def _place(column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]) -> Place:
    return Place(str(column.class_.__tablename__), column.key)


def declare() -> None:
    """State it of this feature: ways in and rights are not carried over, nor history rewritten."""
    way_in = "the ways into a closed account close with it"
    for each in (UserSession.user_id, PasswordReset.user_id, SecondFactor.user_id):
        stays(each, way_in)
    for code_or_key in (RecoveryCode.user_id, Passkey.user_id):
        stays(code_or_key, way_in)
    stays(RoleGrant.user_id, "an account that holds a role is not merged: merging is no grant")
    stays(RoleProposal.user_id, "what was proposed for a closed account is not for another")
    for number in (IdentityNumber.user_id, PersonalKey.user_id):
        stays(number, "sealed for its owner; an account that holds one is not closed by merging")
    moves(User.line_manager_id)
    for then in (
        RoleGrant.granted_by_id,
        RoleProposal.proposed_by_id,
        RoleProposal.decided_by_id,
        Invitation.invited_by_id,
        Invitation.accepted_by_id,
        AccountMerge.old_user_id,
        AccountMerge.new_user_id,
        AccountMerge.merged_by_id,
        AccountMerge.undone_by_id,
    ):
        stays(then, "who it was then")
