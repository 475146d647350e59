/* The register by keyboard: arrows or J and K move, P L A E mark and move on, Space is the next state, ? shows this. */

const TYPED = "input:not([type=radio]), textarea, select";

export function armKeys(page) {
  const shown = () => page.rows.filter((row) => !row.element.hidden);
  const here = () => page.rows.find((row) => row.element.contains(document.activeElement));

  function move(by) {
    const rows = shown();
    const place = rows.indexOf(here());
    const wanted = place < 0 ? (by > 0 ? 0 : rows.length - 1) : place + by;
    rows[Math.max(0, Math.min(rows.length - 1, wanted))]?.focus();
  }

  function mark(row, letter) {
    row.set(letter);
    if (!row.asks) move(1);
  }

  const keys = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    j: () => move(1),
    k: () => move(-1),
    "?": () => document.getElementById("register-help").showModal(),
    P: () => page.allPresent(),
  };
  const onRow = {
    p: (row) => mark(row, "P"),
    l: (row) => mark(row, "L"),
    a: (row) => mark(row, "A"),
    e: (row) => mark(row, "E"),
    " ": (row) => row.next(),
    "+": (row) => row.step(1),
    "-": (row) => row.step(-1),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("dialog") || event.target.matches(TYPED)) return;
    const row = here();
    const isOnButton = event.target.matches("button, a, summary");
    const done = keys[event.key] ?? (row && !row.isOff && !(isOnButton && event.key === " ") && onRow[event.key]);
    if (!done) return;
    event.preventDefault();
    done(row);
  });
}
