"""Files as the tools write them; invented people."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.errors import Invalid
from lms.meetings import reading
from lms.meetings.moments import moment

DAY, ZONE = date(2027, 4, 5), ZoneInfo("Asia/Kuala_Lumpur")
ZOOM = (
    "Meeting ID,Topic,Start Time\n"
    "812 3456,Risk,04/05/2027 08:50:00 AM\n"
    "\n"
    "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),In Waiting Room\n"
    '"Siti Ali (JKM)",siti@test.example,04/05/2027 08:58:11 AM,04/05/2027 12:00:00 PM,182,No\n'
    "Mei Ling,,04/05/2027 08:55:00 AM,04/05/2027 08:57:00 AM,2,Yes\n"
    "Mei Ling,,04/05/2027 09:31:00 AM,,149,No\n"
)
TEAMS = (
    "1. Summary\n"
    "Meeting title\tRisk\n"
    "\n"
    "2. Participants\n"
    "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole\n"
    "Siti Ali\t4/5/27, 8:58:11 AM\t4/5/27, 12:00:00 PM\t2h 1m\tsiti@test.example\t\tPresenter\n"
    "\n"
    "3. In-Meeting Activities\n"
    "Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole\n"
    "Siti Ali\t4/5/27, 8:58:11 AM\t4/5/27, 10:00:00 AM\t1h 1m\tsiti@test.example\tPresenter\n"
    "Siti Ali\t4/5/27, 11:00:00 AM\t4/5/27, 12:00:00 PM\t1h\tsiti@test.example\tPresenter\n"
)
MEET = (
    "First name,Last name,Email,Duration,Time joined,Time exited\n"
    "Siti,Ali,siti@test.example,2 hr 1 min,8:58 AM,12:00 PM\n"
)
OURS = "nama;surel;waktu masuk;waktu keluar\nSiti;;05-04-2027 08.58;05-04-2027 12.00\n"


def utc(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2027, 4, 5, hour, minute, second, tzinfo=UTC)


def read(text: str, encoding: str = "utf-8") -> list[tuple[str, str, datetime, datetime | None]]:
    stays = reading.read(text.encode(encoding), DAY, ZONE)
    return [(one.name, one.email, one.joined, one.left) for one in stays]


def test_zoom_begins_with_the_meeting_and_its_waiting_room_does_not_count() -> None:
    assert read(ZOOM, "utf-8-sig") == [
        ("Siti Ali (JKM)", "siti@test.example", utc(0, 58, 11), utc(4)),
        ("Mei Ling", "", utc(1, 31), None),
    ]


def test_teams_comes_in_utf_16_and_its_last_table_counts() -> None:
    name, email = "Siti Ali", "siti@test.example"
    assert read(TEAMS, "utf-16") == [
        (name, email, utc(0, 58, 11), utc(2)),
        (name, email, utc(3), utc(4)),
    ]


def test_meet_names_in_two_columns_and_times_without_a_date() -> None:
    assert read(MEET) == [("Siti Ali", "siti@test.example", utc(0, 58), utc(4))]


def test_our_own_with_semicolons_and_dots() -> None:
    assert read(OURS, "cp1252") == [("Siti", "", utc(0, 58), utc(4))]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("04/05/2027 9:00", utc(1)),  # months first: the other reading is a month away
        ("05/04/2027 9:00", utc(1)),
        ("2027-04-05T09:00:00+07:00", utc(2)),
        ("2027-04-05 09:00 GMT+7", utc(2)),
        ("2027-04-05 09:00 (UTC-01:30)", utc(10, 30)),
        ("5/4/2027 2:30 PTG", utc(6, 30)),
        ("5/4/2027 9:30 PG", utc(1, 30)),
        ("09.05", utc(1, 5)),
        ("", None),
        ("soon", None),
        ("9:00 GMT+99", None),
        ("1" * 500, None),
    ],
)
def test_moments(said: str, meant: datetime | None) -> None:
    assert moment(said, DAY, ZONE) == meant


@given(st.text(max_size=80))
def test_no_text_breaks_it(said: str) -> None:
    found = moment(said, DAY, ZONE)
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "meeting-file-unknown"),
        (b"name,email\nSiti,s@test.example\n", "meeting-file-unknown"),
        (b"%PDF-1.7\n\x00\x01", "meeting-file-unknown"),
        (b"name,joined,left\n", "meeting-file-empty"),
        (b"name,joined,left\nSiti,soon,later\n", "meeting-file-time"),
        (b"name,joined,left\nSiti,9:00,later\n", "meeting-file-time"),
        (b"name,joined,left\n" + b"S,9:00,10:00\n" * 5001, "meeting-file-large"),
        (b"x" * (reading.LARGEST + 1), "meeting-file-large"),
    ],
)
def test_what_is_no_list_of_participants(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        reading.read(data, DAY, ZONE)
    assert refused.value.fields == {"file": code}


@given(st.binary(max_size=400))
def test_no_bytes_break_it(data: bytes) -> None:
    try:
        reading.read(data, DAY, ZONE)
    except Invalid as refused:
        assert set(refused.fields) == {"file"}  # noqa: PT017
