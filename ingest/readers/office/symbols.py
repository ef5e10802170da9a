"""Maps characters of the Symbol and Wingdings fonts to the Unicode characters that they look like."""

import re

_PRIVATE_USE = re.compile(r"[\uf020-\uf0ff]")  # where Word keeps the characters of such fonts

# The Symbol font's own encoding (Adobe, "Symbol Encoding to Unicode"), from 0x20, 0xA0 and 0xE0.
_SYMBOL = dict(
    enumerate(" !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼", 0x20)
) | dict(enumerate("€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑", 0xA0))
# Of Wingdings, what stands in texts: marks of lists, ticks and arrows. Its pictures say nothing.
_WINGDINGS = {
    **dict.fromkeys((0x6C, 0x9F, 0xB7, 0x9E), "•"),
    **dict.fromkeys((0x6E, 0xA7), "▪"),
    **dict(zip(b"\x71\x75\x76\xd8\xa8\x6f\x72", "❑◆❖➢☐☐❒", strict=True)),
    **dict(zip(b"\xfb\xfc\xfd\xfe\xdf\xe0\xe1\xe2\xe8\xf0", "✗✓☒☑←→↑↓➔⇨", strict=True)),
}


def has_private_use(text: str) -> bool:
    """Whether the text has a private-use character, as Word writes those of symbol fonts."""
    return _PRIVATE_USE.search(text) is not None


def decode_symbol(character: str, font: str) -> str:
    """Map one character of a font to Unicode; empty for symbols that say nothing.

    >>> decode_symbol("\\uf0b3", "Symbol"), decode_symbol("\\uf0fc", "Wingdings"), decode_symbol("a", "Arial")
    ('≥', '✓', 'a')
    """
    family, code = font.lower(), ord(character)
    if has_private_use(character):
        code -= 0xF000
    if family == "symbol" and code < 0x100:
        return _SYMBOL.get(code, "")
    if family.startswith("wingdings") and code < 0x100:
        return _WINGDINGS.get(code, "") if family == "wingdings" else ""
    if code != ord(character):  # the font is set somewhere else: nearly always one of these
        return _WINGDINGS.get(code) or _SYMBOL.get(code, "")
    return character
