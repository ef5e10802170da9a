"""Mutations for fuzzing: random damage to bytes, markup, XML trees, zip members and PDF streams."""

import copy
import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence

from lxml import etree

from evals.robustness.seeds import Seed, make_zip

LARGEST = 400_000  # bytes of a damaged file, or of a member of one
_NODES = 5_000  # elements of a tree that is damaged once more
_PART = 4_000  # bytes that are taken out or repeated at most
_STRANGE = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\x80", b"\x1b$B", b"\r",
    b"\x0c", b"\xe2\x80\xa8", b"\xc2\xad", b"\xe2\x80\xae", b"\xef\xbf\xbe", b"\x85", b"\xcc\x81" * 40, b"\t" * 30,
)  # fmt: skip
_NUMBERS = (
    b"0", b"-1", b"65536", b"2147483648", b"-9223372036854775809", b"99999999999999999999", b"1e309", b"NaN",
    b"0.0000001", b"9" * 5_000,
)  # fmt: skip
_NESTING = (  # what opens, and what closes
    (b"<div>", b"</div>"), (b"<ul><li>", b"</li></ul>"), (b"<table><tr><td>", b"</td></tr></table>"), (b"<b>", b""),
    (b"<blockquote>", b""), (b"> ", b""), (b"- ", b""), (b"(", b")"), (b"[", b"]"), (b"**", b"**"), (b"![", b"](x)"),
    (b"1. ", b""), (b"\n  - ", b""), (b"(a) ", b""), (b"<sup>", b"</sup>"), (b"<dl><dt>", b""), (b"`", b"`"),
    (b"\n87.1.1.1.1.1. a", b""), (b"<w:tbl><w:tr><w:tc>", b"</w:tc></w:tr></w:tbl>"), (b"<w:p><w:r>", b"</w:r></w:p>"),
    (b"<text:list><text:list-item>", b"</text:list-item></text:list>"), (b"<text:span>", b"</text:span>"),
    (b"[[", b"]]"), (b"<< /A ", b" >>"), (b"q ", b"Q "), (b"BT ", b"ET "), (b"{a: ", b"}"), (b"a\n\n", b""),
)  # fmt: skip
_DEEP = (3, 30, 300, 3_000)
_DIGITS = re.compile(rb"-?\d[\d.]*")
_ELEMENT = re.compile(rb"<([\w:]{1,40})(?![\w:])[^<>]{0,300}>.{0,600}?</\1>", re.DOTALL)
_TAG = re.compile(rb"</?[\w:][^<>]{0,300}>")
_VALUE = re.compile(rb'"[^"<>]{0,80}"')
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
_REFERENCE = re.compile(rb"\d+ 0 R")
_LENGTH = re.compile(rb"/Length \d+")
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError, LookupError)

Mutation = Callable[[random.Random, bytes], bytes]


def damage(chance: random.Random, seed: Seed, others: Sequence[Seed]) -> tuple[bytes, str]:
    """Apply one to four random mutations to a seed: the damaged bytes, and the mutations by name."""
    raw, blows = seed.raw, []
    for _ in range(chance.choice((1, 1, 2, 2, 3, 4))):
        if chance.random() < 0.05:
            how, raw = "spliced", _splice(chance, raw, chance.choice(others).raw)
        elif raw.startswith(b"PK") and chance.random() < 0.8:
            how, raw = _mutate_zip(chance, raw, others)
        elif raw.startswith(b"%PDF") and chance.random() < 0.6:
            how, raw = "in a stream", _mutate_pdf(chance, raw)
        else:
            how, raw = _mutate(chance, raw)
        blows.append(how)
        raw = raw[:LARGEST]
    return raw, " + ".join(blows)


def _mutate(chance: random.Random, raw: bytes) -> tuple[str, bytes]:
    way = chance.choice(_MUTATIONS)
    return way.__name__.strip("_"), way(chance, raw)[:LARGEST]


def _random_span(chance: random.Random, raw: bytes) -> tuple[int, int]:
    start = chance.randrange(len(raw) + 1)
    return start, min(len(raw), start + int(chance.expovariate(1 / 60)) + 1, start + _PART)


