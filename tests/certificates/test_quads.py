"""The quads written from the table are those of JSON-LD, byte by byte, or none at all."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.certificates import contexts, credential, proof, quads, status_list
from lms.certificates.keys import KeyRing, multibase
from lms.printing.content import (
    AWARDS,
    LANGUAGES,
    OF_PROGRAMMES,
    RESULTS,
    CertificateContent,
    ClaimContent,
    CourseContent,
    Kind,
)
from lms.printing.specimens import specimen

pytestmark = pytest.mark.once

NOW = datetime(2026, 12, 18, 2, 30, tzinfo=UTC)
LIST = "https://sijil.example/status/revocation/1"
LATEST = date(2190, 1, 1)
CLAIMING = ("competence", "completion")
CONTROLS = "".join(map(chr, (*range(32), 127)))
texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=CONTROLS), max_size=30
) | st.sampled_from(['"', "\\", '\\"', "\\n", "@id", "_:b0", "https://a.example/", "𐐷\uffff", ""])
words = st.fixed_dictionaries(dict.fromkeys(LANGUAGES, texts))
amounts = st.decimals(0, 9999, places=2)
claims = st.builds(
    ClaimContent,
    code=texts,
    statement=words,
    level=st.integers(0, 9),
    level_label=words,
    uri=st.uuids().map(lambda each: f"https://sijil.example/CFItems/{each}"),
)


courses = st.builds(
    CourseContent,
    code=texts,
    title=words,
    credits=amounts,
    minutes=st.integers(0, 9999),
    completed_on=st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    result=st.sampled_from(RESULTS),
)


def of_programmes(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    transcript = kind == "transcript"
    return st.fixed_dictionaries(
        {
            "leads_to": st.sampled_from(AWARDS),
            "level": st.none() | st.integers(1, 8),
            "credits": amounts,
            "earned": amounts,
            "courses": st.lists(courses, min_size=1, max_size=5).map(tuple)
            if transcript
            else st.just(()),
            "interim": st.booleans() if transcript else st.just(False),  # a value
        }
    )


@st.composite
def contents(draw: st.DrawFn) -> CertificateContent:
    kind = draw(st.sampled_from(get_args(Kind)))
    first = draw(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
    code = draw(st.text("0123456789ABCDEF", min_size=1, max_size=27))
    zone = timezone(timedelta(minutes=draw(st.integers(-12 * 60, 14 * 60))))
    return CertificateContent(
        serial=draw(texts),
        code=code,
        kind=kind,
        language=draw(st.sampled_from(LANGUAGES)),
        holder_name=draw(texts),
        issuer_name=draw(texts),
        issuer_parent="",
        issuer_url=draw(
            st.sampled_from(["https://sijil.example", "https://sijil.example:8443/a/"])
        ),
        award_title=draw(words),
        course_code=draw(texts),
        minutes=draw(st.integers(0, 9999)),
        starts_on=first,
        ends_on=first + timedelta(days=draw(st.integers(0, 400))),
        venue=draw(texts),
        cpd=draw(st.decimals(0, 99, places=1)),
        framework=draw(texts),
        claims=tuple(draw(st.lists(claims, max_size=12))) if kind in CLAIMING else (),
        issued_at=datetime(first.year, first.month, first.day, 9, tzinfo=zone),
        valid_from=first,
        valid_until=draw(st.none() | st.dates(first, LATEST)),
        signatories=(),
        verify_url=f"HTTPS://SIJIL.EXAMPLE/V/{code}",
        **(draw(of_programmes(kind)) if kind in OF_PROGRAMMES else {}),
    )


def built(content: CertificateContent, index: int = 7, salt: bytes = bytes(16)) -> dict[str, Any]:
    return credential.build(
        content,
        did="did:web:sijil.example%3A5000",
        status_url=LIST,
        status_index=index,
        credential_id="https://sijil.example/credentials/1",
        salt=salt,
    )


@given(contents(), st.integers(0, 131071), st.binary(min_size=16, max_size=16))
@settings(max_examples=60, deadline=None)
def test_credentials(content: CertificateContent, index: int, salt: bytes) -> None:
    document = built(content, index, salt)
    aligned = document["credentialSubject"]["achievement"].get("alignment", [])
    if any(each in aligned[:place] for place, each in enumerate(aligned)):
        with pytest.raises(quads.Alike):
            quads.canonical(document)
    else:
        assert quads.canonical(document) == proof.general_quads(document)


@pytest.fixture
def transcript() -> dict[str, Any]:
    return built(specimen("transcript", language="en", issuer="I", host="sijil.example"))


@given(st.integers(0, 9999) | st.decimals(0, 9999, places=2).map(float))
@settings(max_examples=200, deadline=None)
def test_numbers_are_written_as_json_ld_writes_them(number: float) -> None:
    document = built(specimen("award", language="en", issuer="I", host="sijil.example"))
    written = json.loads(json.dumps(number))
    document["credentialSubject"]["creditsEarned"] = written
    if repr(number).endswith(".0"):
        with pytest.raises(quads.Unfit):  # JSON elsewhere takes 30.0 for 30
            quads.canonical(document)
    else:
        assert quads.canonical(document) == proof.general_quads(document)


@pytest.mark.parametrize(
    "strange", [-1, -0.5, 10_000, 1e300, 0.001, 1.005, float("nan"), float("inf"), "30", True, None]
)
def test_other_numbers_are_refused(transcript: dict[str, Any], strange: object) -> None:
    transcript["credentialSubject"]["creditsEarned"] = strange
    with pytest.raises(quads.Unfit):
        quads.canonical(transcript)


_DAYS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001  # made aware


@given(st.sets(st.integers(0, status_list.SIZE - 1), max_size=40), _DAYS)
@settings(max_examples=20, deadline=None)
def test_status_lists(ring: KeyRing, revoked: set[int], at: datetime) -> None:
    at = at.replace(tzinfo=UTC)
    document = status_list.status_credential(ring, url=LIST, revoked=revoked, now=at)
    (options,) = document.pop("proof")
    del options["proofValue"]
    options["@context"] = document["@context"]
    for each in (document, options):
        assert quads.canonical(each) == proof.general_quads(each)


@pytest.mark.parametrize("shown", [credential.CONTEXT, [contexts.CREDENTIALS_V2]])
def test_options_of_proofs(signed: dict[str, Any], shown: list[str]) -> None:
    options = {"@context": shown, **signed["proof"][0]}
    del options["proofValue"]
    assert quads.canonical(options) == proof.general_quads(options)


def _members(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, member in node.items() if isinstance(node, dict) else enumerate(node):
        yield (*path, key)
        if isinstance(member, dict | list):
            yield from _members(member, (*path, key))


def _at(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        document = document[key]
    return document


STRANGE: list[Any] = [
    None, 1, True, False, [], {}, [[]], {"@value": "x"}, {"id": "_:a"}, {"@id": "x:y"}, "_:a",
    "relative", "a\tb", "a\x7fb", "\ud800", ["x"], "did:web:a b", "https://a.example/>", "ü:x",
]  # fmt: skip


def test_nothing_is_dropped(unsigned: dict[str, Any]) -> None:
    """Each place holds something strange in turn: refused, or written as JSON-LD writes it."""
    fitting = 0
    for path in _members(unsigned):
        for strange in STRANGE:
            changed = copy.deepcopy(unsigned)
            _at(changed, path[:-1])[path[-1]] = strange
            try:
                found = quads.canonical(changed)
            except quads.Unfit:
                continue
            assert isinstance(strange, str) or changed == unsigned, path
            assert found == proof.general_quads(changed), path
            fitting += 1
    assert fitting > 60


def test_what_the_table_does_not_name_is_refused(unsigned: dict[str, Any]) -> None:
    nodes = [path for path in _members(unsigned) if isinstance(_at(unsigned, path), dict)]
    assert len(nodes) > 10
    for path in [(), *nodes]:
        for name in ("nickname", "proof", "@type", "@context", "@graph", "image", "endorsement"):
            changed = copy.deepcopy(unsigned)
            assert name == "@context" or name not in _at(changed, path)
            _at(changed, path)[name] = "x"
            with pytest.raises(quads.Unfit):
                quads.canonical(changed)


def test_what_is_removed_is_missed(unsigned: dict[str, Any]) -> None:
    """Less is written as JSON-LD writes it, or refused: never as if all were there."""
    whole = quads.canonical(unsigned)
    for path in _members(unsigned):
        changed = copy.deepcopy(unsigned)
        del _at(changed, path[:-1])[path[-1]]
        try:
            found = quads.canonical(changed)
        except quads.Unfit:
            continue
        assert found == proof.general_quads(changed), path
        # The creator is the issuer: its name, said twice, may be said once.
        assert found != whole or path[-2:] in {("issuer", "name"), ("creator", "name")}


def test_nodes_that_are_alike_need_the_general_way(
    content: CertificateContent, ring: KeyRing
) -> None:
    document = built(replace(content, claims=(content.claims[0],) * 250))
    with pytest.raises(quads.Alike):
        quads.canonical(document)
    signed = proof.prove(document, ring, now=NOW)
    public = multibase(ring.credential_key.public_key())
    assert proof.verify(signed, public)
    signed["credentialSubject"]["achievement"]["alignment"].pop()
    assert not proof.verify(signed, public)


@pytest.mark.parametrize("context", [None, [], "x", [contexts.CREDENTIALS_V2], {"a": "b"}])
def test_another_context_is_refused(unsigned: dict[str, Any], context: object) -> None:
    with pytest.raises(quads.Unfit):
        quads.canonical({**unsigned, "@context": context})


def test_the_two_ways_sign_alike(
    unsigned: dict[str, Any], ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: dict[str, Any]) -> str:
        raise quads.Alike

    quick = proof.prove(unsigned, ring, now=NOW)
    monkeypatch.setattr(quads, "canonical", refuse)
    assert proof.prove(unsigned, ring, now=NOW) == quick
