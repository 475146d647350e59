/* Arrow keys go from day to day in the grid, Page Up and Page Down to the stretch before and after. Links without it. */

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const grid = document.querySelector("[data-calendar]");
const days = grid ? [...grid.querySelectorAll("a.d")] : [];

function around(rel) {
  document.querySelector(`.cal-head a[rel=${rel}]`)?.click();
}

function press(event) {
  const place = days.indexOf(event.target);
  if (place < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "PageUp") around("prev");
  else if (event.key === "PageDown") around("next");
  else if (event.key === "Home") days[place - (place % 7)].focus();
  else if (event.key === "End") days[place - (place % 7) + 6].focus();
  else if (event.key in STEPS) days[place + STEPS[event.key]]?.focus();
  else return;
  event.preventDefault();
}

grid?.addEventListener("keydown", press);
