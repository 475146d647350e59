/* Marking by keys: digits go to the marks wherever one is, N skips; the lines of a rubric add up to the marks.
   Without this file it is a form like any other. */

const form = document.querySelector("[data-marking]");
const marks = form?.elements.marks;
const lines = form ? [...form.querySelectorAll("[data-most]")] : [];

function read(field) {
  const text = field.value.trim();
  return /^(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : null;
}

/* Left alone while a line cannot be read: the server says what is wrong with it. */
function addUp() {
  const filled = lines.filter((field) => field.value.trim());
  if (!filled.length) return;
  const worth = filled.map(read);
  if (worth.includes(null)) return;
  marks.value = String(Math.round(worth.reduce((sum, one) => sum + one, 0) * 100) / 100);
}

function isTyping(element) {
  return element.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (!form || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "n" || event.key === "N") {
    form.querySelector("[data-skip]")?.click();
  } else if (/^[0-9.]$/.test(event.key)) {
    event.preventDefault();
    const first = lines[0] ?? marks;
    first.value = event.key;
    first.focus();
    addUp();
  } else if (event.key === "Enter" && event.target === document.body) {
    form.requestSubmit();
  }
});

for (const line of lines) line.addEventListener("input", addUp);
