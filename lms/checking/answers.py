"""The answer to a check for programs: one value, the same over HTTP and on the command line."""

from lms.checking.verification import Check, name_matches
from lms.printing.content import CertificateContent
from lms.web.messages import sentence


def plain(check: Check, *, typed: str = "") -> dict[str, object]:
    """The check as JSON values.

    ``axes`` say what was looked at, each by itself; ``name_matches`` whether the name that the
    caller typed is the certified one, null when none was typed. The name itself is never in it.
    """
    facts = check.facts
    return {
        "verdict": check.outcome.value,
        "reason": check.reason,
        "explanation": sentence(check.reason),
        "notice": sentence(check.notice) if check.notice else None,
        "checked_at": check.checked_at.isoformat(timespec="seconds"),
        "axes": dict(vars(check.axes)),
        "name_matches": name_matches(facts, typed) if facts and typed else None,
        **(_certified(facts) if facts else dict.fromkeys(_NAMES)),
    }


_NAMES = (
    "serial",
    "kind",
    "award",
    "issuer",
    "course",
    "issued",
    "valid_until",
    "framework",
    "competencies",
    "level",
    "credits",
    "earned",
    "courses",
)


def _certified(facts: CertificateContent) -> dict[str, object]:
    values = (
        facts.serial,
        facts.kind,
        facts.award_title,
        facts.issuer_name,
        facts.course_code,
        facts.valid_from.isoformat(),
        facts.valid_until.isoformat() if facts.valid_until else None,
        facts.framework or None,
        [{"code": one.code, "level": one.level, "uri": one.uri} for one in facts.claims],
        facts.level,
        str(facts.credits) if facts.leads_to else None,
        str(facts.earned) if facts.leads_to else None,
        [one.to_json() for one in facts.courses],
    )
    return dict(zip(_NAMES, values, strict=True))
