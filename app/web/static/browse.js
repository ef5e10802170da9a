// The table of recommendations in the browser: boxes that are ticked, the view in the address, files that arrive.
window.relatoriaBrowse = (() => {
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
  let turned = false; // whether a page was turned: the reader goes on at the top of the next one
  let watched = null; // the place of the table
  let led = false; // whether the row that the address leads to was shown

  // What the boxes on the page say, whole, so that saying it twice is saying it once.
  function tell() {
    const wire = one("#r-boxes textarea, #r-boxes input");
    if (!wire) return;
    const boxes = all("#r-records input[data-pick]");
    const ids = (ticked) => boxes.filter((box) => box.checked === ticked).map((box) => box.value);
    wire.value = JSON.stringify({ on: ids(true), off: ids(false) });
    wire.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function mirror() {
    const every = one("#r-records input[data-every]");
    if (!every) return;
    const boxes = all("#r-records input[data-pick]");
    const ticked = boxes.filter((box) => box.checked).length;
    every.checked = ticked > 0 && ticked === boxes.length;
    every.indeterminate = ticked > 0 && ticked < boxes.length;
  }

  // The address says what is shown, so that it can be shared.
  function address() {
    const list = one("#r-records .r-list");
    if (!list || document.documentElement.dataset.tab !== "browse") return;
    const query = new URLSearchParams(location.search);
    let narrowed = false;
    for (const [name, value] of new URLSearchParams(list.dataset.query)) {
      if (value) query.set(name, value);
      else query.delete(name);
      narrowed ||= Boolean(value);
    }
    if (narrowed) query.delete("passage");
    query.set("tab", "browse");
    const now = `${location.pathname}?${query}`;
    if (now !== location.pathname + location.search) history.replaceState(null, "", now + location.hash);
  }

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!box.matches?.("#r-records input[data-pick], #r-records input[data-every]")) return;
    if (box.hasAttribute("data-every")) {
      all("#r-records input[data-pick]").forEach((pick) => { pick.checked = box.checked; });
    }
    mirror();
    tell();
  });

  document.addEventListener("click", (event) => {
    turned ||= Boolean(event.target.closest?.("#r-paging button"));
    event.target.closest?.('#r-records a[href*="#at="]')?.closest("tr").classList.add("r-now");
  }, true);

  // Gradio keeps the boxes of the page before, ticks and all: they are set to what the new one says.
  const drawn = new MutationObserver(() => {
    all("#r-records input[data-pick]").forEach((box) => { box.checked = box.defaultChecked; });
    mirror();
  });

  return {
    // a view of the table
    shown: () => painted(() => {
      one("#r-count")?.setAttribute("aria-live", "polite");
      const records = one("#r-records");
      if (records && records !== watched) {
        drawn.disconnect();
        drawn.observe(records, { childList: true, subtree: true, attributeFilter: ["checked", "value"] });
        watched = records;
      }
      mirror();
      address();
      if (!led) one("#r-records .r-led")?.scrollIntoView({ block: "center" }); // whom a permanent link leads here
      led = true;
      if (!turned) return;
      turned = false;
      const list = one("#r-records .r-list");
      list?.setAttribute("tabindex", "-1");
      list?.focus({ preventScroll: true });
      one("#r-bar")?.scrollIntoView({ block: "start" });
    }),
    // a file is ready: it is taken as if its link had been followed
    save: (id) => painted(() => {
      const file = document.getElementById(id);
      (file?.matches("a") ? file : file?.querySelector("a") ?? file)?.click();
    }),
  };
})();
