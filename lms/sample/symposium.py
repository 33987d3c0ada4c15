"""The days of the sample's symposium: what its sessions are about, two of them side by side."""

from lms.catalogue import queries as catalogue_queries
from lms.timetable import agenda
from lms.timetable import service as timetable_service
from lms.timetable.agenda import TopicFacts
from lms.timetable.service import SessionFacts

CODE = "SIM2027-1"
TOPICS = (
    TopicFacts(
        {
            "ms": "Perlindungan kanak-kanak selepas bencana",
            "en": "Child protection after disasters",
            "id": "Perlindungan anak setelah bencana",
        },
        "A",
        ["Dr. Halimah binti Osman, Universiti Warisan", "Ni Luh Ayu Lestari, Dinas Sosial Bali"],
        {
            "ms": "Apa yang dijaga dahulu pada minggu pertama, dan siapa yang menyimpan rekod.",
            "en": "What is looked after first in the first week, and who keeps the record.",
            "id": "Apa yang dijaga lebih dulu pada pekan pertama, dan siapa yang mencatat.",
        },
    ),
    TopicFacts(
        {
            "ms": "Kerja kumpulan bersama penjaga",
            "en": "Group work with carers",
            "id": "Kerja kelompok bersama pengasuh",
        },
        "",
        ["Ravi a/l Krishnan, Hospital Sejahtera"],
    ),
    TopicFacts(
        {
            "ms": "Penyeliaan yang menyokong pekerja",
            "en": "Supervision that sustains workers",
            "id": "Supervisi yang menguatkan pekerja",
        },
        "",
        ["Tan Siew Ling, Yayasan Harapan"],
    ),
    TopicFacts(
        {
            "ms": "Resolusi dan penutup",
            "en": "Resolutions and closing",
            "id": "Resolusi dan penutupan",
        },
        "",
        [],
    ),
)
BESIDE = TopicFacts(
    {
        "ms": "Data kes untuk perancangan daerah",
        "en": "Case data for district planning",
        "id": "Data kasus untuk perencanaan daerah",
    },
    "B",
    ["Mohd Faizal bin Hamzah, Jabatan Kebajikan Daerah"],
)


def furnish(manager_id: int) -> None:
    """Write what each session is about, and add one beside the first."""
    offering = catalogue_queries.offering_by_code(CODE)
    if offering is None:
        return
    sessions = catalogue_queries.sessions_of(offering)
    for session, topic in zip(sessions, TOPICS, strict=False):
        agenda.save_topic(offering, session, topic, by=manager_id)
    facts = SessionFacts(sessions[0].starts_at, sessions[0].ends_at)
    beside = timetable_service.save_session(offering, None, facts, accepted=True, by=manager_id)
    agenda.save_topic(offering, beside, BESIDE, by=manager_id)
