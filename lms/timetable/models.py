"""Rooms, and where class sessions meet."""

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.catalogue.models import ClassSession
from lms.db import Document, Model, Texts, created_at, pk, public_id
from lms.people.models import Organisation, User


class Room(Model):
    """A room of a provider; ``key`` is venue and name as ``kernel.text.key`` has them.

    A room that is not ``active`` stays where it is booked but is offered no more.
    """

    __tablename__ = "room"
    __table_args__ = (
        UniqueConstraint("provider_id", "key"),
        CheckConstraint("capacity > 0", name="capacity"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    provider_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(120))
    venue: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(400))
    capacity: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[created_at]

    provider: Mapped[Organisation] = relationship()

    @property
    def words(self) -> str:
        """Name and venue."""
        return f"{self.name}, {self.venue}"


class Meeting(Model):
    """Where one class session meets: in a room, behind a link, or both.

    ``link`` is private: it is shown by ``showing`` only, to those who may see it. It stands in a
    table of its own so that no page of the public catalogue ever loads it.
    """

    __tablename__ = "meeting"

    id: Mapped[pk]
    class_session_id: Mapped[int] = mapped_column(ForeignKey("class_session.id"), unique=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"), index=True)
    link: Mapped[str] = mapped_column(String(500), default="")

    room: Mapped[Room | None] = relationship()
    class_session: Mapped[ClassSession] = relationship()


class SessionTopic(Model):
    """What a class session is about: titles and abstracts by language, its track, who speaks.

    ``speakers`` are lines as they are printed: a name, and where somebody comes from.
    """

    __tablename__ = "session_topic"

    id: Mapped[pk]
    class_session_id: Mapped[int] = mapped_column(ForeignKey("class_session.id"), unique=True)
    titles: Mapped[Texts]
    abstracts: Mapped[Texts] = mapped_column(default=dict)
    track: Mapped[str] = mapped_column(String(80), default="")
    speakers: Mapped[list[str]] = mapped_column(Document(), default=list)

    class_session: Mapped[ClassSession] = relationship()


class CalendarFeed(Model):
    """The address at which a person's own calendar is read without signing in.

    A new address is a new row: the old one then leads nowhere.
    """

    __tablename__ = "calendar_feed"

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), unique=True)
    created_at: Mapped[created_at]

    user: Mapped[User] = relationship()
