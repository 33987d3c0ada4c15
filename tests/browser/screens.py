"""Every screen there is, by the route that shows it and the person who sees it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser import accounts, building, entering, people
from tests.browser.visiting import ID, Visitor

Show = Callable[[Visitor], None]

# Routes that answer with no page of ours: files, and what programs read.
NO_SCREENS = {
    "GET /.well-known/did.json",
    "GET /audit/entries.csv",
    "GET /certificates/<public_id>/credential",
    "GET /certificates/<public_id>/file",
    "GET /fonts/<name>.woff2",
    "GET /healthz",
    "GET /jobs/<public_id>",  # a page of ours, but no feature begins long work yet
    "GET /jobs/<public_id>/events",
    "GET /invitation/<token>",
    "GET /invitations.csv",
    "GET /metrics",
    "GET /readyz",
    "GET /reset/<token>",
    "GET /root.pem",
    "GET /standards/<public_id>.case.json",
    "GET /standards/<public_id>.csv",
    "GET /status/revocation/1",
    "GET /submissions/<public_id>/files/<artefact_id>",
}


@dataclass(frozen=True)
class Screen:
    """A screen: ``route`` as in the access matrix, empty when no route answers there."""

    route: str
    who: str | None
    show: Show
    status: int = 200
    note: str = ""

    @property
    def title(self) -> str:
        """A name for reports."""
        words = (self.who or "nobody", self.route or str(self.status), self.note)
        return " ".join(word for word in words if word)


def at(start: str, *links: str) -> Show:
    """The page at the end of these links."""

    def show(visitor: Visitor) -> None:
        visitor.page.goto(visitor.address(start, *links))

    return show


def of_offering(code: str, pattern: str, *links: str) -> Show:
    """A page of the offering with this code."""

    def show(visitor: Visitor) -> None:
        start = pattern.format(entering.offering(visitor, code))
        visitor.page.goto(visitor.address(start, *links))

    return show


def upper_case(visitor: Visitor) -> None:
    """The address as the QR code has it: all capitals, which makes the code smaller."""
    address = entering.checked_at(visitor)
    visitor.page.goto(address.replace("/v/", "/V/"))


COURSE = rf"/courses/{ID}"
CERTIFICATE = rf"/certificates/{ID}"
PLACE = rf"</places/{ID}"  # the oldest, which is over and certified
WORK = rf"/submissions/{ID}"
SECOND_FACTOR = "POST /account/second-factor"
DRAFT = "GET /manage/courses/<public_id>"
CRITERIA = "/manage/courses/<public_id>/assessments/<assessment_id>/criteria/new"

OPEN_TO_ALL = [
    Screen("GET /", None, at("/")),
    Screen("GET /", None, at("/?kind=event"), note="filtered"),
    Screen("GET /", None, at("/?kind=event&mode=online"), note="nothing found"),
    Screen("GET /courses/<public_id>", None, at("/", COURSE)),
    Screen("GET /courses/<public_id>", None, at("/?kind=event", COURSE), note="event"),
    Screen("GET /programmes", None, at("/programmes")),
    Screen("GET /standards/", None, at("/standards/")),
    Screen("GET /standards/<public_id>", None, at("/standards/", rf"/standards/{ID}")),
    Screen("GET /sign-in", None, at("/sign-in")),
    Screen("GET /sign-in", None, at("/desk"), note="asked to"),
    Screen("POST /sign-in", None, entering.wrong_password, 422),
    Screen("GET /", None, accounts.signed_out, note="signed out"),
]
OF_ACCOUNTS = [
    Screen("GET /account", "aisyah", at("/account")),
    Screen("GET /account/password", "aisyah", at("/account/password")),
    Screen("POST /account/password", "aisyah", entering.empty("/account/password"), 422),
    Screen("POST /language", None, accounts.ended, 401),
    Screen("GET /account/second-factor", "aisyah", at("/account/second-factor")),
    Screen(SECOND_FACTOR, "aisyah", entering.empty("/account/second-factor"), 422),
    Screen(SECOND_FACTOR, "coded", accounts.codes_shown),
    Screen("GET /account", "coded", at("/account"), note="with a second factor"),
    Screen("GET /account/second-factor/remove", "aisyah", at("/account/second-factor/remove")),
    Screen("GET /sign-in/code", None, accounts.code_asked),
    Screen("POST /sign-in/code", None, accounts.wrong_code, 422),
    Screen("GET /forgotten", None, at("/forgotten")),
    Screen("POST /forgotten", None, entering.empty("/forgotten"), 422),
    Screen("POST /forgotten", None, accounts.link_sent),
    Screen("GET /mail", None, at("/mail")),
    Screen("GET /reset", None, accounts.link_opened),
    Screen("GET /reset", None, at("/reset/spent"), 410),
]
PERSON = rf"/people/{ID}"
OF_ADMINISTRATORS = [
    Screen("GET /people", "admin", at("/people")),
    Screen("GET /people", "admin", at("/people?q=nobody-of-that-name"), note="nobody fits"),
    Screen("GET /people/<public_id>", "admin", at("/people?q=trainer1", PERSON)),
    Screen("POST /people/<public_id>", "admin", people.role_held_already, 422),
    Screen(
        "GET /people/<public_id>/roles/<role>/<organisation_id>/end",
        "admin",
        at("/people?q=trainer1", PERSON, rf"{PERSON}/roles/trainer/{ID}/end"),
    ),
    Screen("GET /people/proposals/<public_id>", "admin", people.proposed, note="own"),
    Screen("GET /people/proposals/<public_id>", "admin2", people.to_confirm),
    Screen("GET /desk", "admin2", people.desk_of_second, note="roles to confirm"),
]
OF_INVITATIONS = [
    Screen("GET /invitations", "coordinator2", at("/invitations"), note="none yet"),
    Screen("GET /invitations", "coordinator", people.invited),
    Screen("GET /members", "coordinator", at("/members")),
    Screen("GET /members/<public_id>/end", "coordinator", at("/members", rf"/members/{ID}/end")),
    Screen("GET /account/leave", "coordinator", at("/account/leave")),
    Screen("GET /account", "alone", people.left, note="of no organisation"),
    Screen("GET /invitations/new", "coordinator", at("/invitations/new")),
    Screen("POST /invitations/new", "coordinator", entering.empty("/invitations/new"), 422),
    Screen("GET /invitations/file", "coordinator", at("/invitations/file")),
    Screen("POST /invitations/file", "coordinator", entering.empty("/invitations/file"), 422),
    Screen("POST /invitations/file", "coordinator", people.faulty_file, 422, "faults"),
    Screen("POST /invitations/file", "coordinator", people.good_file, note="ready"),
    Screen("GET /invitation", None, people.link_opened),
    Screen("POST /invitation", None, people.nothing_entered, 422),
    Screen("GET /invitation", None, at("/invitation/spent"), 410),
    Screen("GET /invitation", "aisyah", people.link_of_another, 409),
    Screen("GET /account/invitations/<public_id>", "invited", people.asked_to_join),
    Screen("GET /desk", "invited", people.desk_of_invited, note="invited"),
]
OF_NUMBERS = [
    Screen("GET /account/identity", "coordinator2", at("/account/identity")),
    Screen("POST /account/identity", "coordinator2", entering.empty("/account/identity"), 422),
    Screen("GET /account/identity", "numbered", people.number_kept, note="kept"),
    Screen("GET /account", "numbered", people.account_with_number, note="with a number"),
    Screen("GET /identity", "registrar", at("/identity")),
    Screen("POST /identity", "registrar", people.number_unknown, 422),
    Screen("GET /identity/<public_id>", "registrar", people.number_found),
    Screen("POST /identity/<public_id>", "registrar", people.number_shown),
    Screen("GET /identity/<public_id>/erase", "admin", people.number_to_erase),
]
MERGE = "GET /people/<public_id>/merge"
OF_MERGES = [
    Screen(MERGE, "admin", people.merge_begun),
    Screen("POST /people/<public_id>/merge", "admin", people.merge_unknown, 422),
    Screen(MERGE + "/<other_id>", "admin", people.merge_possible),
    Screen(MERGE + "/<other_id>", "admin", people.merge_impossible, note="in the way"),
    Screen("GET /people/<public_id>/part", "admin", people.merge_to_undo),
    Screen("GET /people/<public_id>", "admin", people.closed_account, note="merged"),
]
VERIFICATION = [
    Screen("GET /verify", None, at("/verify")),
    Screen("POST /verify", None, entering.no_code, 422, "nothing typed"),
    Screen("POST /verify", None, entering.wrong_code, 404, "unknown"),
    Screen("POST /verify/file", None, entering.no_file, 422),
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
    Screen("GET /places/<public_id>", "aisyah", at("/my-training", PLACE)),
    Screen("GET /places/<public_id>", "second", entering.waiting, note="in the queue"),
    Screen("GET /places/<public_id>", "learner", entering.seated, note="just enrolled"),
    Screen("GET /places/<public_id>/withdraw", "aisyah", at("/my-training", PLACE, "+/withdraw")),
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
    Screen(
        "GET /offerings/<public_id>/enrol",
        "amirul",
        at("/?kind=event", COURSE, rf"/offerings/{ID}/enrol"),
    ),
    Screen("GET /offerings/<public_id>/enrol", "amirul", entering.full, note="full"),
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
    Screen("POST /manage/courses/new", "manager", entering.empty("/manage/courses/new"), 422),
    Screen(DRAFT, "manager", building.new_draft, note="new"),
    Screen(DRAFT, "manager", building.draft, note="with everything"),
    Screen(DRAFT, "manager", building.unfit, note="not fit to be published"),
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
    Screen("GET /desk", "admin", at("/desk")),
    Screen("GET /jobs/", "admin", at("/jobs/")),
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
    *OF_ACCOUNTS,
    *OF_ADMINISTRATORS,
    *OF_INVITATIONS,
    *OF_NUMBERS,
    *OF_MERGES,
    *VERIFICATION,
    *OF_TRAINEES,
    *OF_TRAINERS,
    *OF_MANAGERS,
    *OF_OTHERS,
    *REFUSALS,
]
