// The list of reports: what a row's button asks is carried to the server, and the focus goes where the answer is.
window.relatoria.reports = (() => {
  let cameFrom = null; // the button that asked to remove

  const one = (selector) => document.querySelector(selector);
  const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
  const focus = (selector) => painted(() => one(selector)?.focus());

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-remove]");
    const box = one("#r-shelf-wire textarea, #r-shelf-wire input");
    if (!button || !box) return;
    cameFrom = button;
    box.value = `${button.dataset.remove} ${Date.now()}`; // the same report twice is two events
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // Gradio sends all the files that were chosen or none, and says nothing of one that is too large.
  document.addEventListener("change", (event) => {
    const adding = one("#r-adding");
    const files = [...(event.target.files ?? [])];
    const large = files.filter((file) => adding && file.size > Number(adding.dataset.limit));
    if (!large.length) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    event.target.value = "";
    say(large.map((file) => {
      const size = (file.size / 2 ** 20).toFixed(1);
      return `${file.name}: ${adding.dataset.large.replace("%", size)}`;
    }));
  }, true);

  function say(sentences) {
    const said = one("#r-reports-said .prose") ?? one("#r-reports-said");
    said?.replaceChildren(...sentences.map((sentence) => {
      const line = document.createElement("p");
      line.className = "r-said r-failed";
      line.textContent = sentence;
      return line;
    }));
    done();
  }

  function done() {
    painted(() => {
      const said = one("#r-reports-said");
      said?.setAttribute("tabindex", "-1");
      said?.focus();
    });
  }

  // Gradio's component stays while what is in it changes: that is what a live region has to do.
  function live() {
    const said = one("#r-reports-said");
    said?.setAttribute("role", "status");
    said?.setAttribute("aria-live", "polite");
  }

  return {
    shown: () => painted(live),
    offered: () => focus("#r-offer-title"),
    sure: () => focus("#r-sure-title"),
    stays: () => painted(() => cameFrom?.isConnected && cameFrom.focus()),
    turned: () => painted(() => one("#r-listed")?.scrollIntoView({ block: "start" })),
    done,
  };
})();
