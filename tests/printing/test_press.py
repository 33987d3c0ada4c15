"""A batch laid out once and certificates laid out one by one are the same bytes."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from asn1crypto import cms  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.certificates import keys, sealing, signing
from lms.certificates.sealing import Seal
from lms.printing import pdf, pictures, press, standing
from lms.printing.content import CertificateContent

pytestmark = pytest.mark.once

NOW = datetime(2026, 12, 18, 2, 30, tzinfo=UTC)
SCRIPTS = (
    ("latin", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'’.-/@ éèüñç"),
    ("tamil", "அஆஇஈஉஊஎஏஐஒகஙசஞடணதநபமயரலவழளறன ாிீுூெேைொோௌ்"),
    ("jawi", "ابتثجحخدذرزسشصضطظعغفقکلمنهويڽڠڤݢچۏة ء"),
    ("chinese", "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"),
)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    press.forget()
    yield
    press.forget()


def _names() -> st.SearchStrategy[str]:
    in_one_script = st.one_of(
        *(st.text(alphabet=letters, min_size=1, max_size=60) for _, letters in SCRIPTS)
    )
    return in_one_script.filter(lambda name: bool(name.strip()))


def _named(content: CertificateContent, name: str, number: int) -> CertificateContent:
    code = f"{number:027d}"
    return replace(
        content,
        holder_name=name,
        serial=f"ILKS-2026-{number:05d}",
        code=code,
        verify_url=f"HTTPS://SIJIL.EXAMPLE/V/{code}",
    )


@settings(max_examples=8)  # benchmarks/press.py compares 300
@given(name=_names(), number=st.integers(0, 99999))
def test_kept_pages_and_fresh_ones_are_the_same_bytes(
    content: CertificateContent, name: str, number: int
) -> None:
    """The second of a batch, and one after another with a name of the same size and script."""
    people = [_named(content, name, number), _named(content, name[::-1], number + 1)]
    press.forget()
    pdf.render(content, b"{}", now=NOW)
    from_kept = [pdf.render(person, b"{}", now=NOW) for person in people]
    for person, made in zip(people, from_kept, strict=True):
        press.forget()
        assert pdf.render(person, b"{}", now=NOW) == made


def test_the_annex_takes_the_number_of_each(content: CertificateContent) -> None:
    plenty = replace(content, claims=content.claims * 8)
    pdf.render(_named(plenty, "Budi", 1), b"{}", now=NOW)
    second = pdf.render(_named(plenty, "Siti", 2), b"{}", now=NOW)
    press.forget()
    assert pdf.render(_named(plenty, "Siti", 2), b"{}", now=NOW) == second


def test_other_words_are_laid_out_anew(content: CertificateContent) -> None:
    """A page is used again only for the very same words around the slots."""
    pdf.render(content, b"{}", now=NOW)
    other = replace(content, award_title={"ms": "Kursus lain"})
    kept = pdf.render(other, b"{}", now=NOW)
    press.forget()
    assert pdf.render(other, b"{}", now=NOW) == kept


def test_kept_pages_are_few(content: CertificateContent) -> None:
    for number in range(press.KEPT + 3):
        pdf.render(replace(content, venue=f"Bilik {number}"), b"{}", now=NOW)
    assert len(press._kept) == press.KEPT
    for number in range(press.SIZES + 4):  # a line of its own size for each
        name = "Siti Aminah " + "M" * (20 + number)
        pdf.render(replace(content, venue="Bilik 6", holder_name=name), b"{}", now=NOW)
    assert [len(kept.slots) for kept in press._kept.values()][-1] == press.SIZES


def _signed(made: bytes) -> Any:
    start = made.index(b"/Contents <") + len(b"/Contents <")
    return cms.ContentInfo.load(bytes.fromhex(made[start : made.index(b">", start)].decode()))


def test_typefaces_kept_as_they_were_cut_are_few(
    content: CertificateContent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "CUTS", 3)
    people = [_named(content, name, 7) for name in ("Budi", "Budi", "Siti", "Wan", "Budi")]
    made = [pdf.render(person, b"{}", now=NOW) for person in people]
    assert made[0] == made[1] == made[4]
    assert standing.kept() == 3


def test_the_signature_is_what_the_library_makes(
    content: CertificateContent, ring: keys.KeyRing
) -> None:
    """The same but for the digest and the value: attributes, certificates, algorithms."""
    seal = Seal(ring, now=NOW)
    ours = _signed(seal.close(pdf.render(content, b"{}", now=NOW, finish=seal.place)))
    theirs = _signed(signing.sign(pdf.render(content, b"{}", now=NOW), ring, now=NOW))

    def said(info: Any) -> dict[str, Any]:
        plain: dict[str, Any] = info["content"].native
        signer = plain["signer_infos"][0]
        assert signer.pop("signature")
        for attribute in signer["signed_attrs"]:
            if attribute["type"] == "message_digest":
                attribute["values"] = None
        return plain

    assert said(ours) == said(theirs)


def test_the_digest_covers_all_but_the_signature(
    content: CertificateContent, ring: keys.KeyRing
) -> None:
    seal = Seal(ring, now=NOW)
    made = seal.close(pdf.render(content, b"{}", now=NOW, finish=seal.place))
    start = made.index(b"/Contents <") + len(b"/Contents ")
    end = made.index(b">", start) + 1
    attributes = _signed(made)["content"]["signer_infos"][0]["signed_attrs"].native
    digests = [one["values"][0] for one in attributes if one["type"] == "message_digest"]
    assert digests == [hashlib.sha256(made[:start] + made[end:]).digest()]


def test_a_naive_time_is_refused(ring: keys.KeyRing) -> None:
    with pytest.raises(ValueError, match="aware"):
        sealing.Seal(ring, now=datetime(2026, 12, 18))  # noqa: DTZ001  # naive on purpose


def test_threads_do_not_draw_into_each_other(content: CertificateContent) -> None:
    """The server sets specimens for several people at once."""
    people = [_named(content, f"Person {number}", number) for number in range(6)]

    def picture(person: CertificateContent) -> bytes:
        return pictures.first_page(pdf.render(person, b"{}", now=NOW))

    with ThreadPoolExecutor(3) as threads:
        at_once = list(threads.map(picture, people))
    assert at_once == [picture(person) for person in people]
    assert len(set(at_once)) == len(people)
