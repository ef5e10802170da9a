"""The page served and in a real browser: a mark leads to its words, nothing is obeyed, nothing leaves the host."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from app.serve import check_address
from ingest.errors import RelatoriaError
from ingest.sources import find_sources
from retrieval.assistant import Assistant
from tests.app.web.test_page import HOSTILE
from tests.fakes.browser import PHONE, OpenPage, ask, free_port, is_in_view, needs_chromium, serve_page

# The address


def test_a_taken_port_is_said_before_anything_is_loaded() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(RelatoriaError, match=rf"Port {port} on 127.0.0.1 is taken.*serve --port {port + 1}"):
            check_address("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "port", "said"),
    [
        ("127.0.0.1", 0, "does not exist"),
        ("127.0.0.1", 70_000, "does not exist"),
        ("127.0.0.1", -1, "does not exist"),
        ("no.such.host.invalid", 7860, "no address"),
        ("a" * 300, 7860, "no address"),
        ("192.0.2.1", 7860, "not an address of this machine"),  # TEST-NET-1, RFC 5737
    ],
)
def test_an_impossible_address_says_what_to_type(host: str, port: int, said: str) -> None:
    with pytest.raises(RelatoriaError, match=said) as caught:
        check_address(host, port)
    assert "relatoria serve" in str(caught.value)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_serve_answers_until_it_is_told_to_stop(assistant: Assistant, ending: signal.Signals) -> None:
    port = free_port()
    listening = "signal.signal(signal.SIGINT, signal.default_int_handler)"  # a shell's background job ignores it
    run = f"from app.cli.main import main; sys.exit(main(['serve', '--port', '{port}']))"
    code = f"import signal, sys; {listening}; {run}"
    environment = {**os.environ, "RELATORIA_INDEX": str(assistant.index.folder), "HTTP_PROXY": "http://127.0.0.1:9"}
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        said = "".join(itertools.takewhile(lambda line: "is at" not in line, process.stderr))
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{port}/") as response:
            assert "Relatoría" in response.read().decode()
        process.send_signal(ending)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0
    assert out == ""
    assert "Traceback" not in said + err


# In a browser


@needs_chromium
def test_a_mark_leads_to_its_words_in_the_report(served: str, visit: OpenPage) -> None:
    page = visit(served)
    assert page.title() == "Relatoría"
    assert page.evaluate("document.documentElement.lang") == "en"
    assert "26 recommendations" in page.inner_text(".r-welcome")
    ask(page, "¿Qué se recomendó sobre la migración de retorno?")
    card = page.inner_text(".r-card >> nth=0")
    assert "[1]" in card
    assert "Recomendación" in card
    assert "línea 72" in card
    assert "Como recomendación final, es importante destacar" in card
    page.click("#r-chat a.r-mark >> nth=0")
    page.wait_for_selector("#r-here")
    assert page.inner_text("#r-here").startswith("Como recomendación final, es importante destacar")
    assert is_in_view(page, "#r-here")
    assert page.evaluate("document.activeElement.id") == "r-here"
    link = page.evaluate("location.href")
    page.keyboard.press("Escape")
    page.wait_for_selector(".r-card")
    shared = visit(link)
    shared.wait_for_selector("#r-here")
    assert is_in_view(shared, "#r-here")


@needs_chromium
def test_keyboard_alone_gets_there(served: str, visit: OpenPage) -> None:
    page = visit(served)
    ask(page, "What should governments do about trafficking?")
    page.wait_for_selector(".r-card")
    page.focus(".r-card >> nth=1 >> a.r-mark")
    page.keyboard.press("Enter")
    page.wait_for_selector("#r-here")
    assert "proteger a los grupos más vulnerables" in page.inner_text("#r-here")
    page.keyboard.press("Escape")
    page.wait_for_selector(".r-card")
    assert page.evaluate("document.activeElement.className") == "r-mark"


@needs_chromium
def test_a_starter_question_and_then_a_refusal(served: str, visit: OpenPage) -> None:
    page = visit(served, locale="fr-FR")
    page.click("button.r-starter >> nth=0")
    page.locator(".r-provenance").wait_for()
    assert "Recommandation" in page.inner_text("#r-chat")
    assert not page.is_visible(".r-welcome")
    ask(page, "Who won the football world cup?")
    assert page.locator("#r-chat .r-status").count() == 1
    page.wait_for_function("document.querySelectorAll('.r-card').length === 3")
    assert page.locator("#r-chat .r-mark").count() == 4
    ask(page, "Quels groupes vulnérables sont prioritaires ?")  # the third question, brought to the top
    page.wait_for_function(
        """() => { const last = [...document.querySelectorAll("#r-chat .r-quotes")].at(-1).getBoundingClientRect();
            return scrollY > 0 && last.top > 60 && last.bottom < innerHeight - 80; }"""
    )


@needs_chromium
def test_what_was_searched_is_edited_and_sent_again(served: str, visit: OpenPage) -> None:
    page = visit(served)
    ask(page, "What does the report say on detention of irregular migrants?")
    assert page.locator(".r-searched").count() == 0
    ask(page, "and for women?")
    searched = "What does the report say on detention of irregular migrants, for women?"
    assert searched in page.inner_text(".r-searched")
    page.focus("a.r-edit")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.tagName === 'TEXTAREA'")
    assert page.input_value("#r-box textarea") == searched
    before = page.locator(".r-provenance").count()
    page.fill("#r-box textarea", "What does the report say on return migration?")
    page.keyboard.press("Enter")
    page.locator(".r-provenance").nth(before).wait_for()
    assert page.locator(".r-searched").count() == 1  # it stands alone
    other = visit(served)  # another visitor, who has said nothing
    ask(other, "[1]")
    assert other.locator("#r-chat .r-not-understood").count() == 1


@pytest.mark.survey
@needs_chromium
def test_a_question_is_never_obeyed(served: str, visit: OpenPage) -> None:
    page = visit(served)
    for words in HOSTILE[:8]:  # what can be typed
        ask(page, words)
    assert page.evaluate("window.hacked") is None
    asked = page.locator(".r-question").all_inner_texts()
    assert HOSTILE[0] in asked
    assert HOSTILE[4] in asked


@pytest.mark.survey
@needs_chromium
def test_a_report_is_never_obeyed(visit: OpenPage, tmp_path: Path, assistant: Assistant) -> None:
    bullets = "".join(f"• La recomendación {n} dice {words} sobre el agua.\n\n" for n, words in enumerate(HOSTILE, 1))
    title = "Título <img src=x onerror='window.hacked=1'>\n\nMesa 1 ${window.hacked=1}"
    text = f"{title}\n\nPrincipales recomendaciones\n\n{bullets}"
    (tmp_path / "hostile.txt").write_text(text.replace("\x00", ""), encoding="utf-8")
    hostile = Assistant(tmp_path / "index")
    hostile._embedder = assistant.embedder()
    hostile.index.update(find_sources([tmp_path / "hostile.txt"]), hostile.embedder)
    with serve_page(hostile) as url:
        page = visit(url)
        ask(page, "¿Qué dice la recomendación sobre el agua?")
        page.click("#r-chat a.r-mark >> nth=0")
        page.wait_for_selector("#r-here")
        assert page.evaluate("window.hacked") is None
        shown = page.inner_text(".r-paper")
        for words in (HOSTILE[0], HOSTILE[5], HOSTILE[6]):
            assert words in shown


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone(served: str, visit: OpenPage, scheme: str) -> None:
    touched = {"is_mobile": True, "has_touch": True}
    page = visit(served, viewport=PHONE, color_scheme=scheme, reduced_motion="reduce", **touched)

    def too_wide() -> Any:
        return page.evaluate(
            """() => [...document.querySelectorAll("body *")]
                .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > 390.5)
                .map((e) => e.id || e.className)"""
        )

    assert too_wide() == []
    ask(page, "What should governments do about trafficking?")
    page.wait_for_selector(".r-card")
    assert too_wide() == []
    page.tap("#r-chat a.r-mark >> nth=0")
    page.wait_for_selector("#r-here")
    assert is_in_view(page, "#r-here")
    assert too_wide() == []
    page.tap(".r-back")
    page.wait_for_selector(".r-card")
    assert not page.is_visible(".r-paper")


@pytest.mark.survey
@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(served: str, visit: OpenPage, scheme: str) -> None:
    """Contrast of 4.5 to 1 or more (WCAG 2.2, 1.4.3) for every text on the page, answered and refused."""
    page = visit(served, color_scheme=scheme, reduced_motion="reduce")
    low = page.evaluate(CONTRAST)
    ask(page, "Who won the football world cup?")
    page.wait_for_selector(".r-card")
    low += page.evaluate(CONTRAST)
    page.click("a.r-chip >> nth=0")
    page.wait_for_selector("#r-here")
    assert low + page.evaluate(CONTRAST) == []


CONTRAST = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const colour = rgba(getComputedStyle(e).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255];
  };
  const seen = { opacityProperty: true, visibilityProperty: true };
  const low = [];
  for (const e of document.querySelectorAll(".gradio-container *")) {
    const own = [...e.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !e.checkVisibility(seen) || e.closest(".sr-only")) continue;
    const [a, b] = [light(rgba(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.push(`${e.className} ${e.textContent.slice(0, 40)} ${ratio.toFixed(2)}`);
  }
  return low;
}"""


def test_visitors_do_not_wait_for_each_other(served: str) -> None:
    from gradio_client import Client  # type: ignore[import-untyped]

    clients = [Client(served, verbose=False) for _ in range(3)]
    began = time.monotonic()
    jobs = [client.submit("¿Qué es la Plataforma para Alianzas?", api_name="/ask") for client in clients]
    assert [job.result(timeout=30)["status"] for job in jobs] == ["answered"] * 3
    assert time.monotonic() - began < 20