def _flipped(chance: random.Random, raw: bytes) -> bytes:
    changed = bytearray(raw)
    for _ in range(chance.choice((1, 2, 8, 64)) if raw else 0):
        changed[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _inserted(chance: random.Random, raw: bytes) -> bytes:
    at, _ = _random_span(chance, raw)
    return raw[:at] + chance.randbytes(chance.choice((1, 4, 50))) + raw[at:]


def _strange(chance: random.Random, raw: bytes) -> bytes:
    for _ in range(chance.choice((1, 3, 20))):
        at, _ = _random_span(chance, raw)
        raw = raw[:at] + chance.choice(_STRANGE) + raw[at:]
    return raw


def _deleted(chance: random.Random, raw: bytes) -> bytes:
    start, end = _random_span(chance, raw)
    return raw[:start] + raw[end:]


def _doubled(chance: random.Random, raw: bytes) -> bytes:
    start, end = _random_span(chance, raw)
    times = chance.choice((1, 1, 5, 200))
    return raw[:end] + raw[start:end] * times + raw[end:]


def _moved(chance: random.Random, raw: bytes) -> bytes:
    start, end = _random_span(chance, raw)
    rest = raw[:start] + raw[end:]
    at, _ = _random_span(chance, rest)
    return rest[:at] + raw[start:end] + rest[at:]


def _truncated(chance: random.Random, raw: bytes) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)]


def _beheaded(chance: random.Random, raw: bytes) -> bytes:
    return raw[chance.randrange(min(len(raw), 300) + 1) :]


def _renumbered(chance: random.Random, raw: bytes) -> bytes:
    return _replace_match(chance, raw, _DIGITS, chance.choice(_NUMBERS))


def _nested(chance: random.Random, raw: bytes) -> bytes:
    opening, closing = chance.choice(_NESTING)
    deep = chance.choice(_DEEP)
    start, end = _random_span(chance, raw)
    if chance.random() < 0.7 and (tags := [found.start() for found in _TAG.finditer(raw)]):
        start = chance.choice(tags)
        end = max(start, chance.choice(tags))
    return raw[:start] + opening * deep + raw[start:end] + closing * deep + raw[end:]


def _element_doubled(chance: random.Random, raw: bytes) -> bytes:
    found = _random_match(chance, raw, _ELEMENT)
    return raw[: found.end()] + found.group() * chance.choice((1, 3, 100)) + raw[found.end() :] if found else raw


def _tag_dropped(chance: random.Random, raw: bytes) -> bytes:
    return _replace_match(chance, raw, _TAG, b"")


def _tags_swapped(chance: random.Random, raw: bytes) -> bytes:
    other = _random_match(chance, raw, _TAG)
    return _replace_match(chance, raw, _TAG, other.group()) if other else raw


def _values_swapped(chance: random.Random, raw: bytes) -> bytes:
    other = _random_match(chance, raw, _VALUE)
    return _replace_match(chance, raw, _VALUE, other.group()) if other else raw


def _lines_shuffled(chance: random.Random, raw: bytes) -> bytes:
    lines = raw.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def _references_swapped(chance: random.Random, raw: bytes) -> bytes:
    other = _random_match(chance, raw, _REFERENCE)
    return _replace_match(chance, raw, _REFERENCE, other.group()) if other else raw


def _recoded(chance: random.Random, raw: bytes) -> bytes:
    held = raw.decode(chance.choice(("utf-8", "cp1252", "utf-16-le", "cp437")), "replace")
    return held.encode(chance.choice(("utf-8", "utf-16", "utf-16-be", "utf-7", "cp1251", "shift_jis")), "replace")


_MUTATIONS: tuple[Mutation, ...] = (
    _flipped, _inserted, _strange, _deleted, _doubled, _moved, _truncated, _beheaded, _renumbered, _renumbered, _nested,
    _nested, _element_doubled, _tag_dropped, _tags_swapped, _values_swapped, _lines_shuffled, _references_swapped,
    _recoded,
)  # fmt: skip


