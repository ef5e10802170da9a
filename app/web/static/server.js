// What the server refuses is said on the page, in its language: a session that has ended, too many questions, a restart.
(() => {
  const told = new Set([401, 408, 413, 429, 503, 507]);
  const send = window.fetch.bind(window);

  let watched = null; // the question box's place, which grows with what is typed
  const grows = new ResizeObserver(place);

  const open = () => document.getElementById("r-told");

  // It stands on the question box, where that shows, and never over it.
  function place() {
    const box = open();
    const dock = document.getElementById("r-dock");
    if (dock !== watched) {
      grows.disconnect();
      watched = dock;
      if (dock) grows.observe(dock);
    }
    const height = dock?.getBoundingClientRect().height ?? 0;
    box?.style.setProperty("--r-above", height ? `${Math.round(height) - 14}px` : "24px");
  }

  // What is said there, Gradio says too, in a toast.
  function once() {
    const said = open()?.querySelector("p").textContent;
    for (const words of document.querySelectorAll('[data-testid="toast-text"]:not([data-twice])')) {
      if (words.textContent.trim() !== said) continue;
      words.dataset.twice = "";
      const toast = words.closest('[data-testid="toast-body"]');
      if (!toast || toast.querySelector('[data-testid="toast-text"]:not([data-twice])')) continue;
      toast.dataset.twice = "";
      toast.querySelector('[data-testid="toast-close"]')?.click();
    }
  }

  new MutationObserver(() => {
    if (!open()) return;
    once();
    place();
  }).observe(document.documentElement, { childList: true, subtree: true });

  function notice(said, link, close) {
    open()?.remove();
    const box = document.createElement("div");
    box.id = "r-told";
    box.className = "r-told";
    box.setAttribute("role", "alert");
    const text = document.createElement("p");
    text.textContent = said;
    box.append(text);
    if (link) {
      const way = document.createElement("a");
      way.href = link.href;
      way.target = "_blank"; // beside this page, where what was typed stays
      way.rel = "opener";
      way.textContent = link.text;
      box.append(way);
    }
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "×";
    button.setAttribute("aria-label", close);
    button.addEventListener("click", () => box.remove());
    box.append(button);
    document.body.append(box);
  }

  window.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input, location.href);
    if (url.origin !== location.origin) return send(input, init);
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    if (document.documentElement.lang) headers.set("Accept-Language", document.documentElement.lang);
    let response = await send(input, { ...init, headers });
    if (told.has(response.status)) {
      response.clone().json().then((body) => notice(body.detail, body.link, body.close), () => {});
    }
    // Gradio never opens anew the stream of its events that was refused once: it is asked for until somebody has logged in.
    while (response.status === 401 && url.pathname.endsWith("/queue/data")) {
      await new Promise((later) => setTimeout(later, 2000));
      response = await send(input, { ...init, headers });
    }
    if (response.ok && url.pathname.endsWith("/queue/join")) open()?.remove();
    return response;
  };
})();
