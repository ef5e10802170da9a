"""The numbers of passages as a reader would say them: "7" of "(7)", "5.2" of the second item inside the fifth."""

from ingest.nesting import Node


def printed(marker: str) -> str:
    """A mark as the number it says: "7." and "(7)" are 7, "(b)" is b; a bullet says none."""
    plain = marker.strip("().- ")
    return plain if plain[:1].isalnum() and plain != "o" else ""


def inner_number(outer: str, node: Node, count: int) -> str:
    """The number of an item inside a numbered one: 5.2, 5.b; one that has it all already stays."""
    own = printed(node.block.marker) or str(count)
    return own if not outer or own.startswith(f"{outer}.") else f"{outer}.{own}"


def padded(number: str) -> str:
    """A number of one digit with a nought in front, as ids have it."""
    return number.zfill(2) if number.isdecimal() else number
