"""Certificates as issued: frozen content, signed credential, digest of the PDF, claims."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.competency.models import Attainment
from lms.db import Document, Model, UTCDateTime, pk, public_id
from lms.enrolment.models import Enrolment
from lms.people.models import Organisation, User
from lms.programmes.models import Programme

_IN_USE = text("state in ('issued','suspended')")
_OPEN = text("released_at is null")
_WITHDRAWN = text("state in ('revoked','superseded')")


class HoldReason(StrEnum):
    """Why a person's certificate is held back for now."""

    APPEAL = "appeal"
    INQUIRY = "inquiry"
    IDENTITY = "identity"
    RECORDS = "records"


class StatusList(Model):
    """A public list of withdrawn certificates, and how many of its places are taken.

    Who takes one holds the newest list to the end of the transaction.
    """

    __tablename__ = "status_list"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    used: Mapped[int] = mapped_column(default=0)


class Certificate(Model):
    """An issued certificate. What it says never changes; ``state`` does, and the PDF is made once.

    After a signing key was stolen it is signed anew: then proof, digests and PDF are others, and
    those before are kept as a FormerSignature.

    It is issued for a place in an offering, or for a programme; ``issuer`` is the provider of both.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "version"),
        UniqueConstraint("status_list", "status_index"),
        CheckConstraint(
            "kind in ('attendance','award','competence','completion','transcript')", name="kind"
        ),
        CheckConstraint("(enrolment_id is null) <> (programme_id is null)", name="basis"),
        CheckConstraint(
            "(programme_id is not null) = (kind in ('award','transcript'))",
            name="basis_of_kind",
        ),
        CheckConstraint("state in ('issued','revoked','superseded','suspended')", name="state"),
        CheckConstraint("valid_until is null or valid_until >= valid_from", name="dates"),
        Index(
            "uq_certificate_in_use",
            "enrolment_id",
            unique=True,
            sqlite_where=_IN_USE,
            postgresql_where=_IN_USE,
        ),
        # The latest of an issuer, however many there are.
        Index("ix_certificate_issuer_id_id", "issuer_id", "id"),
        # What a status list is made of, and nothing else.
        Index(
            "ix_certificate_withdrawn",
            "status_list",
            "status_index",
            sqlite_where=_WITHDRAWN,
            postgresql_where=_WITHDRAWN,
        ),
        Index(
            "uq_certificate_of_programme_in_use",
            "programme_id",
            "user_id",
            "kind",
            unique=True,
            sqlite_where=_IN_USE,
            postgresql_where=_IN_USE,
        ),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    serial: Mapped[str] = mapped_column(String(64), unique=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    issuer_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), default="issued")
    content: Mapped[dict[str, Any]] = mapped_column(Document())
    credential: Mapped[dict[str, Any]] = mapped_column(Document())
    credential_digest: Mapped[str] = mapped_column(String(64), unique=True)
    status_list: Mapped[int] = mapped_column(
        ForeignKey("status_list.number"), server_default=text("1")
    )
    status_index: Mapped[int]
    pdf_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime())
    resigned_at: Mapped[datetime | None]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    timezone: Mapped[str] = mapped_column(String(64))

    issuer: Mapped[Organisation] = relationship()
    enrolment: Mapped[Enrolment | None] = relationship()
    programme: Mapped[Programme | None] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    issued_by: Mapped[User] = relationship(foreign_keys=[issued_by_id])
    claims: Mapped[list["Claim"]] = relationship(order_by="Claim.position")

    @property
    def place(self) -> Enrolment:
        """The place it was issued for; raises LookupError for one of a programme."""
        if self.enrolment is None:
            raise LookupError("issued for a programme, not for a place")
        return self.enrolment


class FormerSignature(Model):
    """How a certificate was signed before; all else in its credential is the same to this day."""

    __tablename__ = "former_signature"

    id: Mapped[pk]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    proof: Mapped[list[dict[str, Any]]] = mapped_column(Document())
    credential_digest: Mapped[str] = mapped_column(String(64), unique=True)
    pdf_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    replaced_at: Mapped[datetime]


class KeyTheft(Model):
    """A signing key that was stolen, and how far its certificates have been signed anew.

    ``key`` is its name in credentials, or the serial number of the signer's certificate.
    ``before`` counts the entries of the public log that are known to be older than the theft;
    ``seen_id`` is the last certificate that was looked at.
    """

    __tablename__ = "key_theft"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        CheckConstraint("kind in ('credential','document')", name="kind"),
    )

    id: Mapped[pk]
    kind: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(255))
    since: Mapped[datetime]
    told_at: Mapped[datetime]
    before: Mapped[int]
    seen_id: Mapped[int] = mapped_column(default=0)
    looked_at: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    work_id: Mapped[int | None] = mapped_column(
        ForeignKey("work.id", ondelete="SET NULL"), index=True
    )


class Resigning(StrEnum):
    """What became of a certificate under a stolen key."""

    SIGNED = "signed"
    LEFT = "left"  # entered after the theft: somebody decides
    REFUSED = "refused"  # not what was signed and logged: not believed


class KeyTheftItem(Model):
    """A certificate that a stolen key had signed, and what became of it."""

    __tablename__ = "key_theft_item"
    __table_args__ = (
        UniqueConstraint("theft_id", "certificate_id"),
        CheckConstraint("outcome in ('signed','left','refused')", name="outcome"),
    )

    id: Mapped[pk]
    theft_id: Mapped[int] = mapped_column(ForeignKey("key_theft.id"))
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(1000), default="")

    theft: Mapped[KeyTheft] = relationship()
    certificate: Mapped[Certificate] = relationship()


class Claim(Model):
    """One competency a certificate claims, and the attainment it rests on."""

    __tablename__ = "certificate_claim"
    __table_args__ = (
        UniqueConstraint("certificate_id", "position"),
        UniqueConstraint("certificate_id", "attainment_id"),
    )

    id: Mapped[pk]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"))
    attainment_id: Mapped[int] = mapped_column(ForeignKey("attainment.id"), index=True)
    position: Mapped[int]

    attainment: Mapped[Attainment] = relationship()


class SerialCounter(Model):
    """The last number given out by an issuer in a year; locked while one is taken."""

    __tablename__ = "serial_counter"
    __table_args__ = (UniqueConstraint("issuer_id", "year"),)

    id: Mapped[pk]
    issuer_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)


class CertificateHold(Model):
    """A place whose certificate is held back, by one source, until that releases it.

    ``source`` is the feature that asked for it, or ``registrar``; ``reference`` is its own number
    of the matter. ``certificate`` is the one that is suspended for as long as it is held.
    """

    __tablename__ = "certificate_hold"
    __table_args__ = (
        CheckConstraint("reason in ('appeal','inquiry','identity','records')", name="reason"),
        CheckConstraint("suspends or certificate_id is null", name="certificate"),
        Index(
            "uq_certificate_hold_open",
            "enrolment_id",
            "source",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    source: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str] = mapped_column(String(200))
    suspends: Mapped[bool]
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), index=True)
    held_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    held_at: Mapped[datetime]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    released_at: Mapped[datetime | None]
    remark: Mapped[str] = mapped_column(String(1000), default="")

    enrolment: Mapped[Enrolment] = relationship()
    certificate: Mapped[Certificate | None] = relationship()
    held_by: Mapped[User | None] = relationship(foreign_keys=[held_by_id])
    released_by: Mapped[User | None] = relationship(foreign_keys=[released_by_id])
