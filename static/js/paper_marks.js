/* The grid of marks: arrow keys and Enter go up and down a column, sums follow what is typed.
   Without this file it is a form with one button. */

const form = document.querySelector("[data-marks]");
const rows = form ? [...form.querySelectorAll("tbody tr")] : [];
const fieldsOf = (row) => [...row.querySelectorAll("input")];
const STEPS = { ArrowDown: 1, ArrowUp: -1, Enter: 1 };

function worth(field) {
  const text = field.value.trim().replace("−", "-");
  return /^-?(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : null;
}

/* Of digits of another script the server knows the sum; it shows when they are saved. */
function addUp(row) {
  const filled = fieldsOf(row).map(worth).filter((one) => one !== null);
  const sum = Math.round(filled.reduce((all, one) => all + one, 0) * 100) / 100;
  row.querySelector("[data-sum]").textContent = filled.length ? String(sum).replace("-", "−") : "–";
}

form?.addEventListener("input", (event) => addUp(event.target.closest("tr")));
form?.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const row = event.target.closest("tbody tr");
  if (!step || !row || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const column = fieldsOf(row).indexOf(event.target);
  const to = rows[rows.indexOf(row) + step];
  const next = to && fieldsOf(to)[column];
  next?.focus();
  next?.select();
});
