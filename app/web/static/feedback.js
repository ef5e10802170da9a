// The strip under an answer: the focus goes into what opens, and to what is said.
window.relatoria.feedback = (() => {
  const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
  const focus = (selector) => painted(() => document.querySelector(selector)?.focus());

  return {
    opened: () => focus("#r-reasons input"),
    closed: () => focus("#r-down"),
    heard: () => painted(() => {
      const said = document.querySelector("#r-heard");
      said?.setAttribute("role", "status");
      said?.setAttribute("tabindex", "-1");
      said?.focus();
    }),
  };
})();
