// What the server refuses is said on the page, in its language: a session that has ended, too many questions, a restart.
(() => {
  const told = new Set([401, 413, 429, 503]);
  const send = window.fetch.bind(window);

  function notice(said, link, close) {
    document.getElementById("r-notice")?.remove();
    const box = document.createElement("div");
    box.id = "r-notice";
    box.className = "r-notice";
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
    const response = await send(input, { ...init, headers });
    if (told.has(response.status)) {
      response.clone().json().then((body) => notice(body.detail, body.link, body.close), () => {});
    }
    if (response.ok && url.pathname.endsWith("/queue/join")) document.getElementById("r-notice")?.remove();
    return response;
  };
})();
