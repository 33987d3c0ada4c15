"""A check without us: the file and a trust bundle, no database, no network, no configuration.

The same rule as on the page: our signature over every byte first, then the credential in it, then
the log's receipt; what the bundle cannot say is "cannot check", never "valid".
"""

import hashlib
import tempfile
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from lms.certificates import proof, rules, status_list
from lms.certificates.credential import identity_hash
from lms.certificates.rules import Axes, File, Outcome, Period
from lms.certificates.states import ENTRIES
from lms.checking import apart
from lms.checking.attachment import AttachmentError, read_attachment
from lms.checking.bundle import Bundle
from lms.printing.content import RECEIPT
from lms.transparency import service as transparency

WITHDRAWN = "withdrawn"  # the list does not say whether revoked or replaced

WORDS = {
    "valid": "Genuine and valid, as far as the bundle of {as_of} knows.",
    "expired": "Genuine, but its validity has ended.",
    "not-yet-valid": "Genuine, but its validity has not begun.",
    "withdrawn": "Genuine, but revoked or replaced.",
    "list-too-old": "Genuine, but the list of what was withdrawn is too old. Get a new bundle.",
    "list-unsound": "The list in the bundle is not signed by the issuer. Get the bundle anew.",
    "too-slow": "The file could not be read in time.",
    "not-ours": "Not a certificate of this issuer.",
    "distrusted": "Signed with a key that is no longer trusted. Ask the holder for the new file.",
    "altered": "Altered after it was signed, or signed by somebody else in our name.",
    "credential-unsound": "The credential in it is not one that this issuer signed.",
    "receipt-unsound": "The receipt of the public log in it does not hold.",
}


@dataclass(frozen=True)
class Answer:
    """The verdict, why (a code of WORDS), what was looked at, and what the credential says."""

    outcome: Outcome
    why: str
    as_of: str
    axes: Axes
    log: str = "not_checked"
    credential: dict[str, Any] | None = None
    name_matches: bool | None = None

    @property
    def words(self) -> str:
        """The verdict as a sentence."""
        return WORDS[self.why].format(as_of=self.as_of)

    def plain(self) -> dict[str, object]:
        """As JSON values."""
        said = self.credential or {}
        subject = said.get("credentialSubject", {})
        achievement = subject.get("achievement", {})
        return {
            "verdict": self.outcome.value,
            "reason": self.why,
            "explanation": self.words,
            "as_of": self.as_of,
            "axes": {**asdict(self.axes), "log": self.log},
            "name_matches": self.name_matches,
            "serial": subject.get("licenseNumber"),
            "award": achievement.get("name"),
            "issuer": said.get("issuer", {}).get("name"),
            "valid_from": said.get("validFrom"),
            "valid_until": said.get("validUntil"),
            "competencies": [one["targetCode"] for one in achievement.get("alignment", [])],
        }


def check(pdf: bytes, bundle: Bundle, *, now: datetime, name: str = "") -> Answer:
    """Check a file; ``name`` is compared with the salted hash in the credential."""
    seen = _inspected(pdf, bundle, now)
    refusal = _refusal(seen, bundle)
    if refusal is not None or seen.credential is None:
        return refusal or _refused("altered", bundle)
    log = _log(pdf, seen.credential, bundle)
    if log == "bad":
        return replace(_refused("receipt-unsound", bundle), log=log)
    answer = _judged(seen.credential, bundle, now)
    matches = _matches(seen.credential, name) if name else None
    return replace(
        answer, as_of=bundle.as_of, log=log, credential=seen.credential, name_matches=matches
    )


def _refusal(seen: apart.Inspection, bundle: Bundle) -> Answer | None:
    """Why the file is not genuine; None when signature and credential are the issuer's."""
    if seen.problem in _BY_PROBLEM:
        return _refused(_BY_PROBLEM[seen.problem], bundle)
    if seen.signature in {"none", "foreign"}:
        return _refused("not-ours", bundle)
    if seen.signature != "ok" or seen.credential is None:
        return _refused("altered", bundle)
    if _method(seen.credential) in bundle.distrusted.keys:
        return _refused("distrusted", bundle)
    return None if _is_signed(seen.credential, bundle) else _refused("credential-unsound", bundle)


