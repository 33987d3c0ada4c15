"""Every screen there is, by the route that shows it and the person who sees it."""

from tests.browser import (
    accounts,
    applying,
    awarding,
    building,
    choosing,
    entering,
    holding,
    promising,
    sharing,
    stopping,
    withdrawing,
    working,
)
from tests.browser.declaring import Screen, at, of_offering
from tests.browser.screens_of_employers import SCREENS_OF_EMPLOYERS
from tests.browser.screens_of_people import SCREENS_OF_PEOPLE
from tests.browser.visiting import ID, Visitor

# Routes that answer with no page of ours: files, and what programs read.
NO_SCREENS = {
    "GET /.well-known/did.json",
    "GET /<any(ca,root):authority>.crl",
    "GET /audit/entries.csv",
    "GET /applications/<public_id>/documents/<document_id>",
    "GET /calendar.ics",
    "GET /calendars/<token>.ics",
    "GET /certificates/<public_id>/badge",
    "GET /certificates/<public_id>/credential",
    "GET /certificates/<public_id>/file",
    "GET /certificates/archive",
    "GET /offerings/<public_id>/documents/<document_id>",
    "GET /offerings/<public_id>/promised",
    "GET /designs/marks/<digest>.png",
    "GET /designs/pictures/<key>/<specimen_name>.pdf",
    "GET /designs/pictures/<key>/<specimen_name>.png",
    "GET /api/v1/checks/<code>",
    "GET /employers/checks/template.csv",
    "GET /fonts/<name>.woff2",
    "GET /healthz",
    "GET /jobs/<public_id>/events",
    "GET /log/checkpoint",
    "GET /log/consistency",
    "GET /log/entries",
    "GET /log/inclusion",
    "GET /log/key",
    "GET /log/leaves",
    "GET /invitation/<token>",
    "GET /invitations.csv",
    "GET /metrics",
    "GET /sheets/<any(enrol,nominate):way>/template.csv",
    "GET /offerings/<public_id>/calendar.ics",
    "GET /places/<public_id>/calendar.ics",
    "GET /readyz",
    "GET /reset/<token>",
    "GET /distrusted.json",
    "GET /root.pem",
    "GET /standards/<public_id>.case.json",
    "GET /standards/<public_id>.csv",
    "GET /status/revocation/<int:number>",
    "GET /submissions/<public_id>/files/<artefact_id>",
    "GET /trust.zip",
}


def upper_case(visitor: Visitor) -> None:
    """The address as the QR code has it: all capitals, which makes the code smaller."""
    address = entering.checked_at(visitor)
    visitor.page.goto(address.replace("/v/", "/V/"))


def batch(visitor: Visitor) -> None:
    """How the certificates of the past course were issued."""
    due = f"/certificates/offerings/{entering.offering(visitor, 'PKK204-1')}"
    visitor.page.goto(visitor.address(due, rf"/batches/{ID}"))


COURSE = rf"/courses/{ID}"
CERTIFICATE = rf"/certificates/{ID}"
DESIGN = rf"/designs/{ID}"
WITHDRAWAL = rf"/withdrawals/{ID}"
AGENDA = rf"/offerings/{ID}/programme"
PROGRAMME = rf"/programmes/{ID}"
PLACE = rf"</places/{ID}"  # the oldest, which is over and certified
WORK = rf"/submissions/{ID}"
DRAFT = "GET /manage/courses/<public_id>"
CRITERIA = "/manage/courses/<public_id>/assessments/<assessment_id>/criteria/new"

