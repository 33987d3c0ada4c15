"""Who is due a certificate, and which verdict a check gives."""

from datetime import date

import pytest

from lms.certificates.rules import Due, Outcome, Standing, is_due, verdict

FIRST, LAST = date(2026, 12, 18), date(2029, 12, 17)
BEFORE, AFTER = date(2026, 12, 17), date(2029, 12, 18)
NONE: frozenset[int] = frozenset()


def test_the_verdicts_stand_in_the_order_of_their_precedence() -> None:
    assert [outcome.value for outcome in Outcome] == [
        "unknown",
        "tampered",
        "cannot_check",
        "revoked",
        "superseded",
        "suspended",
        "not_yet_valid",
        "expired",
        "valid",
    ]


@pytest.mark.parametrize("today", [BEFORE, FIRST, LAST, AFTER])
@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("revoked", Outcome.REVOKED),
        ("superseded", Outcome.SUPERSEDED),
        ("suspended", Outcome.SUSPENDED),
        ("", Outcome.CANNOT_CHECK),
        ("Issued", Outcome.CANNOT_CHECK),
        ("draft", Outcome.CANNOT_CHECK),
    ],
)
def test_a_state_goes_before_the_dates(state: str, expected: Outcome, today: date) -> None:
    assert verdict(state, FIRST, LAST, today) is expected
    assert verdict(state, FIRST, None, today) is expected


@pytest.mark.parametrize(
    ("today", "until", "expected"),
    [
        (BEFORE, LAST, Outcome.NOT_YET_VALID),
        (FIRST, LAST, Outcome.VALID),
        (LAST, LAST, Outcome.VALID),
        (AFTER, LAST, Outcome.EXPIRED),
        (BEFORE, None, Outcome.NOT_YET_VALID),
        (FIRST, None, Outcome.VALID),
        (date.max, None, Outcome.VALID),
        (FIRST, FIRST, Outcome.VALID),
        (BEFORE, FIRST, Outcome.NOT_YET_VALID),
        (date(2026, 12, 19), FIRST, Outcome.EXPIRED),
    ],
)
def test_both_ends_of_the_validity_count(today: date, until: date | None, expected: str) -> None:
    assert verdict("issued", FIRST, until, today) is expected


def test_before_its_beginning_nothing_has_expired() -> None:
    """Dates in the wrong order cannot be stored; were they, the beginning would decide."""
    assert verdict("issued", LAST, FIRST, date(2028, 1, 1)) is Outcome.NOT_YET_VALID


def standing(
    kind: str,
    *,
    confirmed: bool = True,
    attendance: bool = True,
    results: bool = True,
    required: frozenset[int] = frozenset({7}),
    assessed: frozenset[int] = NONE,
    attained: frozenset[int] = NONE,
    survey: bool | None = None,
) -> Standing:
    passed = required if results else NONE
    return Standing(
        kind, confirmed, attendance, required, passed, assessed, attained, survey_returned=survey
    )


TWO, ONE, MORE = frozenset({1, 2}), frozenset({1}), frozenset({1, 2, 3})


@pytest.mark.parametrize(
    ("shown", "reasons"),
    [
        (standing("attendance"), ()),
        (standing("attendance", results=False, required=NONE, assessed=TWO), ()),
        (standing("attendance", results=False), ("results-missing",)),
        (standing("attendance", survey=True), ()),
        (standing("attendance", survey=False), ("survey-missing",)),
        (standing("attendance", attendance=False), ("attendance-short",)),
        (standing("attendance", confirmed=False), ("not-confirmed",)),
        (standing("completion"), ()),
        (standing("completion", assessed=TWO), ()),
        (standing("completion", results=False), ("results-missing",)),
        (
            standing("completion", attendance=False, results=False),
            ("attendance-short", "results-missing"),
        ),
        (standing("competence", assessed=TWO, attained=TWO), ()),
        (standing("competence", assessed=TWO, attained=MORE), ()),
        (standing("competence", assessed=TWO, attained=TWO, required=NONE), ()),
        (standing("competence", assessed=TWO, attained=TWO, results=False), ("results-missing",)),
        (standing("competence", assessed=TWO, attained=ONE), ("competency-missing",)),
        (standing("competence", assessed=TWO), ("competency-missing",)),
        (standing("competence", assessed=ONE, attained=frozenset({2})), ("competency-missing",)),
        (standing("competence"), ("competency-missing",)),
        (standing("competence", attained=TWO), ("competency-missing",)),
        (
            standing("competence", assessed=TWO, attained=TWO, attendance=False),
            ("attendance-short",),
        ),
        (
            standing("competence", confirmed=False, attendance=False, assessed=TWO),
            ("not-confirmed", "attendance-short", "competency-missing"),
        ),
    ],
)
def test_who_is_due(shown: Standing, reasons: tuple[str, ...]) -> None:
    assert is_due(shown) == Due(not reasons, reasons)
