// Shows the cases that the form asks for; without this script all are shown.
const form = document.getElementById("filter");
const cases = [...document.querySelectorAll("#cases [data-language]")];
const texts = cases.map((one) => one.textContent.toLowerCase());

function show() {
  const asked = new FormData(form);
  const words = String(asked.get("words")).toLowerCase().trim();
  let shown = 0;
  cases.forEach((one, n) => {
    const fits = ["language", "archetype", "half"].every((key) => !asked.get(key) || asked.get(key) === one.dataset[key]);
    one.hidden = !(fits && texts[n].includes(words));
    shown += !one.hidden;
  });
  form.querySelector("[role=status]").textContent = `${shown} of ${cases.length} cases, right ones included`;
}

form.hidden = false;
form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
show();