def _random_match(chance: random.Random, raw: bytes, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
    found = list(pattern.finditer(raw))
    return chance.choice(found) if found else None


def _replace_match(chance: random.Random, raw: bytes, pattern: re.Pattern[bytes], put: bytes) -> bytes:
    found = _random_match(chance, raw, pattern)
    return raw[: found.start()] + put + raw[found.end() :] if found else raw


def _splice(chance: random.Random, raw: bytes, other: bytes) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)] + other[chance.randrange(len(other) + 1) :]


def _mutate_tree(chance: random.Random, raw: bytes) -> bytes:
    """Mutate XML that stays well-formed: elements repeated, dropped, moved, renamed, nested, their values exchanged."""
    try:
        root = etree.fromstring(raw, etree.XMLParser(resolve_entities=False))
    except etree.LxmlError:
        return _mutate(chance, raw)[1]
    for _ in range(chance.choice((1, 2, 6))):
        nodes = [node for node in root.iter("*") if node is not root]
        if not 0 < len(nodes) < _NODES:
            break
        node, other = chance.choice(nodes), chance.choice(nodes)
        parent = node.getparent()
        deed = chance.randrange(7)
        if deed == 0:
            times = chance.choice((1, 1, 4, 60))
            for _ in range(min(times, _NODES // sum(1 for _ in node.iter()))):
                parent.append(copy.deepcopy(node))
        elif deed == 1:
            parent.remove(node)
        elif deed == 2:
            other.append(copy.deepcopy(node))
        elif deed == 3:
            node.tag = other.tag
        elif deed == 4:
            for _ in range(chance.choice((2, 20, 120))):
                node = etree.SubElement(node, other.tag, other.attrib)
        elif deed == 5 and other.attrib:
            key, value = chance.choice(sorted(other.attrib.items()))
            number = chance.choice(_NUMBERS).decode()
            node.set(key, chance.choice((value, number, "", chance.choice(nodes).tag, "-" + value)))
        else:
            words = chance.choice(("", " ", "\u00ad", "\u202e", "1." * 2_000, "(a) " * 300, "\t" * 50))
            node.text = words + (node.text or "")
    return bytes(etree.tostring(root))


def _mutate_zip(chance: random.Random, raw: bytes, others: Sequence[Seed]) -> tuple[str, bytes]:
    """Damage, drop, rename or replace a member of a zip file."""
    members = _read_members(raw)
    if not members:
        return _mutate(chance, raw)
    name = chance.choice([member for member in members if member.endswith("ml")] or list(members))
    deed = chance.random()
    if deed < 0.55:
        how, members[name] = "tree", _mutate_tree(chance, members[name])[:LARGEST]
    elif deed < 0.85:
        how, members[name] = _mutate(chance, members[name])
    elif deed < 0.9:
        how = "dropped"
        del members[name]
    elif deed < 0.93:
        how = "renamed"
        members[chance.choice((name.upper(), "../" + name, name + "x", "word/document.xml"))] = members.pop(name)
    else:
        how = "exchanged"
        theirs = _read_members(chance.choice(others).raw)
        if theirs:
            members[name] = chance.choice(list(theirs.values()))
    return f"{how} in {name}", make_zip(members, chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)))


def _read_members(raw: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            small = [info for info in archive.infolist() if info.file_size <= LARGEST]
            return {info.filename: archive.read(info) for info in small}
    except _ZIP_ERRORS:
        return {}


def _mutate_pdf(chance: random.Random, raw: bytes) -> bytes:
    """Damage a decompressed PDF stream and compress it again, mostly with its /Length corrected."""
    found = _random_match(chance, raw, _STREAM)
    if found is None:
        return _mutate(chance, raw)[1]
    try:
        content, packed = zlib.decompressobj().decompress(found[1], LARGEST), True
    except zlib.error:
        content, packed = found[1], False
    content = _mutate(chance, content)[1]
    held = zlib.compress(content) if packed else content
    head = raw[: found.start(1)]
    if chance.random() < 0.8 and (lengths := list(_LENGTH.finditer(head))):
        head = head[: lengths[-1].start()] + b"/Length %d" % len(held) + head[lengths[-1].end() :]
    return head + held + raw[found.end(1) :]
