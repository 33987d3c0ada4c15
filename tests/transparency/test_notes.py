"""Checkpoints as signed notes: what is read, and what is refused."""

import base64
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms.transparency import notes

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
VERIFIER = notes.Verifier("sijil.example/log", KEY.public_key())
CHECKPOINT = notes.Checkpoint("sijil.example/log", 7, bytes(range(32)))
NOTE = notes.signed(CHECKPOINT, KEY)


def test_a_note_has_the_form_of_the_standard() -> None:
    origin, size, root, empty, signature, end = NOTE.split("\n")
    assert (origin, size, empty, end) == ("sijil.example/log", "7", "", "")
    assert base64.b64decode(root) == CHECKPOINT.root
    dash, name, packed = signature.split(" ")
    assert (dash, name) == ("\u2014", "sijil.example/log")
    assert base64.b64decode(packed)[:4] == VERIFIER.hint
    assert len(base64.b64decode(packed)) == 68


def test_what_was_signed_is_read() -> None:
    assert notes.opened(NOTE, VERIFIER) == CHECKPOINT
    strangers = "\u2014 other.example AAAA\n"
    assert notes.opened(NOTE + strangers, VERIFIER) == CHECKPOINT


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: note.replace("\n7\n", "\n8\n"),
        lambda note: note.replace("\n7\n", "\n07\n"),
        lambda note: note.replace("\n7\n", "\n-7\n"),
        lambda note: note.replace("\n7\n", "\n\u0667\n"),
        lambda note: note.replace("sijil.example/log\n", "other.example/log\n", 1),
        lambda note: note.replace("\n\n", "\nmore\n\n"),
        lambda note: note.split("\n\n")[0],
        lambda note: note.split("\n\n")[0] + "\n\n",
        lambda note: note.replace("\u2014", "-"),
        lambda note: note[:-10] + "AAAAAAAA=\n",
        lambda note: note + "x" * 5000,
        lambda _note: "",
    ],
)
def test_anything_else_is_refused(spoil: Callable[[str], str]) -> None:
    with pytest.raises(notes.BadNote):
        notes.opened(spoil(NOTE), VERIFIER)


def test_another_key_does_not_sign_for_the_log() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    with pytest.raises(notes.BadNote):
        notes.opened(notes.signed(CHECKPOINT, other), VERIFIER)


def test_a_published_key_is_read_back() -> None:
    assert notes.Verifier.read(VERIFIER.text + "\n").hint == VERIFIER.hint
    name, hint, packed = VERIFIER.text.split("+", 2)
    for text in (
        "",
        "x",
        f"other+{hint}+{packed}",
        f"{name}+00000000+{packed}",
        f"{name}+{hint}+!",
    ):
        with pytest.raises(notes.BadNote):
            notes.Verifier.read(text)
