"""The marks of lists, the blocks they begin, and which item belongs to which.

Long because the marks come in tables, a row each.
"""

import pytest

from ingest.lexicon.list_markers import Marker, is_plausible, parse_markers
from ingest.report import Block, BlockRole
from ingest.split.tree import Node, build_trees
from tests.ingest.split.plain_reports import find_blocks

# Marks


@pytest.mark.parametrize("bullet", [*"•◦▪‣·●○■□►➢✓❖*-–—", "\uf0b7", "\uf0a7", "o", "§"])
def test_bullets(bullet: str) -> None:
    (marker,) = parse_markers(f"  {bullet} ratify")
    assert (marker.printed, marker.values, marker.is_first) == (bullet, (), True)
    assert f"  {bullet} ratify"[marker.end :] == "ratify"


@pytest.mark.parametrize(
    ("printed", "style", "values"),
    [
        ("1.", "1.", (1,)),
        ("1)", "1)", (1,)),
        ("(1)", "(1)", (1,)),
        ("7.-", "1.-", (7,)),
        ("a)", "a)", (1,)),
        ("(a)", "(a)", (1,)),
        ("(z)", "(a)", (26,)),
        ("iv)", "i)", (4,)),
        ("(iv)", "(i)", (4,)),
        ("(xxxix)", "(i)", (39,)),
        ("A.", "A.", (1,)),
        ("II.", "I.", (2,)),
        ("87.23", "1.1", (87, 23)),
        ("87.23.", "1.1", (87, 23)),
        ("87.23.1", "1.1", (87, 23, 1)),
        ("120.", "1.", (120,)),
    ],
)
def test_numbers_and_letters(printed: str, style: str, values: tuple[int, ...]) -> None:
    line = f"{printed} Ratify the treaty"
    first = next(parse_markers(line))
    assert (first.printed, first.style, first.values) == (printed, style, values)
    assert line[first.end :] == "Ratify the treaty"


def test_a_mark_may_stand_close_to_its_text() -> None:
    assert [found.printed for found in parse_markers("(b)Ratify it")] == ["(b)"]
    assert [found.printed for found in parse_markers("•Ratify it")] == ["•"]


@pytest.mark.parametrize(
    "line",
    [
        "2008. The year ended well",  # no list counts so far with plain numbers
        "4.2 per cent",
        "4.2% of all",
        "3.5, the highest",
        "1.500.000 pesos",
        "10.30 a.m.",
        "Ratify it",
        "a treaty",
        "I think so",
        "-5 degrees",
        "(see the annex) for more",
        "iiii) four",
        "(2) ",
        "1.",
        "1,5 kg",
        "e.g. this",
        "",
    ],
)
def test_what_is_no_mark(line: str) -> None:
    found = [marker for marker in parse_markers(line) if is_plausible(marker, after_break=False, last=None, known={})]
    assert found == []


def test_the_ninth_letter_is_also_the_first_roman_number() -> None:
    assert [(found.style, found.values) for found in parse_markers("(i) x")] == [("(i)", (1,)), ("(a)", (9,))]
    assert [(mark.style, mark.values) for mark in parse_markers("(c) x")] == [("(a)", (3,))]  # not 100
    assert [(found.style, found.values) for found in parse_markers("(l) x")] == [("(a)", (12,))]
    assert [found.style for found in parse_markers("(iv) x")] == ["(i)"]


def marker(line: str) -> Marker:
    return next(parse_markers(f"{line} Ratify"))


@pytest.mark.parametrize(
    ("printed", "other", "wanted"),
    [
        ("2.", "1.", True),
        ("3.", "1.", False),
        ("2.", "2.", False),
        ("2)", "1.", False),
        ("(b)", "(a)", True),
        ("87.24", "87.23", True),
        ("88.24", "87.23", False),
        ("•", "•", True),
        ("•", "-", False),
    ],
)
def test_what_follows(printed: str, other: str, wanted: bool) -> None:
    assert marker(printed).follows(marker(other)) is wanted


