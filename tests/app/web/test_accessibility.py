"""Every panel obeys the rules of access: axe, zoom, keyboard, names and sizes of targets, and no request to elsewhere.

Panels are found by the page's own links: a new one is held to the same without a word here.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import pytest

from tests.fakes.browser import DESKTOP, PHONE, Visit, ask, needs_chromium, open_visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ANSWERED = "¿Qué se recomendó sobre la detención de migrantes irregulares?"
REFUSED = "Who won the football world cup?"
ZOOMED = {"width": 720, "height": 450}  # a screen of 1440 at 200 %, WCAG 2.2, 1.4.4
NARROW = {"width": 320, "height": 640}  # one of 1280 at 400 %, 1.4.10
pytestmark = needs_chromium


def states(visit: Visit) -> Iterator[str]:
    """The page in all its states, one after another: each panel, an answer, a report open at its words, a refusal."""
    visit.settle()
    for tab in visit.tabs():
        visit.go(tab)
        yield tab
    visit.go("ask")
    ask(visit.page, ANSWERED)
    visit.settle()
    yield "an answer"
    visit.page.click("#r-chat a.r-mark >> nth=0")
    visit.page.wait_for_selector("#r-here")
    visit.settle()
    yield "a report open"
    visit.page.keyboard.press("Escape")
    ask(visit.page, REFUSED)
    visit.settle()
    yield "a refusal"


def violations(visit: Visit) -> list[str]:
    """What axe finds, of any impact: its rule and the first elements that break it."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(visit.page).response["violations"]
    return [f"{fault['id']} ({fault['impact']}): {[node['target'] for node in fault['nodes'][:3]]}" for fault in found]


@pytest.mark.survey
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["es", "ar"])
def test_axe_finds_nothing(served: str, browser: "Browser", language: str, scheme: Literal["light", "dark"]) -> None:
    broken = {}
    with open_visit(browser, f"{served}?lang={language}", color_scheme=scheme) as visit:
        for state in states(visit):
            assert visit.page.evaluate("document.documentElement.lang") == language
            for size in (PHONE, DESKTOP):
                visit.page.set_viewport_size({"width": size["width"], "height": size["height"]})
                if found := violations(visit):
                    broken[f"{state}, {size['width']} px"] = found
    assert broken == {}


WIDE = """() => {
  const clipped = (e) => {
    for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
      if (getComputedStyle(p).overflowX !== "visible") return true;
    return false;
  };
  const over = [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility()
      && (e.getBoundingClientRect().right > innerWidth + .5 || e.getBoundingClientRect().left < -.5) && !clipped(e));
  const moves = document.documentElement.scrollWidth > innerWidth;
  return moves ? ["the page scrolls", ...over.map((e) => `${e.localName}#${e.id}.${e.className}`).slice(0, 5)] : [];
}"""


@pytest.mark.survey
@pytest.mark.parametrize(
    ("size", "scale", "language"),
    [(ZOOMED, 2, "es"), (ZOOMED, 2, "ar"), (NARROW, 1, "pt"), (NARROW, 1, "ar")],
    ids=["200 % es", "200 % ar", "320 px pt", "320 px ar"],
)
def test_nothing_is_cut_off_when_it_is_enlarged(
    served: str, browser: "Browser", size: dict[str, int], scale: int, language: str
) -> None:
    with open_visit(browser, f"{served}?lang={language}", viewport=size, device_scale_factor=scale) as visit:
        wide = {state: found for state in states(visit) if (found := visit.page.evaluate(WIDE))}
    assert wide == {}


# The elements that one can reach


TARGETS = """() => {
  const seen = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true })
      && e.getBoundingClientRect().width > 1 && !e.closest("[inert], [aria-hidden=true]");
  const all = [...document.querySelectorAll(
      "a[href], button, input, select, textarea, summary, [role=button], [role=tab], [role=option], [tabindex='0']")]
      .filter((e) => seen(e) && !e.disabled);
  const box = (e) => e.getBoundingClientRect();
  const middle = (e) => { const b = box(e); return [b.x + b.width / 2, b.y + b.height / 2]; };
  const inline = (e) => getComputedStyle(e).display === "inline"
      && [...e.parentElement.childNodes].some((n) => n !== e && n.nodeType === 3 && n.textContent.trim());
  const small = (e) => box(e).width < 23.9 || box(e).height < 23.9;
  const crowded = (e) => all.some((other) => {  // WCAG 2.2, 2.5.8: a circle of 24 px meets no other target
    if (other === e || e.contains(other) || other.contains(e)) return false;
    const [x, y] = middle(e), b = box(other);
    const dx = Math.max(b.left - x, 0, x - b.right), dy = Math.max(b.top - y, 0, y - b.bottom);
    return Math.hypot(dx, dy) < 12;
  });
  const called = (e) => `${e.localName}#${e.id}.${e.className} ${(e.textContent || e.value || "").trim().slice(0, 30)}`;
  return all.filter((e) => small(e) && !inline(e) && crowded(e))
      .map((e) => `${called(e)} ${Math.round(box(e).width)} x ${Math.round(box(e).height)}`);
}"""

