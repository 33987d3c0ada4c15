"""The kinds and states that courses, offerings and seats come in."""

from enum import StrEnum


class CourseKind(StrEnum):
    """What sort of training a course is."""

    SHORT = "short"
    MEDIUM = "medium"
    POSTGRADUATE = "postgraduate"
    EVENT = "event"


class Mode(StrEnum):
    """How people meet."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    HYBRID = "hybrid"


class VersionState(StrEnum):
    """A draft may change; in review and afterwards a version does not. See ``states``."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    RETIRED = "retired"


class CertificateKind(StrEnum):
    """What completion of a course gives."""

    ATTENDANCE = "attendance"
    COMPLETION = "completion"
    COMPETENCE = "competence"


class ItemRole(StrEnum):
    """What a course does with a competency statement."""

    INTRODUCED = "introduced"
    DEVELOPED = "developed"
    ASSESSED = "assessed"


class OfferingState(StrEnum):
    """An offering takes people while open; a cancelled one does not take place."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class SeatMode(StrEnum):
    """Where a seat is: a hybrid offering has both kinds, each with its own number."""

    IN_PERSON = "in_person"
    ONLINE = "online"


class Approver(StrEnum):
    """Who has to agree before somebody gets a seat, in the order in which they are asked."""

    LINE_MANAGER = "line_manager"
    AGENCY = "agency"
    PROVIDER = "provider"


class CopiedTo(StrEnum):
    """Who is told, beside the person, what becomes of a place."""

    LINE_MANAGER = "line_manager"
    AGENCY = "agency"


class StaffRole(StrEnum):
    """What a person does in one offering."""

    TRAINER = "trainer"
    ASSESSOR = "assessor"