@pytest.mark.parametrize(
    ("line", "known", "wanted"),
    [
        ("12. de noviembre", (), False),  # the end of a date
        ("12. Ratify", ("11.",), True),
        ("(b) ratify", ("(a)",), True),
        ("(b) ratify", (), False),
        ("87.24 Ratify", ("87.23",), True),
        ("87.23.1 Ratify", ("87.23",), True),
        ("88.1 Ratify", ("87.23",), True),
        ("4.2 kilos", ("87.23",), False),
        ("A. Smith came", (), False),
        ("o en su caso", (), False),
        ("- in part", (), False),
        ("• in part", (), True),  # a bullet has no other use
    ],
)
def test_in_the_middle_of_a_sentence_a_mark_has_to_go_on_with_a_list(
    line: str, known: tuple[str, ...], wanted: bool
) -> None:
    before = {marker(printed).style: marker(printed) for printed in known}
    first = next(parse_markers(line), None)
    assert first is None or is_plausible(first, after_break=False, last=None, known=before) is wanted
    assert first is not None or not wanted


# Blocks of plain text


def printed(text: str) -> list[str]:
    """Each block, its mark in front, its lines joined; text without a mark has "¶"."""
    return [f"{block.marker or '¶'} {' '.join(text[block.start : block.end].split())}" for block in find_blocks(text)]


def test_lines_go_on_until_something_starts() -> None:
    text = "Acuerdos de la mesa\nsobre el agua\n\n1. Abrir los\n   pozos.\n2. Cerrar\nlas minas.\n\nGracias a todos."
    assert printed(text) == [
        "¶ Acuerdos de la mesa sobre el agua",
        "1. Abrir los pozos.",
        "2. Cerrar las minas.",
        "¶ Gracias a todos.",
    ]


def test_a_date_or_a_year_that_a_line_broke_starts_nothing() -> None:
    text = (
        "1. El plan se aprobó el\n12. de noviembre, como ya en\n2008. Sigue en vigor\no en su caso se cambia.\n2. Fin."
    )
    first = "El plan se aprobó el 12. de noviembre, como ya en 2008. Sigue en vigor o en su caso se cambia."
    assert printed(text) == [f"1. {first}", "2. Fin."]


def test_a_sentence_goes_on_behind_an_empty_line() -> None:
    assert printed("They agreed to meet\n\nagain in May.\n\nthen they left.") == [
        "¶ They agreed to meet again in May.",
        "¶ then they left.",
    ]


