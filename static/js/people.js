/* How many people of the list are chosen; without this file the ticks alone say it. */

const told = document.querySelector("[data-chosen]");
const boxes = [...document.querySelectorAll('input[form="act"][name="chosen"]')];
const all = document.querySelector('input[form="act"][name="all"]');

function count() {
  const ticked = boxes.filter((box) => box.checked).length;
  const chosen = all?.checked ? all.dataset.count : String(ticked);
  told.hidden = chosen === "0";
  told.textContent = told.dataset.chosen.replace("#", chosen);
}

if (told) {
  for (const box of [all, ...boxes]) box?.addEventListener("change", count);
  // The boxes are empty only after the event; and a browser that comes back ticks them after the page is read.
  document.getElementById("act").addEventListener("reset", () => setTimeout(count));
  window.addEventListener("pageshow", count);
}
