"""Opens a Word file: its parts by their relationships, and what stands in the attributes of their elements."""

import posixpath

from ingest.errors import UnreadableReport
from ingest.readers.archive import Archive, Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
VAL = f"{W}val"
_STRICT = {
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}": W,
    "{http://purl.oclc.org/ooxml/officeDocument/math}": M,
}
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class Package:
    """The parts of the file, resolved by their relationships, in the transitional namespace."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._names = {name.lower(): name for name in archive.names()}  # part names ignore case
        self._outer = self._relationships("")
        self.main = self._outer.get("officeDocument", "word/document.xml")
        if not self._has(self.main):
            raise UnreadableReport("is not a Word document, or a part of it is missing: save it again as .docx")
        self._inner = self._relationships(self.main)

    def document(self) -> Element:
        return self._xml(self.main)

    def part(self, kind: str) -> Element | None:
        """``kind`` as relationships call it: "styles", "numbering", "footnotes", …"""
        name = self._inner.get(kind, "")
        return self._xml(name) if self._has(name) else None

    def properties(self) -> Element | None:
        name = self._outer.get("core-properties", "docProps/core.xml")
        return self._xml(name) if self._has(name) else None

    def _has(self, name: str) -> bool:
        return name.lower() in self._names

    def _xml(self, name: str) -> Element:
        root = self._archive.xml(self._names[name.lower()])
        if root.tag.startswith(tuple(_STRICT)):
            _convert_to_transitional(root)
        return root

    def _relationships(self, source: str) -> dict[str, str]:
        folder, base = posixpath.split(source)
        name = posixpath.join(folder, "_rels", f"{base}.rels")
        found: dict[str, str] = {}
        if not self._has(name):
            return found
        for relationship in self._xml(name).iter(_RELATIONSHIP):
            if relationship.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, relationship.get("Target", ""))).lstrip("/")
                found.setdefault(relationship.get("Type", "").rpartition("/")[2], target)
        return found


def _convert_to_transitional(root: Element) -> None:
    """Rename the namespaces of a strict document to transitional ones (ECMA-376 part 1 to part 4), in place."""
    for node in root.iter("*"):
        space, _, name = node.tag.rpartition("}")
        if f"{space}}}" in _STRICT:
            node.tag = _STRICT[f"{space}}}"] + name
        for key, said in node.attrib.items():
            space, _, name = key.rpartition("}")
            if f"{space}}}" in _STRICT:
                node.set(_STRICT[f"{space}}}"] + name, said)


def val_at(node: Element, path: str) -> str:
    """The w:val attribute of the element at a path; empty where it is missing."""
    found = node.find(path)
    return "" if found is None else str(found.get(VAL, ""))


def read_val(node: Element, child: str, default: str = "") -> str:
    """The w:val attribute of a child element."""
    found = node.find(f"{W}{child}")
    return default if found is None else str(found.get(VAL, default))


def read_switch(node: Element | None) -> bool | None:
    """The value of an on/off element; None where it is missing."""
    return None if node is None else node.get(VAL, "true") not in ("0", "false", "off", "none")
