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

  const one = (selector) => document.querySelector(selector);
  const smoothly = () => (calm.matches ? "auto" : "smooth");
  const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(then));

  function open(fragment) {
    const box = one("#r-wire textarea, #r-wire input");
    if (!box) return;
    box.value = `${fragment} ${Date.now()}`; // the same place twice is two events
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function close() {
    if (root.dataset.panel !== "reader") return;
    show(one("#r-sources .r-sources") ? "sources" : "");
    history.replaceState(null, "", location.pathname + location.search);
    if (cameFrom?.isConnected) cameFrom.focus();
  }

  function show(panel) {
    if (panel) root.dataset.panel = panel;
    else delete root.dataset.panel;
  }

  // A panel: Gradio's own tab is selected by its button, which is not shown; the links at the top are.
  function go(tab) {
    one(`#r-tab-${tab}-button`)?.click();
    arrived(tab);
  }

  function arrived(tab) {
    root.dataset.tab = tab;
    document.querySelectorAll("a.r-tab").forEach((link) => {
      if (new URL(link.href).searchParams.get("tab") === tab) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
    painted(named);
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
  function ask(question) {
    if (root.dataset.tab !== "ask") {
      history.pushState(null, "", address({ tab: "ask" }));
      go("ask");
    }
    put(question, 60);
  }

  // A panel that was never open is not there yet.
  function put(question, tries) {
    const box = one("#r-box textarea");
    if (!box || !box.checkVisibility()) {
      if (tries) requestAnimationFrame(() => put(question, tries - 1));
      return;
    }
    box.value = question;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    box.setSelectionRange(question.length, question.length);
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
      cameFrom = link;
      forget();
      link.closest(".r-card, .r-quotes li")?.classList.add("r-now");
      history.replaceState(null, "", location.pathname + location.search + fragment);
      open(fragment);
      return;
    }
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
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });

  document.addEventListener("focusin", (event) => {
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
      if (location.hash.startsWith("#at=")) open(location.hash);
    }),
    // a question or a piece of its answer: the question goes to the top, unless the reader has moved on
    talked: () => painted(() => {
      // Gradio labels each message with its source, markup and all, for screen readers
      document.querySelectorAll("#r-chat [data-testid][aria-label]").forEach((one) => one.removeAttribute("aria-label"));
      const questions = document.querySelectorAll("#r-chat .r-question");
      const last = questions[questions.length - 1];
      const now = last ? `${questions.length} ${last.textContent}` : "";
      if (now !== asked && last) {
        following = true;
        if (narrow.matches) document.activeElement?.blur?.(); // the keyboard gives way to the answer
      }
      asked = now;
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
    // the report, at the place asked for
    opened: () => painted(() => {
      show("reader");
      const mark = one("#r-here");
      if (mark) {
        bringIntoPanel(mark);
        mark.focus({ preventScroll: true });
      } else {
        one("#r-reader .r-paper")?.scrollTo({ top: 0 });
        one("#r-reader .r-back")?.focus({ preventScroll: true });
      }
    }),
  };
})();
