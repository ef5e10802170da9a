"""Opens untrusted zip-based report files (docx, odt, epub): bounded decompression, XML without entities."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from lxml import etree

from ingest.errors import UnreadableReport

MAX_ENTRIES = 20_000
MAX_TOTAL = 256 * 2**20  # bytes, all that is read out of one file
MAX_RATIO = 250  # bytes read for each byte packed; deflate goes to 1,032, real XML to some 60
_RATIO_COUNTS_FROM = 32 * 2**20  # bytes; below, a few thousand equal paragraphs may pack better than that

_PACKED_WITH = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # all that these formats allow; others unpack without limit
_ENTITY = re.compile(rb"<\0?!\0?E\0?N\0?T\0?I\0?T\0?Y")  # in UTF-8 and both UTF-16s
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    etree.LxmlError,
    EOFError,
    OSError,
    LookupError,
    ValueError,
    RecursionError,
    NotImplementedError,
    ArithmeticError,
)

Element: TypeAlias = etree._Element
EMPTY_ELEMENT: Element = etree.Element("empty")  # stands for an element that is not there


class Archive:
    """The members of a zip file; every fault raises an UnreadableReport that names it."""

    def __init__(self, raw: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        except _DAMAGE as error:
            raise UnreadableReport(
                "is cut off or damaged (the zip directory is missing or wrong): copy the file again"
            ) from error
        self._infos = {info.filename: info for info in self._zip.infolist()}
        if len(self._zip.infolist()) > MAX_ENTRIES:
            raise UnreadableReport(
                f"holds more than {MAX_ENTRIES:,} files inside, which no report does: save the text alone in a new file"
            )
        self._left = MAX_TOTAL

    def names(self) -> list[str]:
        """Names of the members, in directory order."""
        return list(self._infos)

    def read(self, name: str) -> bytes:
        """Decompress a member. Raises UnreadableReport when it is missing, encrypted, damaged or too large."""
        info = self._infos.get(name)
        if info is None:
            raise UnreadableReport(f"is incomplete ({name} is missing inside): copy the file again")
        if info.flag_bits & 0x1:
            raise UnreadableReport("is locked with a password: save a copy without it")
        if info.compress_type not in _PACKED_WITH:
            raise UnreadableReport(
                f"is packed in an unusual way ({name}): open it in the program that made it and save it again"
            )
        limit = self._left
        if info.compress_size * MAX_RATIO < limit:
            limit = min(limit, max(info.compress_size * MAX_RATIO, _RATIO_COUNTS_FROM))
        try:
            with self._zip.open(info) as member:
                content = member.read(limit + 1)
        except _DAMAGE as error:
            raise UnreadableReport(f"is cut off or damaged (in {name}): copy the file again") from error
        if len(content) > limit:
            raise UnreadableReport(
                f"unpacks to more than {limit // 2**20} MB of text, which no report does ({name}): "
                "save the text alone in a new file"
            )
        self._left -= len(content)
        return content

    def xml(self, name: str) -> Element:
        """Parse an XML member, return its root; comments and processing instructions are dropped, entities refused."""
        content = self.read(name)
        if _ENTITY.search(content):
            raise UnreadableReport(
                f"declares XML entities ({name}), which no office program writes: "
                "open it in the program that made it and save it again"
            )
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
            load_dtd=False,
            dtd_validation=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root: Element = etree.fromstring(content, parser)
        except (etree.LxmlError, ValueError) as error:
            raise UnreadableReport(
                f"is damaged ({name} is not well-formed XML): open it in the program that made it and save it again"
            ) from error
        dtd = root.getroottree().docinfo.internalDTD
        if dtd is not None and any(True for _ in dtd.iterentities()):
            raise UnreadableReport(
                f"declares XML entities ({name}): open it in the program that made it and save it again"
            )
        return root


@contextmanager
def wrap_damage_errors() -> Iterator[None]:
    """Context manager around a whole reader: errors of libraries and lookups become UnreadableReport (damaged file)."""
    try:
        yield
    except _DAMAGE as error:
        reason = " ".join(str(error).split())[:80] or type(error).__name__
        raise UnreadableReport(
            f"is damaged ({reason}): open it in the program that made it and save it again"
        ) from error
