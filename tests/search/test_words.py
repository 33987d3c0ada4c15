"""Terms are the same however a word is written, and forms of a word share a stem."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.search.words import fold, sought, stem, terms_of, words_of

FAMILIES = [
    ("ms", "penilaian menilai dinilai nilai"),
    ("ms", "pengurusan mengurus urus urusan"),
    ("ms", "perlindungan melindungi lindung"),
    ("ms", "penulisan menulis ditulis tulisan tulis"),
    ("ms", "kesihatan sihat"),
    ("ms", "penyeliaan menyelia selia"),
    ("ms", "mengenal kenal pengenalan"),
    ("ms", "rujukan merujuk rujuk"),
    ("ms", "keselamatan selamat menyelamatkan"),
    ("id", "pelindungan melindungi lindung"),
    ("id", "pendampingan mendampingi pendamping"),
    ("id", "pekerjaan pekerja bekerja kerja"),
    ("id", "pelatihan melatih dilatih latihan"),
    ("id", "kekuatan kuat"),
    ("en", "assess assessing assessed"),
    ("en", "families family"),
    ("en", "recorded recording records"),
]


@pytest.mark.parametrize(("language", "forms"), FAMILIES, ids=lambda each: each[:20])
def test_forms_of_a_word_share_a_stem(language: str, forms: str) -> None:
    assert len({stem(form, language) for form in forms.split()}) == 1


def test_different_words_keep_different_stems() -> None:
    words = [
        "risiko",
        "keluarga",
        "kes",
        "rumah",
        "undang",
        "latih",
        "catat",
        "jaga",
        "emas",
        "hukum",
        "hak",
    ]
    assert len({stem(word, "ms") for word in words}) == len(words)


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert words_of(" ".join(words_of(text))) == words_of(text)


@given(st.text(max_size=60), st.sampled_from(["ms", "en", "id"]))
def test_terms_hold_nothing_that_an_engine_reads_as_an_operator(text: str, language: str) -> None:
    for term in terms_of(text, language):
        assert not set(term) & set("'\"\\:*&|!()<> \0")


def test_accents_of_latin_letters_go_and_marks_of_other_scripts_stay() -> None:
    assert fold("CAFÉ Ｎaïve") == "cafe naive"
    assert words_of("தமிழ்") == ["தமிழ்"]


def test_the_last_word_is_a_beginning_unless_a_space_ends_it() -> None:
    open_, ended, particle = sought("catatan kes"), sought("catatan "), sought("catatan dan")
    assert open_ is not None
    assert ended is not None
    assert particle is not None
    assert [word.beginning for word in open_.words] == [False, True]
    assert [word.beginning for word in ended.words] == [False]
    assert [word.beginning for word in particle.words] == [False]
    assert sought("!? ...") is None