def test_rules_and_empty_lines_end_a_block_and_are_none() -> None:
    text = "One thing.\n-----\nAnother\n\n   \n***\nA third"
    assert printed(text) == ["¶ One thing.", "¶ Another", "¶ A third"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_blocks_begin_behind_their_marks_and_end_at_their_words(newline: str) -> None:
    text = f"{newline}  Plan {newline}{newline} (a)  Ratify  {newline}  it; {newline}"
    assert [(text[block.start : block.end], block.marker, block.role) for block in find_blocks(text)] == [
        ("Plan", "", BlockRole.TEXT),
        (f"Ratify  {newline}  it;", "(a)", BlockRole.ITEM),
    ]


def test_nothing_gives_nothing() -> None:
    assert find_blocks("") == find_blocks(" \n\t\n---\n") == ()


# Trees


def outline(text: str) -> list[str]:
    """The tree that a plain text makes, "…" for each level, first words only."""
    return _outline(text, build_trees(text, find_blocks(text)), 0)


def _outline(text: str, nodes: list[Node], depth: int) -> list[str]:
    found: list[str] = []
    for node in nodes:
        words = text[node.block.start : node.block.end].split(maxsplit=1)[0]
        found += [f"{'…' * depth}{node.block.marker}{' ' if node.block.marker else ''}{words}"]
        found += _outline(text, node.children, depth + 1)
    return found


def test_letters_below_numbers_and_roman_below_letters() -> None:
    text = "1. One.\n(a) Two.\n(i) Three.\n(ii) Four.\n(b) Five.\n2. Six.\n(a) Seven."
    assert outline(text) == [
        "1. One.", "…(a) Two.", "……(i) Three.", "……(ii) Four.", "…(b) Five.", "2. Six.", "…(a) Seven.",
    ]  # fmt: skip


def test_the_letter_i_goes_on_from_h() -> None:
    letters = "abcdefghij"
    text = "1. One:\n" + "\n".join(f"({letter}) Item;" for letter in letters)
    assert outline(text) == ["1. One:", *(f"…({letter}) Item;" for letter in letters)]


def test_dotted_numbers_to_any_depth() -> None:
    text = "87. One:\n\n87.1 Two.\n87.2 Three:\n87.2.1 Four:\n87.2.1.1 Five.\n87.2.2 Six.\n87.3 Seven.\n\n88. Eight."
    assert outline(text) == [
        "87. One:", "…87.1 Two.", "…87.2 Three:", "……87.2.1 Four:", "………87.2.1.1 Five.", "……87.2.2 Six.",
        "…87.3 Seven.", "88. Eight.",
    ]  # fmt: skip


def test_dotted_numbers_out_of_order_stay_in_their_list() -> None:
    text = "87. One:\n\n87.1 Two.\n87.2 Three.\n87.4 Five.\n87.5 Six."
    assert outline(text) == ["87. One:", "…87.1 Two.", "…87.2 Three.", "…87.4 Five.", "…87.5 Six."]


def test_numbers_that_restart() -> None:
    text = "1. One.\n2. Two.\n\nMore was said by others.\n\n1. Three.\n2. Four."
    assert outline(text) == ["1. One.", "2. Two.", "More", "1. Three.", "2. Four."]


def test_numbers_that_restart_below_an_item_that_introduces_them() -> None:
    text = "11. The council agreed on the following measures:\n\n1. Three.\n2. Four.\n\n12. It closed."
    assert outline(text) == ["11. The", "…1. Three.", "…2. Four.", "12. It"]


def test_a_number_that_may_go_on_with_two_lists_goes_on_with_the_inner_one() -> None:
    text = "1. The council agreed on the following measures:\n\n1. Three.\n\n2. Four."
    assert outline(text) == ["1. The", "…1. Three.", "…2. Four."]


@pytest.mark.parametrize(("first", "second"), [("•", "1."), ("(a)", "1."), ("(i)", "(a)"), ("1.", "1)")])
def test_a_list_of_the_same_or_a_higher_rank_is_not_inside_an_item_that_does_not_announce_it(
    first: str, second: str
) -> None:
    assert outline(f"{first} One.\n{second} Two.") == [f"{first} One.", f"{second} Two."]


@pytest.mark.parametrize(("after", "inside"), [("3.", True), ("4.", True), ("5.", False), ("(3)", False)])
def test_a_list_may_leave_out_two_numbers_at_most(after: str, inside: bool) -> None:
    second = f"…{after} Three." if inside else f"{after} Three."
    assert outline(f"It asks:\n\n1. One.\n\n{after} Three.") == ["It", "…1. One.", second]


def test_a_number_left_out_ends_no_list_inside_a_list() -> None:
    text = "It asks:\n\n1. One:\n(a) Two.\n(c) Three.\n2. Four."
    assert outline(text) == ["It", "…1. One:", "……(a) Two.", "……(c) Three.", "…2. Four."]


def test_a_number_left_out_goes_on_with_the_inner_of_two_lists() -> None:
    text = "1. The council agreed on the following measures:\n\n1. Two.\n\n3. Three."
    assert outline(text) == ["1. The", "…1. Two.", "…3. Three."]


@pytest.mark.parametrize("after", ["3.", "2."])
def test_a_number_that_is_no_higher_goes_on_with_no_list(after: str) -> None:
    text = f"It asks:\n\n1. One.\n\n2. Two.\n\n3. Three.\n\n{after} Four."
    assert outline(text) == ["It", "…1. One.", "…2. Two.", "…3. Three.", f"{after} Four."]


def test_a_number_of_another_chapter_is_in_no_list_of_this_one() -> None:
    assert outline("87. One:\n\n87.1 Two.\n\n88.2 Three.") == ["87. One:", "…87.1 Two.", "88.2 Three."]


def test_a_list_belongs_to_the_paragraph_that_ends_in_a_colon() -> None:
    text = "It asks the council:\n\n- to build;\n- to repair.\n\nIt thanks the council.\n\n- to rest;"
    assert outline(text) == ["It", "…- to", "…- to", "It", "- to"]


def test_bullets_below_numbers_and_dashes_below_bullets() -> None:
    text = "1. One:\n• Two:\n– Three;\n– Four;\n• Five.\n2. Six."
    assert outline(text) == ["1. One:", "…• Two:", "……– Three;", "……– Four;", "…• Five.", "2. Six."]


def test_a_list_goes_on_behind_a_paragraph() -> None:
    text = "It asks:\n\n1. One:\n(a) Two.\n\nThis was hard to agree on.\n\n(b) Three.\n2. Four."
    assert outline(text) == ["It", "…1. One:", "……(a) Two.", "……(b) Three.", "…2. Four.", "This"]


def made(text: str, *looks: tuple[BlockRole, str, int | None]) -> list[Block]:
    """Each line of a text as a block: its role, mark and level."""
    blocks, start = [], 0
    for line, (role, mark, level) in zip(text.split("\n"), looks, strict=True):
        blocks.append(Block(role, start, start + len(line), mark, level))
        start += len(line) + 1
    return blocks


def test_a_list_goes_on_under_a_heading() -> None:
    text = "One:\nTwo.\nRoads\nThree.\nFour.\nFive."
    blocks = made(
        text,
        (BlockRole.ITEM, "1.", None),
        (BlockRole.ITEM, "(a)", None),
        (BlockRole.HEADING, "", 1),
        (BlockRole.ITEM, "(b)", None),
        (BlockRole.ITEM, "2.", None),
        (BlockRole.ITEM, "(a)", None),
    )
    assert _outline(text, build_trees(text, blocks), 0) == [
        "1. One:", "…(a) Two.", "…(b) Three.", "Roads", "2. Four.", "…(a) Five.",
    ]  # fmt: skip


def test_levels_that_the_file_states_decide() -> None:
    text = "Ask:\nOne\nTwo\nThree\nFour\nFive\nSix"
    blocks = made(
        text,
        (BlockRole.TEXT, "", None),
        (BlockRole.ITEM, "•", 0),
        (BlockRole.ITEM, "•", 1),
        (BlockRole.ITEM, "•", 2),
        (BlockRole.ITEM, "•", 1),
        (BlockRole.ITEM, "•", 0),
        (BlockRole.ITEM, "•", 1),
    )
    assert _outline(text, build_trees(text, blocks), 0) == [
        "Ask:", "…• One", "……• Two", "………• Three", "……• Four", "…• Five", "……• Six",
    ]  # fmt: skip


def test_notes_stay_with_the_block_in_front_of_them() -> None:
    text = "Ask:\nOne\nfirst\nsecond\nTwo\nThanks\nthird"
    blocks = made(
        text,
        (BlockRole.TEXT, "", None),
        (BlockRole.ITEM, "1.", None),
        (BlockRole.NOTE, "1", None),
        (BlockRole.NOTE, "2", None),
        (BlockRole.ITEM, "2.", None),
        (BlockRole.TEXT, "", None),
        (BlockRole.NOTE, "3", None),
    )
    ask, thanks = build_trees(text, blocks)
    assert [[text[note.start : note.end] for note in node.notes] for node in (ask, *ask.children, thanks)] == [
        [], ["first", "second"], [], ["third"],
    ]  # fmt: skip
    assert [text[child.block.start : child.block.end] for child in ask.children] == ["One", "Two"]


def test_a_node_ends_where_the_last_that_it_holds_ends() -> None:
    text = "1. One:\n(a) Two:\n(i) Three.\n2. Four."
    first, second = build_trees(text, find_blocks(text))
    assert text[first.block.start : first.end].endswith("Three.")
    assert text[second.block.start : second.end] == "Four."
    assert [child.parent for child in first.children] == [first]


def test_a_counted_item_goes_on_behind_typed_ones_inside_the_one_before() -> None:
    text, blocks = "", []
    for mark, level in (("2.", 0), ("a.", None), ("i.", None), ("3.", 0)):
        text += f"{mark} Mend:\n"
        blocks.append(Block(BlockRole.ITEM, len(text) - 6, len(text) - 1, mark, level))
    assert [node.block.marker for node in build_trees(text, blocks)] == ["2.", "3."]
