"""Tables of people and courses that were uploaded, row by row with what became of each."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.catalogue.models import Offering, SeatPool
from lms.db import Document, Model, created_at, pk, public_id
from lms.enrolment.models import Enrolment, Promise
from lms.jobs.models import Work
from lms.people.models import Organisation, User
from lms.sheets.states import State, Way


def _list(values: type[StrEnum]) -> str:
    return ",".join(f"'{value.value}'" for value in values)


class Sheet(Model):
    """An uploaded table. ``organisation`` is the provider, or the agency that nominates.

    ``reached`` is the number of the last row that the present step has dealt with.
    """

    __tablename__ = "sheet"
    __table_args__ = (
        CheckConstraint(f"state in ({_list(State)})", name="state"),
        CheckConstraint(f"way in ({_list(Way)})", name="way"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    work_id: Mapped[int | None] = mapped_column(
        ForeignKey("work.id", ondelete="SET NULL"), index=True
    )
    way: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), default=State.CHECKING.value)
    file_name: Mapped[str] = mapped_column(String(160))
    header: Mapped[list[str]] = mapped_column(Document())
    total: Mapped[int]
    reached: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[created_at]
    ended_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    uploaded_by: Mapped[User] = relationship()
    work: Mapped[Work | None] = relationship()

    @property
    def acting_id(self) -> int:
        """Who asked for the present step."""
        asked = self.work.owner_user_id if self.work else None
        return asked or self.uploaded_by_id


class SheetRow(Model):
    """One row: its cells as they came, whom and what they name, and what became of it.

    ``outcome`` is a code of ``states`` or an error code; ``words`` fill its sentence. ``enrolment``
    is the place that the row changed, ``after`` the state it brought it to; ``promise`` is what it
    wrote to an address.
    """

    __tablename__ = "sheet_row"
    __table_args__ = (
        UniqueConstraint("sheet_id", "number"),
        Index("ix_sheet_row_outcome", "sheet_id", "outcome"),
        Index("ix_sheet_row_pair", "sheet_id", "offering_id", "user_id"),
    )

    id: Mapped[pk]
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheet.id"))
    number: Mapped[int]
    cells: Mapped[list[str]] = mapped_column(Document())
    outcome: Mapped[str] = mapped_column(String(48), default="")
    words: Mapped[dict[str, str]] = mapped_column(Document(), default=dict)
    offering_id: Mapped[int | None] = mapped_column(ForeignKey("offering.id"), index=True)
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("seat_pool.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"), index=True)
    promise_id: Mapped[int | None] = mapped_column(
        ForeignKey("place_promise.id", ondelete="SET NULL"), index=True
    )
    after: Mapped[str] = mapped_column(String(16), default="")

    sheet: Mapped[Sheet] = relationship()
    offering: Mapped[Offering | None] = relationship()
    pool: Mapped[SeatPool | None] = relationship()
    user: Mapped[User | None] = relationship()
    enrolment: Mapped[Enrolment | None] = relationship()
    promise: Mapped[Promise | None] = relationship()
