// What the page does in the browser: opens a mark's place in the report, and keeps the reader where they read.
window.relatoria = (() => {
  const root = document.documentElement;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const narrow = matchMedia("(max-width: 900px)");
  let cameFrom = null; // the link that opened the report, to give the focus back
  let asked = ""; // the last question, and how many there are
  let held = null; // the link in the conversation that has the focus
  let cards = ""; // which sources are shown
  let following = false; // whether the answer under way is to be kept in view
  let walk = []; // the marks of the answer whose report is open
  let here = ""; // the one that is open
  let step = 0; // the button that led here, to keep the focus
  let sheet = false; // whether the open report is an entry of the history
  let told = ""; // what the live region said last of the answer under way
  const UNANSWERED = "relatoria-unanswered"; // what was asked, until its answer is whole

  const one = (selector) => document.querySelector(selector);
  const smoothly = () => (calm.matches ? "auto" : "smooth");
  const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(then));

  const said = (name) => one("#r-top [data-lang]")?.dataset[name] ?? "";

  // A live region that is there from the start, so that what is put into it is spoken, once.
  function announce(words) {
    let region = one("#r-live");
    if (!region) {
      region = document.createElement("div");
      region.id = "r-live";
      region.className = "r-unseen";
      region.setAttribute("role", "status");
      region.setAttribute("aria-live", "polite");
      document.body.append(region);
    }
    region.textContent = words;
  }

  function open(fragment) {
    const box = one("#r-wire textarea, #r-wire input");
    if (!box) return;
    box.value = `${fragment} ${Date.now()}`; // the same place twice is two events
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // The report is closed: by the button, Escape, or on a phone by going back.
  function close() {
    if (root.dataset.panel !== "reader") return;
    if (sheet) history.back(); // popstate does the rest
    else dismiss();
  }

  function dismiss() {
    sheet = false;
    show(one("#r-sources .r-sources") ? "sources" : "");
    const query = new URLSearchParams(location.search);
    query.delete("passage");
    history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
    const back = cameFrom?.isConnected ? cameFrom : again(cameFrom?.getAttribute("href"));
    back?.focus();
  }

  // The same link in what was drawn anew.
  function again(href) {
    return href ? [...document.querySelectorAll("#r-main a[href], #r-sources a[href]")].find((link) => link.getAttribute("href") === href) : null;
  }

  // The marks of the answer that a link stands in, each place once, in the order of their numbers.
  function marksAround(link) {
    const inChat = link.closest("#r-chat");
    let links = [...document.querySelectorAll("#r-sources .r-card a.r-mark")];
    if (inChat) {
      const all = [...document.querySelectorAll("#r-chat .r-question, #r-chat a.r-mark, #r-chat a.r-chip")];
      const at = all.indexOf(link);
      const question = (other) => other.classList.contains("r-question");
      const first = all.findLastIndex((other, n) => n < at && question(other)) + 1;
      const next = all.findIndex((other, n) => n > at && question(other));
      links = all.slice(first, next < 0 ? all.length : next);
    }
    const places = new Map(links.map((other) => [other.getAttribute("href"), Number(other.textContent.match(/\d+/)?.[0] ?? 0)]));
    return [...places.keys()].sort((a, b) => places.get(a) - places.get(b));
  }

  function follow(fragment) {
    here = fragment;
    open(fragment);
  }

  // "2 of 5" and the way to the others, where the open place is one of an answer's.
  function walking() {
    const steps = one("#r-reader .r-walk");
    const at = walk.indexOf(here);
    if (!steps || at < 0 || walk.length < 2) return "";
    steps.hidden = false;
    const count = said("of").replace("{n}", at + 1).replace("{m}", walk.length);
    steps.querySelector(".r-of").textContent = count;
    steps.querySelectorAll("[data-step]").forEach((button) => {
      button.disabled = !walk[at + Number(button.dataset.step)];
    });
    return count;
  }

  async function copy(words, button) {
    let done = true;
    try {
      await navigator.clipboard.writeText(words);
    } catch { // no clipboard outside a secure context
      const area = document.createElement("textarea");
      area.value = words;
      area.className = "r-unseen";
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
    }
    button.focus();
    announce(said(done ? "copied" : "uncopied"));
    button.dataset.said = said(done ? "copied" : "uncopied");
    setTimeout(() => delete button.dataset.said, 2500);
  }

  function show(panel) {
    if (panel) root.dataset.panel = panel;
    else delete root.dataset.panel;
    const alone = panel === "reader" && narrow.matches; // a sheet over all the rest
    for (const part of ["#r-top", "#r-main", "#r-sources"]) one(part)?.toggleAttribute("inert", alone);
  }

  // A panel: Gradio's own tab is selected by its button, which is not shown; the links at the top are.
  function go(tab) {
    one(`#r-tab-${tab}-button`)?.click();
    arrived(tab);
  }

  function arrived(tab) {
    root.dataset.tab = tab;
    document.querySelectorAll("a.r-tab").forEach((link) => {
      if (new URL(link.href).searchParams.get("tab") === tab) {
        link.setAttribute("aria-current", "page");
        bringIntoStrip(link);
      } else link.removeAttribute("aria-current");
    });
    painted(named);
  }

  // Where the links do not fit, the one of the open panel is in view; the page itself does not move.
  function bringIntoStrip(link) {
    const [own, strip] = [link, link.parentElement].map((part) => part.getBoundingClientRect());
    const edge = 28; // so that a piece of its neighbour shows
    if (own.left < strip.left) link.parentElement.scrollLeft -= strip.left - own.left + edge;
    else if (own.right > strip.right) link.parentElement.scrollLeft += own.right - strip.right + edge;
  }

  // A panel is called what its link is called.
  function named() {
    document.querySelectorAll("a.r-tab").forEach((link) => {
      const panel = one(`#r-tab-${new URL(link.href).searchParams.get("tab")}`);
      panel?.removeAttribute("aria-labelledby");
      panel?.setAttribute("aria-label", link.textContent);
    });
  }

  // The address with other parameters; what it says beside them stays.
  function address(changes) {
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value) query.set(name, value);
      else query.delete(name);
    }
    return `${location.pathname}?${query}`;
  }

  addEventListener("popstate", () => {
    if (root.dataset.panel === "reader" && sheet && !location.hash.startsWith("#at=")) dismiss();
    else if (root.dataset.panel !== "reader" && location.hash.startsWith("#at=")) {
      sheet = narrow.matches;
      follow(location.hash);
    }
    const tab = new URLSearchParams(location.search).get("tab") ?? "ask";
    if (tab !== root.dataset.tab) go(tab);
  });

  const forget = () => document.querySelectorAll(".r-now").forEach((now) => now.classList.remove("r-now"));

  function bringIntoPanel(mark) {
    const paper = mark.closest(".r-paper");
    const top = mark.getBoundingClientRect().top - paper.getBoundingClientRect().top + paper.scrollTop;
    paper.scrollTo({ top: Math.max(0, top - paper.clientHeight * 0.28), behavior: smoothly() });
  }

  // A question put into the box, ready to be changed and sent.
  function ask(question, then) {
    if (root.dataset.tab !== "ask") {
      history.pushState(null, "", address({ tab: "ask" }));
      go("ask");
    }
    put(question, 60, then);
  }

  // A panel that was never open is not there yet.
  function put(question, tries, then) {
    const box = one("#r-box textarea");
    if (!box || !box.checkVisibility()) {
      if (tries) requestAnimationFrame(() => put(question, tries - 1, then));
      return;
    }
    box.value = question;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    box.setSelectionRange(question.length, question.length);
    then?.();
  }

  // A question asked as if it had been typed.
  function send(question) {
    ask(question);
    painted(() => one("#r-box .submit-button")?.click());
  }

  // The box's buttons are called what they do.
  function called() {
    one("#r-box .submit-button")?.setAttribute("aria-label", said("send"));
    one("#r-box .stop-button")?.setAttribute("aria-label", said("stop"));
  }

  // Gradio's disclosure does not say whether it is open.
  function disclosed() {
    const button = one("#r-narrow > button");
    const open = button?.parentElement.querySelector('[data-testid="accordion-content"]')?.style.display !== "none";
    button?.setAttribute("aria-expanded", String(open));
  }

  // What the question is narrowed to is counted on the disclosure, and told in its name.
  function counted() {
    const button = one("#r-narrow > button");
    const chosen = [...document.querySelectorAll("#r-narrow .token > span:first-child")].map((token) => token.textContent.trim());
    const word = button?.firstElementChild?.textContent ?? "";
    if (chosen.length) {
      button.dataset.count = chosen.length;
      button.setAttribute("aria-label", `${word} ${chosen.length}: ${chosen.join(", ")}`);
    } else {
      button?.removeAttribute("data-count");
      button?.removeAttribute("aria-label");
    }
  }

  // A question is sent. It is kept until it is answered: a connection that is lost does not lose it.
  function remember(question) {
    if (!question.trim()) return;
    sessionStorage.setItem(UNANSWERED, question);
    one("#r-unfinished")?.remove();
    if (narrow.matches) one('#r-narrow > button[aria-expanded="true"]')?.click(); // or it would lie over the answer
  }

  document.addEventListener("click", (event) => {
    const edited = event.target.closest?.('a[href*="#ask="]');
    if (edited && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      const href = edited.getAttribute("href");
      ask(decodeURIComponent(href.slice(href.indexOf("#ask=") + 5)));
      return;
    }
    const link = event.target.closest?.('a[href*="#at="]');
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      const href = link.getAttribute("href");
      const fragment = href.slice(href.indexOf("#at="));
      if (!link.closest("#r-reader")) {
        cameFrom = link;
        walk = marksAround(link);
        forget();
        link.closest(".r-card, .r-quotes li")?.classList.add("r-now");
      }
      const query = new URLSearchParams(location.search);
      query.delete("passage");
      const address = `${location.pathname}${query.size ? `?${query}` : ""}${fragment}`;
      if (narrow.matches && root.dataset.panel !== "reader") {
        history.pushState(null, "", address);
        sheet = true;
      } else history.replaceState(null, "", address);
      step = 0;
      follow(fragment);
      return;
    }
    const stepped = event.target.closest?.("[data-step]");
    if (stepped) {
      step = Number(stepped.dataset.step);
      const next = walk[walk.indexOf(here) + step];
      if (next) {
        history.replaceState(null, "", location.pathname + location.search + next);
        follow(next);
      }
      return;
    }
    const permanent = event.target.closest?.("a.r-permanent");
    if (permanent && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      copy(new URL(permanent.getAttribute("href"), location.origin + location.pathname).href, permanent);
      return;
    }
    const copied = event.target.closest?.("[data-copy]");
    if (copied) {
      const page = location.origin + location.pathname;
      copy(copied.dataset.copy.replace(/^(?=\?passage=)/gm, page), copied);
      return;
    }
    const suggested = event.target.closest?.("[data-ask]");
    if (suggested) {
      send(suggested.dataset.ask);
      return;
    }
    if (event.target.closest?.("#r-box .submit-button")) remember(one("#r-box textarea").value);
    const starter = event.target.closest?.("button.r-starter");
    if (starter) remember(starter.textContent);
    const tab = event.target.closest?.("a.r-tab");
    if (tab && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      const name = new URL(tab.href).searchParams.get("tab");
      if (name !== root.dataset.tab) history.pushState(null, "", address({ tab: name }));
      go(name);
      return;
    }
    const language = event.target.closest?.("a.r-lang");
    if (language) language.href = address({ lang: new URL(language.href).searchParams.get("lang") });
    if (event.target.closest?.("[data-close]")) close();
    if (event.target.closest?.("#r-narrow > button")) painted(disclosed);
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.target.closest?.("[role=combobox]")) close();
    if (event.key === "Enter" && !event.shiftKey && event.target.matches?.("#r-box textarea")) remember(event.target.value);
  }, true);

  // Gradio calls each toast what kind it is, in English: they go by what they say.
  // That the connection was lost is said in the page's language.
  function toasts() {
    for (const title of document.querySelectorAll(".toast-title")) {
      if (title.firstChild?.data?.trim()) title.firstChild.data = "";
    }
    for (const words of document.querySelectorAll('.toast-body.error [data-testid="toast-text"]')) {
      if (!words.textContent.startsWith("Connection to the server was lost")) continue;
      words.textContent = said("lost");
      const question = sessionStorage.getItem(UNANSWERED);
      if (question) ask(question);
    }
  }

  new MutationObserver((changes) => {
    toasts();
    if (changes.some((change) => change.target.closest?.("#r-narrow"))) counted();
  }).observe(root, { childList: true, subtree: true });

  document.addEventListener("focusin", (event) => {
    // Gradio names each choice for itself: of one name, they are walked with the arrow keys
    event.target.closest?.("#r-role")?.querySelectorAll("input").forEach((choice) => { choice.name = "r-role"; });
    held = event.target.closest?.("#r-chat a[href]") ?? null;
  });

  // An answer that grows is drawn anew: the focus stays on the link where it was.
  function hold() {
    if (!held || held.isConnected || document.activeElement !== document.body) return;
    const href = held.getAttribute("href");
    const same = [...document.querySelectorAll("#r-chat a[href]")].filter((link) => link.getAttribute("href") === href);
    const kin = held.closest(".r-prose") ? same.filter((link) => link.closest(".r-prose")) : same;
    (kin.at(-1) ?? same.at(-1))?.focus({ preventScroll: true });
  }

  function arrivedAt() {
    show("reader");
    const mark = one("#r-here");
    const count = walking();
    if (mark) bringIntoPanel(mark);
    else one("#r-reader .r-paper")?.scrollTo({ top: 0 });
    const button = step && (one(`#r-reader [data-step="${step}"]:enabled`) ?? one("#r-reader [data-step]:enabled"));
    if (button) {
      const named = one("#r-reader .r-named")?.textContent ?? "";
      button.focus({ preventScroll: true });
      announce(`${count}. ${named}`);
    } else (mark ?? one("#r-reader .r-changed, #r-reader .r-gone") ?? one("#r-reader .r-paper"))?.focus({ preventScroll: true });
  }

  // For who listens: that it is being searched, and then how the answer opens, each once.
  function speak(now) {
    const rows = [...document.querySelectorAll("#r-chat .r-question, #r-chat .r-pending p, #r-chat .r-status, #r-chat .r-opening, #r-chat .r-record")];
    const after = rows.slice(rows.findLastIndex((row) => row.classList.contains("r-question")) + 1);
    const words = after.slice(0, 2).filter((row, n) => n === 0 || after[0].classList.contains("r-status"));
    const text = words.map((row) => row.textContent.trim()).join(": ");
    if (!text || told.startsWith(`${now}\n`) && (told.endsWith(text) || !told.endsWith(`\n${said("searching")}`))) return;
    told = `${now}\n${text}`;
    announce(text);
  }

  for (const moved of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    addEventListener(moved, () => { following = false; }, { passive: true, capture: true });
  }

  return {
    // the first page is there: its language, and the place a shared link leads to
    loaded: () => painted(() => {
      const top = one("#r-top [data-lang]");
      root.lang = top?.dataset.lang ?? root.lang;
      root.dir = top?.dataset.direction ?? "ltr";
      arrived(top?.dataset.tab ?? "ask");
      announce("");
      disclosed();
      counted();
      called();
      if (location.hash.startsWith("#at=")) follow(location.hash);
      else if (new URLSearchParams(location.search).has("passage")) arrivedAt();
      const question = sessionStorage.getItem(UNANSWERED);
      if (question) { // the page was left before it was answered
        sessionStorage.removeItem(UNANSWERED);
        ask(question, () => {
          const words = document.createElement("p");
          words.id = "r-unfinished";
          words.className = "r-notice";
          words.textContent = said("unfinished");
          one("#r-notices")?.before(words); // what is in it is Gradio's
          announce(words.textContent);
        });
      }
    }),
    // a question or a piece of its answer: the question goes to the top, unless the reader has moved on
    talked: () => painted(() => {
      // Gradio labels each message with its source, markup and all, for screen readers
      document.querySelectorAll("#r-chat [data-testid][aria-label]").forEach((one) => one.removeAttribute("aria-label"));
      const questions = document.querySelectorAll("#r-chat .r-question");
      root.toggleAttribute("data-talking", questions.length > 0);
      const last = questions[questions.length - 1];
      const now = last ? `${questions.length} ${last.textContent}` : "";
      if (now !== asked && last) {
        following = true;
        if (narrow.matches) document.activeElement?.blur?.(); // the keyboard gives way to the answer
      }
      asked = now;
      called();
      speak(now);
      hold();
      if (following) last?.scrollIntoView({ block: "start", behavior: smoothly() });
    }),
    // sources: of a new answer, or the same ones with translations, which is no reason to close the report
    cited: () => painted(() => {
      const marks = [...document.querySelectorAll("#r-sources .r-card a.r-mark")].map((link) => link.getAttribute("href"));
      const now = `${asked} ${marks}`;
      if (marks.length && now === cards) return;
      cards = now;
      forget();
      root.classList.toggle("r-cited", Boolean(one("#r-sources .r-sources")));
      show(one("#r-sources .r-sources") ? "sources" : "");
      const side = one("#r-sources");
      if (side) side.scrollTop = 0;
    }),
    // the answer is whole, or was stopped
    ended: () => painted(() => {
      called();
      if (!one("#r-chat .r-pending")) sessionStorage.removeItem(UNANSWERED);
      if (document.activeElement === document.body && !narrow.matches) one("#r-box textarea")?.focus({ preventScroll: true });
    }),
    // the report, at the place asked for
    opened: () => painted(arrivedAt),
  };
})();
