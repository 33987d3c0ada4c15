"""The screens of accounts and of those who look after them."""

from tests.browser import accounts, entering, people
from tests.browser.declaring import Screen, at
from tests.browser.visiting import ID

SECOND_FACTOR = "POST /account/second-factor"
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
    Screen("GET /account/passkeys/new", "aisyah", at("/account/passkeys/new")),
    Screen("POST /account/passkeys/new", "aisyah", accounts.no_passkey, 422),
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
    Screen(
        "GET /members/<public_id>/service", "coordinator", at("/members", rf"/members/{ID}/service")
    ),
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

SCREENS_OF_PEOPLE = [
    *OF_ACCOUNTS,
    *OF_ADMINISTRATORS,
    *OF_INVITATIONS,
    *OF_NUMBERS,
    *OF_MERGES,
]
