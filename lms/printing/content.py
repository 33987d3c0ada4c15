"""What a certificate says: one value from which the PDF and the credential are both made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, cast

Kind = Literal["competence", "completion", "attendance", "award", "transcript"]
Language = Literal["ms", "en", "id"]
Words = Mapping[str, str]

KINDS = ("competence", "completion", "attendance", "award", "transcript")
OF_PROGRAMMES = ("award", "transcript")
"""The kinds that are issued for a programme; the others are for a place in an offering."""
AWARDS = ("certificate", "diploma", "master")
RESULTS = ("competent", "completed", "attended")
LANGUAGES = ("ms", "en", "id")
ATTACHMENT = "credential.json"
RECEIPT = "log-receipt.json"


@dataclass(frozen=True)
class ClaimContent:
    """One competency shown by the holder; ``uri`` is the CASE address of the item."""

    code: str
    statement: dict[str, str]
    level: int
    level_label: dict[str, str]
    uri: str

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "statement": dict(self.statement),
            "level": self.level,
            "level_label": dict(self.level_label),
            "uri": self.uri,
        }


@dataclass(frozen=True)
class CourseContent:
    """A completed course of a transcript; ``result`` is one of three words, the mark is not kept.

    ``completed_on`` is the last day of the course.
    """

    code: str
    title: dict[str, str]
    credits: Decimal
    minutes: int
    completed_on: date
    result: str

    def __post_init__(self) -> None:
        if self.result not in RESULTS:
            raise ValueError("unknown result")

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "title": dict(self.title),
            "credits": str(self.credits),
            "minutes": self.minutes,
            "completed_on": self.completed_on.isoformat(),
            "result": self.result,
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "CourseContent":
        values = dict(plain)
        values["credits"] = Decimal(plain["credits"])
        values["completed_on"] = date.fromisoformat(plain["completed_on"])
        return cls(**values)


@dataclass(frozen=True)
class Signatory:
    """A person named at the foot, with the office held in each language.

    ``signature`` is the digest of a picture of theirs, if any.
    """

    name: str
    title: dict[str, str]
    signature: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "title": dict(self.title), "signature": self.signature}


@dataclass(frozen=True)
class CertificateContent:
    """Everything printed or signed, frozen at the moment of issue.

    ``minutes`` are minutes of instruction, ``cpd`` points. ``issued_at`` is aware; its offset is
    also the one in which the civil dates ``valid_from`` and ``valid_until`` (last valid day,
    included) are understood, so pass it in the institute's zone.
    ``verify_url`` is upper case (a smaller QR) and ends in ``code``. ``replaces`` is the number of
    the certificate in whose place this one stands; those issued before there were any lack it.

    What follows ``logo`` is of programmes only: what one leads to, the level it states, the
    credits it asks for and those earned; on a transcript the courses, and whether more are to
    come (``interim``). The award is made on ``valid_from``.

    Raises:
        ValueError: a certificate of attendance with claims, an unknown kind or language,
            a naive time, dates in the wrong order, or what the kind does not have.

    """

    serial: str
    code: str
    kind: Kind
    language: Language
    holder_name: str
    issuer_name: str
    issuer_parent: str
    issuer_url: str
    award_title: dict[str, str]
    course_code: str
    minutes: int
    starts_on: date
    ends_on: date
    venue: str
    cpd: Decimal
    framework: str
    claims: tuple[ClaimContent, ...]
    issued_at: datetime
    valid_from: date
    valid_until: date | None
    signatories: tuple[Signatory, ...]
    verify_url: str
    replaces: str = ""
    design: str = "tumpal"
    logo: str = ""
    leads_to: str = ""
    level: int | None = None
    credits: Decimal = Decimal(0)
    earned: Decimal = Decimal(0)
    courses: tuple[CourseContent, ...] = ()
    interim: bool = False

    @property
    def pictures(self) -> tuple[str, ...]:
        """Digests of the pictures on it."""
        signed = (one.signature for one in self.signatories)
        return tuple(one for one in (self.logo, *signed) if one)

    def __post_init__(self) -> None:
        self._check_kind()
        self._check_times()
        if not self.issuer_url.startswith("https://"):
            raise ValueError("the issuer's address must be https")
        if not self.code or not self.verify_url.endswith(self.code):
            raise ValueError("the verification address must end in the code")

    def _check_kind(self) -> None:
        if self.kind not in KINDS or self.language not in LANGUAGES:
            raise ValueError("unknown kind or language")
        if self.kind == "attendance" and self.claims:
            # Presence proves nothing about ability; such a document must not suggest it.
            raise ValueError("a certificate of attendance makes no claims of competency")
        of_programme = self.kind in OF_PROGRAMMES
        if of_programme and self.claims:
            raise ValueError("the claims of a programme are those of its courses")
        if self.leads_to not in (AWARDS if of_programme else ("",)):
            raise ValueError("only a programme leads to an award")
        if bool(self.courses) is not (self.kind == "transcript"):
            raise ValueError("a transcript lists courses, and nothing else does")

    def _check_times(self) -> None:
        if self.issued_at.utcoffset() is None:
            raise ValueError("the time of issue must be aware")
        if self.ends_on < self.starts_on:
            raise ValueError("the course ends before it starts")
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("the validity ends before it starts")

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; ``from_json`` gives an equal object back."""
        plain: dict[str, Any] = dict(vars(self))
        plain.update(
            award_title=dict(self.award_title),
            starts_on=self.starts_on.isoformat(),
            ends_on=self.ends_on.isoformat(),
            cpd=str(self.cpd),
            claims=[claim.to_json() for claim in self.claims],
            issued_at=self.issued_at.isoformat(),
            valid_from=self.valid_from.isoformat(),
            valid_until=None if self.valid_until is None else self.valid_until.isoformat(),
            signatories=[signatory.to_json() for signatory in self.signatories],
            credits=str(self.credits),
            earned=str(self.earned),
            courses=[course.to_json() for course in self.courses],
        )
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "CertificateContent":
        """Rebuild the content that ``to_json`` wrote.

        Raises:
            KeyError, TypeError, ValueError: the mapping is not such an output.

        """
        until = cast("str | None", plain["valid_until"])
        values = dict(plain)
        values.update(
            starts_on=date.fromisoformat(plain["starts_on"]),
            ends_on=date.fromisoformat(plain["ends_on"]),
            cpd=Decimal(plain["cpd"]),
            claims=tuple(ClaimContent(**claim) for claim in plain["claims"]),
            issued_at=datetime.fromisoformat(plain["issued_at"]),
            valid_from=date.fromisoformat(plain["valid_from"]),
            valid_until=None if until is None else date.fromisoformat(until),
            signatories=tuple(Signatory(**signatory) for signatory in plain["signatories"]),
            credits=Decimal(plain.get("credits", 0)),
            earned=Decimal(plain.get("earned", 0)),
            courses=tuple(CourseContent.from_json(one) for one in plain.get("courses", ())),
        )
        return cls(**values)


def in_language(words: Words, language: str) -> str:
    """Return the text in ``language``, else in English, else whatever there is."""
    return words.get(language) or words.get("en") or next(iter(words.values()), "")


def grouped(code: str) -> str:
    """Return the code in groups of five, as it is read aloud and typed."""
    return " ".join(code[start : start + 5] for start in range(0, len(code), 5))
