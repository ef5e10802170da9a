"""Plain text in the encodings that reports come in."""

import pytest

from ingest.errors import UnreadableReport
from ingest.readers.read import extract_content
from ingest.readers.text.decoding import decode_text
from ingest.readers.text.plain import read_plain

# Article 1 of the Universal Declaration of Human Rights.
SPANISH = (
    "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón y "
    "conciencia, deben comportarse fraternalmente los unos con los otros. «¿Año 1948?» — “sí”, artículo 1º."
)
FRENCH = (
    "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de "
    "conscience et doivent agir les uns envers les autres dans un esprit de fraternité. L’œuvre commune."
)
RUSSIAN = "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью."
ARABIC = "يولد جميع الناس أحراراً متساوين في الكرامة والحقوق، وقد وهبوا عقلاً وضميراً وعليهم أن يعامل بعضهم بعضاً."
JAPANESE = "すべての人間は、生れながらにして自由であり、かつ、尊厳と権利とについて平等である。"
CZECH = "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv. Jsou nadáni rozumem a svědomím."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SPANISH, "cp1252"),
        (SPANISH, "mac_roman"),
        (FRENCH, "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (ARABIC, "cp1256"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "iso2022_jp"),
        (CZECH, "cp1250"),
        *((text, f"utf-{form}") for text in (SPANISH, JAPANESE) for form in ("8", "8-sig", "16", "32")),
        *(
            (text, f"utf-{form}")
            for text in (SPANISH, JAPANESE, RUSSIAN)
            for form in ("16-le", "16-be", "32-le", "32-be")
        ),
    ],
)
def test_encodings(text: str, encoding: str) -> None:
    lines = f"{text}\r\n{text}\n"
    assert read_plain(lines.encode(encoding)).text == lines


@pytest.mark.parametrize("word", ["migración", "niñez", "Déjà vu", "ação", "5 €", "artículo 5º"])
def test_a_few_western_words_are_enough(word: str) -> None:
    assert decode_text(word.encode("cp1252")) == word


def test_utf8_with_a_cut_end_is_still_utf8() -> None:
    raw = (SPANISH * 9).encode()[:-1] + "é".encode()[:1]
    assert decode_text(raw).endswith("artículo 1º\ufffd")


def test_the_text_is_not_touched() -> None:
    text = "  e\u0301 ﬁn\u00a0 \t\r\n\r\u2028 x\x0b\n\n"
    assert read_plain(text.encode()).text == text


def test_form_feeds_start_pages() -> None:
    assert read_plain(b"uno\fdos\f\ftres\f").pages == ((0, 1), (4, 2), (8, 3), (9, 4))
    assert read_plain(b"uno dos").pages == ()


def test_blocks_are_found() -> None:
    extract = extract_content("Acuerdos\n\n1. Uno\n2. Dos\n".encode("utf-16"))
    assert [(extract.text[block.start : block.end], block.marker) for block in extract.blocks] == [
        ("Acuerdos", ""),
        ("Uno", "1."),
        ("Dos", "2."),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_control_characters_in_a_text_are_shown_and_move_nothing(encoding: str) -> None:
    text = f"Informe\0 de \x1b[1mla\x1b[0m sesión\x85\n\n• Los\x9b países\n\f• Dos\x07{'.' * 90}\n"
    if encoding == "cp1252":
        text = text.replace("\x85", "").replace("\x9b", "")
    extract = extract_content(text.encode(encoding))
    assert extract.text == "".join("\ufffd" if character in "\0\x1b\x9b\x07" else character for character in text)
    assert extract.pages == ((0, 1), (text.index("\f") + 1, 2))
    assert [extract.text[block.start : block.end][:3] for block in extract.blocks] == ["Inf", "Los", "Dos"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty"),
        (b" \n\t", "is empty"),
        (b"\xef\xbb\xbf\n", "is empty"),
        (b"\0\1\2\3" * 9 + b"Informe", "is not text"),
        (bytes(range(128)) * 4, "is not text"),
        (bytes(range(256)) * 4, "is not text"),
        (b"\x01\x02\x03 Informe", "is not text"),
    ],
)
def test_what_is_no_text_is_refused(raw: bytes, said: str) -> None:
    with pytest.raises(UnreadableReport, match=said):
        read_plain(raw)


def test_words_broken_at_line_ends_are_joined_where_the_text_has_them_whole_and_invisible_signs_go() -> None:
    text = (
        "A franco-\nspanish plan to colla-\r\n  borate on re\u00adinte\u200bgration and tru\u00ad\nst: we collaborate."
    )
    assert read_plain(text.encode()).text == (
        "A franco-\nspanish plan to collaborate on reintegration and trust: we collaborate."
    )