LOOK = """() => {
  const e = document.activeElement, names = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderColor",
      "backgroundColor", "textDecorationLine"];
  const looks = (node) => names.map((name) => getComputedStyle(node)[name]).join();
  const line = [];
  for (let node = e; node && node !== document.body && line.length < 5; node = node.parentElement) line.push(node);
  const b = e.getBoundingClientRect();
  const at = (x, y) => document.elementFromPoint(b.x + b.width * x, b.y + b.height * y);
  const seen = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].map(([x, y]) => at(x, y))
      .some((there) => there && (e.contains(there) || there.contains(e)));  // WCAG 2.2, 2.4.11: not wholly hidden
  const focused = line.map(looks);
  e.blur();
  const changed = line.some((node, at) => looks(node) !== focused[at]);
  e.focus({ preventScroll: true });
  return { at: e === document.body ? "" : `${e.localName}#${e.id}.${e.className} ${(e.textContent || "").slice(0, 30)}`,
    changed, covered: !seen };
}"""
TOP = """() => {
  const first = document.createElement("span");
  first.tabIndex = -1;
  document.body.prepend(first);
  first.focus();
  first.remove();
}"""
ENOUGH = 60  # stops with the Tab key in one state


def reached(visit: Visit) -> list[dict[str, Any]]:
    """The elements that Tab goes to from the top of the page, each with whether the focus is to be seen."""
    visit.page.evaluate(TOP)
    stops: list[dict[str, Any]] = []
    for _ in range(ENOUGH):
        visit.page.keyboard.press("Tab")
        stop = visit.page.evaluate(LOOK)
        if not stop["at"] or (stops and stop["at"] == stops[0]["at"]):
            break
        stops.append(stop)
    return stops


def nameless(visit: Visit) -> list[str]:
    """What a screen reader can go to but not name, by the browser's own reckoning."""
    session = visit.page.context.new_cdp_session(visit.page)
    tree = session.send("Accessibility.getFullAXTree")["nodes"]
    found = []
    for node in tree:
        focusable = any(held["name"] == "focusable" and held["value"]["value"] for held in node.get("properties", []))
        role = node.get("role", {}).get("value", "")
        named = node.get("ignored") or node.get("name", {}).get("value", "").strip()
        if focusable and not named and role not in ("RootWebArea", "mark"):
            described = session.send("DOM.describeNode", {"backendNodeId": node["backendDOMNodeId"]})["node"]
            found.append(f"{role} {described['localName']} {described.get('attributes', [])}")
    session.detach()
    return found


@pytest.mark.survey
@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def test_everything_is_named_large_enough_and_seen_in_focus(
    served: str, browser: "Browser", size: dict[str, int], scheme: str
) -> None:
    broken: dict[str, list[str]] = {}
    with open_visit(browser, f"{served}?lang=es", viewport=size, color_scheme=scheme) as visit:
        for state in states(visit):
            stops = reached(visit)
            assert len(stops) >= 3, state  # a report fills a phone: what is behind it cannot be reached
            found = [f"no name: {element}" for element in nameless(visit)]
            found += [f"too small: {element}" for element in visit.page.evaluate(TARGETS)]
            found += [f"focus unseen: {stop['at']}" for stop in stops if not stop["changed"]]
            found += [f"focus covered: {stop['at']}" for stop in stops if stop["covered"]]
            if found:
                broken[state] = found
    assert broken == {}


def test_no_request_leaves_the_host(served: str, browser: "Browser") -> None:
    with open_visit(browser, served) as visit:
        for _ in states(visit):
            pass
        assert len(visit.requested) > 20
        assert [url for url in visit.requested if not url.startswith((served, "data:", "blob:"))] == []
