"""Whether a document has the closed shape of the credentials we issue.

Asked before a stranger's document is canonicalised: a few kilobytes of blank nodes that point at
each other keep that busy for hours. Ours have no blank node named, one context, and few members.
"""

from lms.certificates.credential import CONTEXT

_LONGEST, _MOST = 4000, 250
_PROFILE = frozenset(("id", "type", "name", "url"))
_NODES = {
    "": frozenset(
        (
            "@context",
            "id",
            "type",
            "issuer",
            "name",
            "validFrom",
            "validUntil",
            "awardedDate",
            "credentialSubject",
            "evidence",
            "credentialStatus",
            "proof",
        )
    ),
    "issuer": _PROFILE,
    "credentialSubject": frozenset(("type", "identifier", "licenseNumber", "achievement")),
    "identifier": frozenset(("type", "hashed", "identityHash", "identityType", "salt")),
    "achievement": frozenset(
        (
            "id",
            "type",
            "achievementType",
            "creator",
            "criteria",
            "description",
            "humanCode",
            "inLanguage",
            "name",
            "alignment",
        )
    ),
    "creator": _PROFILE,
    "criteria": frozenset(("narrative",)),
    "alignment": frozenset(
        (
            "type",
            "targetCode",
            "targetDescription",
            "targetName",
            "targetType",
            "targetUrl",
            "targetFramework",
        )
    ),
    "evidence": frozenset(("id", "type", "name")),
    "credentialStatus": frozenset(
        ("id", "type", "statusPurpose", "statusListIndex", "statusListCredential")
    ),
    "proof": frozenset(
        ("type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue")
    ),
}


def is_ours(document: object) -> bool:
    """Whether a document could be one of ours, by its members alone."""
    return (
        isinstance(document, dict)
        and document.get("@context") == CONTEXT
        and _node("", {name: value for name, value in document.items() if name != "@context"})
    )


def _node(name: str, value: object) -> bool:
    if isinstance(value, list):
        return len(value) <= _MOST and all(_node(name, each) for each in value)
    if isinstance(value, dict):
        allowed = _NODES.get(name)
        if allowed is None or not value.keys() <= allowed:
            return False
        return all(_node(inner, each) for inner, each in value.items())
    return _leaf(name, value)


def _leaf(name: str, value: object) -> bool:
    if name == "hashed":
        return value is True
    return (
        name != ""
        and name not in _NODES
        and isinstance(value, str)
        and len(value) <= _LONGEST
        and not value.startswith("_:")
    )