OPEN_TO_ALL = [
    Screen("GET /", None, at("/")),
    Screen("GET /", None, at("/?kind=event"), note="filtered"),
    Screen("GET /", None, at("/?kind=event&mode=online"), note="nothing found"),
    Screen(
        "GET /",
        None,
        at("/?q=kes&competency=SWX.AS&language=ms&from=2026-11&seats=1&sort=title"),
        note="searched",
    ),
    Screen("GET /calendar", None, at("/calendar")),
    Screen("GET /calendar", None, at("/calendar?kind=short&place=nowhere"), note="nothing found"),
    Screen("GET /courses/<public_id>", None, at("/", COURSE)),
    Screen("GET /courses/<public_id>", None, at("/?kind=event", COURSE), note="event"),
    Screen("GET /programmes", None, at("/programmes")),
    Screen("GET /offerings/<public_id>/programme", None, at("/?kind=event", COURSE, AGENDA)),
    Screen("GET /programmes/<public_id>", None, at("/programmes", PROGRAMME)),
    Screen(
        "GET /programmes/<public_id>",
        "aisyah",
        at("/programmes", PROGRAMME),
        note="with progress",
    ),
    Screen("GET /log/", None, at("/log/")),
    Screen("GET /standards/", None, at("/standards/")),
    Screen("GET /standards/<public_id>", None, at("/standards/", rf"/standards/{ID}")),
    Screen("GET /sign-in", None, at("/sign-in")),
    Screen("GET /sign-in", None, at("/desk"), note="asked to"),
    Screen("POST /sign-in", None, entering.wrong_password, 422),
    Screen("GET /", None, accounts.signed_out, note="signed out"),
]
VERIFICATION = [
    Screen("GET /verify", None, at("/verify")),
    Screen("POST /verify", None, entering.no_code, 422, "nothing typed"),
    Screen("POST /verify", None, entering.wrong_code, 404, "unknown"),
    Screen("POST /verify/file", None, entering.no_file, 422),
    Screen("GET /verify/here", None, entering.here),
    Screen("GET /verify/here", "aisyah", entering.genuine_here, note="genuine"),
    Screen("GET /verify/here", "aisyah", entering.tampered_here, note="tampered"),
    Screen("GET /v/<code>", None, at("/v/UNKNOWN"), 404),
    Screen("GET /v/<code>", "aisyah", entering.checked),
    Screen("GET /V/<code>", "aisyah", upper_case),
    Screen("GET /v/<code>", "aisyah", entering.name_compared("Somebody Else"), note="other name"),
    Screen("GET /v/<code>", "aisyah", entering.name_compared(entering.HOLDER), note="same name"),
    Screen("POST /verify/file", "aisyah", entering.genuine, note="genuine"),
    Screen("POST /verify/file", "aisyah", entering.tampered, note="tampered"),
    Screen("POST /verify/file", None, entering.unknown_pdf, note="unknown"),
    Screen("POST /verify/file", None, entering.no_pdf, note="not a PDF"),
    Screen("POST /verify/file", None, entering.large_pdf, note="too large"),
]
OF_TRAINEES = [
    Screen("GET /desk", "aisyah", at("/desk")),
    Screen("GET /desk", "amirul", at("/desk"), note="newcomer"),
    Screen("GET /my-training", "aisyah", at("/my-training")),
    Screen("GET /my-training", "amirul", at("/my-training"), note="newcomer"),
    Screen("GET /my-training/calendar", "amirul", at("/my-training/calendar")),
    Screen("GET /my-training/calendar", "aisyah", entering.own_calendar, note="with an address"),
    Screen("GET /places/<public_id>", "aisyah", at("/my-training", PLACE)),
    Screen("GET /places/<public_id>", "second", entering.waiting, note="in the queue"),
    Screen("GET /places/<public_id>", "learner", entering.seated, note="just enrolled"),
    Screen("GET /places/<public_id>", "learner", choosing.chosen, note="sessions side by side"),
    Screen("GET /places/<public_id>/withdraw", "aisyah", at("/my-training", PLACE, "+/withdraw")),
    Screen("GET /places/<public_id>/survey", "aisyah", at("/my-training", PLACE, "+/survey")),
    Screen(
        "POST /places/<public_id>/survey",
        "aisyah",
        entering.nothing_said(at("/my-training", PLACE, "+/survey")),
        422,
    ),
    Screen("GET /submissions/<public_id>", "aisyah", at("/my-training", PLACE, WORK)),
    Screen(
        "GET /places/<public_id>/assessments/<assessment_id>",
        "aisyah",
        at("/my-training", PLACE, rf"/places/{ID}/assessments/{ID}"),
    ),
    Screen("POST /places/<public_id>/assessments/<assessment_id>", "aisyah", entering.no_work, 422),
    Screen("GET /places/<public_id>", "learner", entering.handed_in, note="handed in"),
    Screen("GET /submissions/<public_id>", "learner", entering.not_marked, note="not marked"),
    Screen("GET /certificates/", "aisyah", at("/certificates/")),
    Screen("GET /certificates/", "amirul", at("/certificates/"), note="newcomer"),
    Screen("GET /certificates/<public_id>", "aisyah", at("/certificates/", CERTIFICATE)),
    Screen("GET /certificates/<public_id>/links", "aisyah", sharing.links, note="none yet"),
    Screen("POST /certificates/<public_id>/links", "aisyah", sharing.wordless, 422),
    Screen("GET /certificates/<public_id>/links", "aisyah", sharing.made, note="one"),
    Screen("GET /s/<token>", None, sharing.opened, note="full name"),
    Screen("GET /s/<token>", None, sharing.ended, 410),
    Screen(
        "GET /offerings/<public_id>/enrol",
        "amirul",
        at("/?kind=event", COURSE, rf"/offerings/{ID}/enrol"),
    ),
    Screen("GET /offerings/<public_id>/enrol", "amirul", entering.full, note="full"),
    Screen(
        "GET /offerings/<public_id>/enrol",
        "amirul",
        of_offering("KES320-1", "/offerings/{}/enrol"),
        note="to be decided",
    ),
    Screen("POST /offerings/<public_id>/enrol", "amirul", entering.no_seat_chosen, 422),
    Screen("GET /places/<public_id>", "siti.hajar", entering.place_in("KES320"), note="nominated"),
    Screen("GET /places/<public_id>", "farid.ismail", entering.place_in("KES320"), note="applied"),
    Screen("GET /desk", "siti.hajar", at("/desk"), note="nominated"),
]
NOMINATE = of_offering("KES320-1", "/offerings/{}/nominate")
SUBSTITUTE = entering.change_of_place("/agency", "PKK204-2", "substitute")
APPROVAL = at("/desk", rf"/approvals/{ID}")
OF_COORDINATORS = [
    Screen("GET /desk", "coordinator", at("/desk"), note="asked"),
    Screen("GET /offerings/<public_id>/nominate", "coordinator", NOMINATE),
    Screen("POST /offerings/<public_id>/nominate", "coordinator", entering.nobody_chosen, 422),
    Screen(
        "GET /offerings/<public_id>/nominate",
        "coordinator",
        of_offering("KES320-1", "/offerings/{}/nominate?q=nobody-of-that-name"),
        note="nobody fits",
    ),
    Screen("GET /places/<public_id>/substitute", "coordinator", SUBSTITUTE),
    Screen(
        "POST /places/<public_id>/substitute", "coordinator", entering.nothing_said(SUBSTITUTE), 422
    ),
    Screen("GET /approvals/<public_id>", "coordinator", APPROVAL),
    Screen("POST /approvals/<public_id>", "coordinator", entering.refused_without_reason, 422),
]
TRANSFER = entering.change_of_place("/offerings/{}", "PKK204-2", "transfer")
OF_SEATS = [
    Screen("GET /places/<public_id>/transfer", "manager", TRANSFER),
    Screen("POST /places/<public_id>/transfer", "manager", entering.nothing_said(TRANSFER), 422),
    Screen(
        "GET /offerings/<public_id>/move", "manager", of_offering("KES110-2", "/offerings/{}/move")
    ),
    Screen("POST /offerings/<public_id>/move", "manager", entering.not_moved, 422),
    Screen(
        "GET /offerings/<public_id>/cancel",
        "manager",
        of_offering("KES110-2", "/offerings/{}/cancel"),
    ),
    Screen("POST /offerings/<public_id>/cancel", "manager", entering.no_reason_to_cancel, 422),
    Screen(
        "GET /offerings/<public_id>/seats/<mode>",
        "manager",
        of_offering("SIM2027-1", "/offerings/{}/seats/online"),
    ),
    Screen("POST /offerings/<public_id>/seats/<mode>", "manager", entering.too_few_seats, 422),
    Screen(
        "GET /offerings/<public_id>/terms",
        "manager",
        of_offering("SIM2027-1", "/offerings/{}/terms"),
    ),
    Screen("POST /offerings/<public_id>/terms", "manager", entering.terms_twice, 422),
    Screen(
        "GET /offerings/<public_id>",
        "manager",
        of_offering("SIM2027-1", "/offerings/{}"),
        note="hybrid",
    ),
]
ANNOUNCE = r"/manage/courses/.*/undated"
UNDATED = rf"/undated/{ID}"
INTEREST = at("/?q=KES110", COURSE, rf"/undated/{ID}/interest")
OF_DEMAND = [
    Screen(DRAFT + "/undated", "manager", at("/?q=KES110", COURSE, ANNOUNCE)),
    Screen(
        "POST /manage/courses/<public_id>/undated",
        "manager",
        entering.empty("/?q=KES110", COURSE, ANNOUNCE),
        422,
    ),
    Screen("GET /undated/<public_id>", "manager", at("/manage/courses", UNDATED)),
    Screen("POST /undated/<public_id>/drop", "manager", entering.dropped_without_reason, 422),
    Screen("GET /undated/<public_id>/interest", "amirul", INTEREST),
    Screen("GET /undated/<public_id>/interest", "coordinator", INTEREST, note="of an agency"),
    Screen("GET /undated/<public_id>/interest", "siti.hajar", INTEREST, note="said so"),
]
OF_TIMETABLES = [
    Screen(
        "GET /offerings/<public_id>/copy", "manager", of_offering("SIM2027-1", "/offerings/{}/copy")
    ),
    Screen("POST /offerings/<public_id>/copy", "manager", entering.copied_onto_itself, 422),
    Screen("GET /manage/rooms", "manager", at("/manage/rooms")),
    Screen("POST /manage/rooms", "manager", entering.empty("/manage/rooms"), 422),
    Screen("GET /manage/rooms/<public_id>", "manager", at("/manage/rooms", rf"/manage/rooms/{ID}")),
    Screen(
        "GET /offerings/<public_id>/timetable",
        "manager",
        of_offering("SIM2027-1", "/offerings/{}/timetable"),
    ),
    Screen(
        "GET /offerings/<public_id>/timetable/<session_id>",
        "manager",
        of_offering("SIM2027-1", "/offerings/{}", rf"/offerings/{ID}/timetable/{ID}"),
    ),
    Screen(
        "POST /offerings/<public_id>/timetable/<session_id>", "manager", entering.booked_twice, 422
    ),
    Screen(
        "POST /offerings/<public_id>/timetable/<session_id>",
        "manager",
        entering.session_overtaken,
        409,
        note="overtaken",
    ),
    Screen("POST /offerings/<public_id>/staff", "manager", entering.trainer_booked_twice, 422),
]
OF_NOTICES = [
    Screen(
        "GET /offerings/<public_id>/survey",
        "trainer1",
        of_offering("PKK204-1", "/offerings/{}/survey"),
    ),
    Screen(
        "GET /offerings/<public_id>/survey",
        "manager",
        of_offering("KES110-2", "/offerings/{}/survey"),
        note="nothing said",
    ),
    Screen(
        "GET /offerings/<public_id>/documents",
        "trainer1",
        entering.documents,
        note="with documents",
    ),
    Screen(
        "POST /offerings/<public_id>/documents",
        "manager",
        entering.nothing_said(of_offering("SIM2027-1", "/offerings/{}/documents")),
        422,
    ),
    Screen(
        "GET /offerings/<public_id>/timetable/<session_id>/topic",
        "manager",
        of_offering("SIM2027-1", "/offerings/{}", rf"/offerings/{ID}/timetable/{ID}/topic"),
    ),
    Screen(
        "POST /offerings/<public_id>/timetable/<session_id>/topic",
        "manager",
        entering.topic_overtaken,
        409,
        note="overtaken",
    ),
    Screen(
        "GET /offerings/<public_id>/messages",
        "manager",
        of_offering("SIM2027-1", "/offerings/{}/messages"),
    ),
    Screen(
        "GET /offerings/<public_id>/messages",
        "manager",
        of_offering("KES110-2", "/offerings/{}/messages"),
        note="nothing sent",
    ),
    Screen(
        "GET /offerings/<public_id>/roster",
        "manager",
        of_offering("PKK204-1", "/offerings/{}/roster"),
    ),
    Screen(
        "GET /offerings/<public_id>/roster",
        "manager",
        of_offering("KES110-2", "/offerings/{}/roster"),
        note="empty",
    ),
    Screen("POST /offerings/<public_id>/messages", "manager", entering.reminded_too_early, 422),
]
SHEET = at("/sheets/enrol", rf"/sheets/{ID}")
OF_SHEETS = [
    Screen("GET /sheets/<any(enrol,nominate):way>", "manager", at("/sheets/enrol")),
    Screen(
        "GET /sheets/<any(enrol,nominate):way>",
        "coordinator",
        at("/sheets/nominate"),
        note="of an agency",
    ),
    Screen(
        "POST /sheets/<any(enrol,nominate):way>", "manager", entering.empty("/sheets/enrol"), 422
    ),
    Screen("GET /sheets/<public_id>", "manager", SHEET),
    Screen(
        "GET /sheets/<public_id>",
        "coordinator",
        entering.nominated_by_sheet,
        note="done",
    ),
]
OF_TRAINERS = [
    Screen("GET /desk", "trainer1", at("/desk")),
    Screen("GET /offerings/<public_id>", "trainer1", of_offering("PKK204-1", "/offerings/{}")),
    Screen(
        "GET /offerings/<public_id>/sessions/<session_id>",
        "trainer1",
        of_offering("PKK204-1", "/offerings/{}", rf"/offerings/{ID}/sessions/{ID}"),
    ),
    Screen("GET /offerings/<public_id>", "trainer1", entering.roll_saved, note="roll saved"),
    Screen(
        "GET /offerings/<public_id>/sessions/<session_id>/online",
        "trainer1",
        of_offering("PKK204-1", "/offerings/{}", rf"/offerings/{ID}/sessions/{ID}", "+/online"),
    ),
    Screen(
        "POST /offerings/<public_id>/sessions/<session_id>/online",
        "trainer1",
        entering.roll_filled_in,
        note="filled in",
    ),
    Screen(
        "POST /offerings/<public_id>/sessions/<session_id>/online",
        "trainer1",
        entering.no_meeting,
        422,
    ),
    Screen(
        "GET /offerings/<public_id>/sessions/<session_id>/check-in",
        "trainer1",
        of_offering("PKK204-1", "/offerings/{}", rf"/offerings/{ID}/sessions/{ID}", ".*/check-in"),
        note="over",
    ),
    Screen(
        "GET /offerings/<public_id>/sessions/<session_id>/check-in",
        "trainer1",
        entering.board,
    ),
    Screen("GET /check-in/<session_id>", "siti.hajar", entering.asked_for_the_code),
    Screen("POST /check-in/<session_id>", "siti.hajar", entering.another_code, 422),
    Screen(
        "GET /submissions/<public_id>/marking",
        "trainer1",
        of_offering("PKK204-1", "/offerings/{}", WORK, "+/marking"),
        note="released",
    ),
    Screen("GET /submissions/<public_id>/marking", "trainer1", entering.to_mark, note="open"),
    Screen("POST /submissions/<public_id>/marking", "trainer1", entering.released_too_early, 422),
    Screen("POST /submissions/<public_id>/marking", "trainer1", entering.marked_over, 409),
]
OF_MANAGERS = [
    Screen("GET /desk", "manager", at("/desk")),
    Screen("GET /manage/courses", "manager", at("/manage/courses")),
    Screen("GET /manage/courses/new", "manager", at("/manage/courses/new")),
    Screen("GET /manage/programmes/new", "manager", at("/manage/programmes/new")),
    Screen("POST /manage/programmes/new", "manager", entering.empty("/manage/programmes/new"), 422),
    Screen(
        "GET /manage/programmes/<public_id>",
        "manager",
        at("/manage/courses", rf"/manage/programmes/{ID}"),
        note="published",
    ),
    Screen("GET /manage/programmes/<public_id>", "manager", building.programme, note="draft"),
    Screen("GET /manage/programmes/<public_id>/edit", "manager", building.programme_again),
    Screen("POST /manage/programmes/<public_id>/groups", "manager", building.no_group, 422),
    Screen("POST /manage/courses/new", "manager", entering.empty("/manage/courses/new"), 422),
    Screen(DRAFT, "manager", building.new_draft, note="new"),
    Screen(DRAFT, "manager", building.draft, note="with everything"),
    Screen("POST /manage/courses/<public_id>/review", "manager", building.unfit, 422),
    Screen(DRAFT, "manager", building.in_review, note="in review, own"),
    Screen(DRAFT, "manager2", building.to_review, note="in review, to decide"),
    Screen(
        "POST /manage/courses/<public_id>/return",
        "manager2",
        building.returned_without_remarks,
        422,
    ),
    Screen(DRAFT, "manager", building.published, note="published"),
    Screen(
        "POST /manage/courses/<public_id>/prerequisites",
        "manager",
        building.wrong_prerequisite,
        422,
    ),
    Screen(
        "GET /offerings/<public_id>/admit",
        "manager",
        of_offering("PKK204-2", "/offerings/{}", r"/offerings/\w+/admit"),
    ),
    Screen("GET /offerings/<public_id>/admit", "manager", promising.listed, note="promised"),
    Screen(
        "GET /offerings/<public_id>/promises/<promise_id>/withdraw", "manager", promising.withdraw
    ),
    Screen(
        "POST /offerings/<public_id>/promises/<promise_id>/withdraw",
        "manager",
        promising.without_reason,
        422,
    ),
    Screen(DRAFT + "/difference", "manager", building.difference),
    Screen(DRAFT + "/difference", "manager", building.no_difference, note="first version"),
    Screen(DRAFT + "/retire", "manager", building.retire),
    Screen(
        "POST /manage/courses/<public_id>/retire", "manager", building.retired_without_reason, 422
    ),
    Screen(DRAFT + "/edit", "manager", building.edit),
    Screen("POST /manage/courses/<public_id>/edit", "manager", building.wrong_edit, 422),
    Screen("POST /manage/courses/<public_id>/edit", "manager", building.overtaken, 409),
    Screen("POST /manage/courses/<public_id>/mapping", "manager", building.wrong_mapping, 422),
    Screen(DRAFT + "/assessments/new", "manager", building.assessment),
    Screen(
        "POST /manage/courses/<public_id>/assessments/new",
        "manager",
        building.wrong_assessment,
        422,
    ),
    Screen(
        "POST /manage/courses/<public_id>/assessments/new",
        "manager",
        building.code_taken,
        422,
        "code taken",
    ),
    Screen("GET " + CRITERIA, "manager", building.criterion),
    Screen("POST " + CRITERIA, "manager", building.wrong_criterion, 422),
    Screen("GET /courses/<public_id>", "manager", at("/", COURSE), note="may edit"),
    Screen("GET /offerings/<public_id>", "manager", of_offering("PKK204-2", "/offerings/{}")),
    Screen(
        "GET /offerings/<public_id>/close",
        "manager",
        of_offering("PKK204-2", "/offerings/{}/close"),
    ),
    Screen(
        DRAFT + "/offerings/new", "manager", at("/", COURSE, r"/manage/courses/.*/offerings/new")
    ),
    Screen(
        "POST /manage/courses/<public_id>/offerings/new",
        "manager",
        entering.empty("/", COURSE, r"/manage/courses/.*/offerings/new"),
        422,
    ),
    Screen("GET /standards/import", "manager", at("/standards/import")),
    Screen("POST /standards/import", "manager", entering.empty("/standards/import"), 422),
    Screen("GET /standards/import/<public_id>", "manager", building.faulty, note="faults"),
    Screen("GET /standards/import/<public_id>", "manager", building.ready, note="ready"),
    Screen("GET /standards/<public_id>", "manager", building.imported, note="imported"),
    Screen("GET /standards/import/<public_id>", "manager", building.done, note="done"),
]
OF_OTHERS = [
    Screen("GET /desk", "registrar", at("/desk")),
    Screen(
        "GET /certificates/offerings/<public_id>",
        "registrar",
        of_offering("PKK204-1", "/certificates/offerings/{}"),
        note="issued and one without",
    ),
    Screen(
        "GET /certificates/offerings/<public_id>",
        "registrar",
        of_offering("PKK204-2", "/certificates/offerings/{}"),
        note="nobody is due one",
    ),
    Screen(
        "GET /certificates/offerings/<public_id>",
        "registrar",
        of_offering("KES320-2", "/certificates/offerings/{}"),
        note="nobody there",
    ),
    Screen(
        "GET /certificates/offerings/<public_id>/batch",
        "registrar",
        of_offering("PKK204-2", "/certificates/offerings/{}/batch"),
        note="nobody is due",
    ),
    Screen("GET /batches/<public_id>", "registrar", batch, note="done"),
    *awarding.SCREENS,
    Screen("GET /designs/", "registrar", at("/designs/")),
    Screen(
        "GET /designs/<public_id>", "registrar", at("/designs/", DESIGN), note="drawn by oneself"
    ),
    Screen("GET /designs/<public_id>", "registrar2", at("/designs/", DESIGN), note="to publish"),
    Screen("GET /certificates/", "registrar", at("/certificates/")),
    Screen("GET /certificates/<public_id>", "registrar", at("/certificates/", CERTIFICATE)),
    Screen("GET /certificates/places/<public_id>/hold", "registrar", holding.page),
    Screen("POST /certificates/places/<public_id>/hold", "registrar", holding.reasonless, 422),
    Screen(
        "GET /certificates/places/<public_id>/hold", "registrar", holding.held, note="held back"
    ),
    Screen("GET /certificates/holds/<public_id>/release", "registrar", holding.release),
    Screen("POST /certificates/holds/<public_id>/release", "registrar", holding.wordless, 422),
    Screen("GET /withdrawals/", "registrar", at("/withdrawals/")),
    Screen("GET /withdrawals/<public_id>", "registrar", at("/withdrawals/", WITHDRAWAL)),
    Screen("GET /desk", "registrar2", at("/desk"), note="asked to decide"),
    Screen(
        "GET /withdrawals/<public_id>",
        "registrar2",
        at("/withdrawals/", WITHDRAWAL),
        note="to decide",
    ),
    Screen("POST /withdrawals/<public_id>/decision", "registrar2", withdrawing.undecided, 422),
    Screen("GET /certificates/<public_id>/suspend", "registrar", withdrawing.of_newest("/suspend")),
    Screen(
        "POST /certificates/<public_id>/suspend",
        "registrar",
        withdrawing.sent_empty("/suspend"),
        422,
    ),
    Screen("GET /certificates/<public_id>/revoke", "registrar", withdrawing.of_newest("/revoke")),
    Screen(
        "POST /certificates/<public_id>/revoke", "registrar", withdrawing.sent_empty("/revoke"), 422
    ),
    Screen("GET /certificates/<public_id>/correct", "registrar", withdrawing.of_newest("/correct")),
    Screen(
        "POST /certificates/<public_id>/correct",
        "registrar",
        withdrawing.sent_empty("/correct"),
        422,
    ),
    Screen(
        "GET /certificates/<public_id>/reinstate", "registrar", withdrawing.of_newest("/reinstate")
    ),
    Screen(
        "POST /certificates/<public_id>/reinstate",
        "registrar",
        withdrawing.sent_empty("/reinstate"),
        422,
    ),
    Screen("GET /desk", "auditor", at("/desk")),
    Screen("GET /certificates/", "auditor", at("/certificates/")),
    Screen("GET /certificates/<public_id>", "auditor", at("/certificates/", CERTIFICATE)),
    Screen(
        "GET /certificates/<public_id>/trace",
        "auditor",
        at("/certificates/", CERTIFICATE, rf"{CERTIFICATE}/trace"),
    ),
    Screen("GET /audit/", "auditor", at("/audit/")),
    Screen("GET /audit/", "admin", at("/audit/?action=assessment.graded"), note="filtered"),
    Screen("GET /audit/", "auditor", at("/audit/?about=nothing"), note="nothing fits"),
    Screen("GET /audit/", "auditor", at("/audit/?action=made-up"), 422),
    Screen("GET /desk", "coordinator", at("/desk")),
    Screen("GET /agency", "coordinator", at("/agency")),
    Screen("GET /approvals", "coordinator", at("/approvals")),
    Screen("GET /desk", "admin", at("/desk")),
    Screen("GET /jobs/", "admin", at("/jobs/")),
    Screen("GET /jobs/", "admin", working.listed, note="long work"),
    Screen("GET /jobs/<public_id>", "admin", working.shown("waiting"), note="waiting"),
    Screen("GET /jobs/<public_id>", "admin", working.shown("running"), note="running"),
    Screen("GET /jobs/<public_id>", "admin", working.shown("done"), note="done"),
    Screen("GET /jobs/<public_id>", "admin", working.shown("failed"), note="failed"),
]
APPLICATION = "/applications/<public_id>"
OF_ADMISSIONS = [
    Screen("GET /programmes/<public_id>", "alone", at("/programmes", PROGRAMME), note="to apply"),
    Screen(f"GET {APPLICATION}", "learner", applying.draft(), note="draft"),
    Screen(f"GET {APPLICATION}", "hazwani", applying.page_of(), note="sent"),
    Screen(f"GET {APPLICATION}", "chen.meiling", applying.page_of(), note="invited"),
    Screen(f"GET {APPLICATION}", "faridah.saidin", applying.page_of(), note="offered"),
    Screen("GET /desk", "faridah.saidin", at("/desk"), note="a place offered"),
    Screen(f"GET {APPLICATION}/qualification", "learner", applying.draft("/qualification")),
    Screen(
        f"POST {APPLICATION}/qualification",
        "learner",
        entering.nothing_said(applying.draft("/qualification")),
        422,
    ),
    Screen(f"GET {APPLICATION}/statement", "learner", applying.draft("/statement")),
    Screen(
        f"POST {APPLICATION}/statement",
        "learner",
        entering.nothing_said(applying.draft("/statement")),
        422,
    ),
    Screen(f"GET {APPLICATION}/documents", "learner", applying.draft("/documents")),
    Screen(
        f"POST {APPLICATION}/documents",
        "learner",
        entering.nothing_said(applying.draft("/documents")),
        422,
    ),
    Screen(f"GET {APPLICATION}/send", "learner", applying.draft("/send")),
    Screen(f"GET {APPLICATION}/interview", "chen.meiling", applying.page_of("/interview")),
    Screen(
        f"POST {APPLICATION}/interview",
        "chen.meiling",
        entering.nothing_said(applying.page_of("/interview")),
        422,
    ),
    Screen("GET /intakes/<public_id>", "manager", applying.intake),
    Screen("GET /intakes/<public_id>", "trainer1", applying.member_desk, note="of a committee"),
    Screen("POST /intakes/<public_id>/slots", "manager", applying.no_time, 422),
    Screen("GET /intakes/<public_id>/edit", "manager", applying.edit),
    Screen("POST /intakes/<public_id>/edit", "manager", applying.wrong_edit, 422),
    Screen("POST /intakes/<public_id>/edit", "manager", applying.overtaken, 409, note="overtaken"),
    Screen("GET /manage/programmes/<public_id>/intakes/new", "manager", applying.new),
    Screen(
        "POST /manage/programmes/<public_id>/intakes/new",
        "manager",
        entering.nothing_said(applying.new),
        422,
    ),
    Screen(f"GET {APPLICATION}/review", "trainer1", applying.review, note="of a committee"),
    Screen(f"GET {APPLICATION}/review", "manager", applying.review),
    Screen(f"POST {APPLICATION}/recommendation", "trainer1", applying.nothing_recommended, 422),
    Screen(f"POST {APPLICATION}/decision", "manager", applying.returned_without_words, 422),
    Screen(
        f"POST {APPLICATION}/interview/call-off",
        "manager",
        applying.called_off_without_words,
        422,
    ),
]
REFUSALS = [
    Screen("POST /sign-in", None, entering.without_token, 400),
    Screen("GET /manage/courses", "aisyah", at("/manage/courses"), 403),
    Screen("", None, at("/nowhere"), 404),
    Screen("", None, at("/sign-out"), 405),
    Screen("POST /offerings/<public_id>/enrol", "amirul", entering.too_late, 409),
    Screen("POST /verify/file", None, entering.too_much, 413),
    Screen(
        "POST /offerings/<public_id>/sessions/<session_id>", "trainer1", entering.wrong_roll, 422
    ),
]
SCREENS = [
    *OPEN_TO_ALL,
    *SCREENS_OF_PEOPLE,
    *SCREENS_OF_EMPLOYERS,
    *VERIFICATION,
    *OF_TRAINEES,
    *OF_COORDINATORS,
    *OF_DEMAND,
    *OF_TIMETABLES,
    *OF_NOTICES,
    *OF_SHEETS,
    *OF_SEATS,
    *OF_TRAINERS,
    *OF_MANAGERS,
    *OF_OTHERS,
    *stopping.SCREENS,
    *OF_ADMISSIONS,
    *REFUSALS,
]