_BY_PROBLEM = {"too-slow": "too-slow", apart.DISTRUSTED: "distrusted"}
_OUTCOMES = {
    "too-slow": (Outcome.CANNOT_CHECK, File.NOT_GIVEN),
    "not-ours": (Outcome.UNKNOWN, File.FOREIGN),
    "distrusted": (Outcome.UNKNOWN, File.FOREIGN),
}


def _refused(why: str, bundle: Bundle) -> Answer:
    outcome, file = _OUTCOMES.get(why, (Outcome.TAMPERED, File.ALTERED))
    return Answer(outcome, why, bundle.as_of, rules.axes(file))


def _inspected(pdf: bytes, bundle: Bundle, now: datetime) -> apart.Inspection:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root.pem"
        root.write_bytes(bundle.root.public_bytes(Encoding.PEM))
        return apart.inspect_apart(pdf, [root], now=now, refused=bundle.distrusted.signers)


def _is_signed(document: dict[str, Any], bundle: Bundle) -> bool:
    issuer = document.get("issuer")
    is_ours = isinstance(issuer, dict) and issuer.get("id") == bundle.did.get("id")
    return is_ours and _proved(document, bundle)


def _method(document: dict[str, Any]) -> str:
    """The key that a proof names; empty when it names none."""
    try:
        return str(document["proof"][0]["verificationMethod"])
    except (KeyError, IndexError, TypeError):
        return ""


def _proved(document: dict[str, Any], bundle: Bundle) -> bool:
    key = bundle.key(_method(document))
    return key is not None and proof.verify(document, key)


def _log(pdf: bytes, document: dict[str, Any], bundle: Bundle) -> str:
    """Whether the receipt holds; files issued before there was a log have none."""
    try:
        receipt = transparency.Receipt.read(read_attachment(pdf, RECEIPT))
    except AttachmentError as error:
        return "not_checked" if error.code == "no-credential" else "bad"
    except Exception:  # noqa: BLE001  # as with any attachment
        return "bad"
    digest = hashlib.sha256(proof.canonical_bytes(document)).hexdigest()
    entry = receipt.entry
    speaks_of_it = entry.get("sha256") == digest and entry.get("type") in ENTRIES
    return "ok" if speaks_of_it and transparency.holds(receipt, bundle.log) else "bad"


def _judged(document: dict[str, Any], bundle: Bundle, now: datetime) -> Answer:
    period = _period(document, now)
    status, why = _status(document, bundle, now)
    axes = Axes("ok", period.value, status, "known", File.GENUINE.value)
    if status == "not_checked":
        return Answer(Outcome.CANNOT_CHECK, why, "", axes)
    if status == WITHDRAWN:
        return Answer(Outcome.REVOKED, "withdrawn", "", axes)
    outcome, why = {
        Period.NOT_BEGUN: (Outcome.NOT_YET_VALID, "not-yet-valid"),
        Period.ENDED: (Outcome.EXPIRED, "expired"),
    }.get(period, (Outcome.VALID, "valid"))
    return Answer(outcome, why, "", axes)


def _period(document: dict[str, Any], now: datetime) -> Period:
    if now < datetime.fromisoformat(document["validFrom"]):
        return Period.NOT_BEGUN
    until = document.get("validUntil")
    if until is not None and now > datetime.fromisoformat(until):
        return Period.ENDED
    return Period.CURRENT


def _status(document: dict[str, Any], bundle: Bundle, now: datetime) -> tuple[str, str]:
    """What the list that the credential names says, and why it says nothing."""
    entry = document["credentialStatus"]
    listed = bundle.listed(entry["statusListCredential"])
    if listed is None or not _list_is_sound(listed, bundle):
        return "not_checked", "list-unsound"
    if now > datetime.fromisoformat(listed["validUntil"]):
        return "not_checked", "list-too-old"
    index = int(entry["statusListIndex"])
    if status_list.is_set(listed["credentialSubject"]["encodedList"], index):
        return WITHDRAWN, ""
    return "in_force", ""


def _list_is_sound(listed: dict[str, Any], bundle: Bundle) -> bool:
    return listed.get("issuer") == bundle.did.get("id") and _proved(listed, bundle)


def _matches(document: dict[str, Any], name: str) -> bool:
    identity = document["credentialSubject"]["identifier"][0]
    return bool(identity_hash(name, identity["salt"]) == identity["identityHash"])
