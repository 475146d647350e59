/* A test by keyboard: arrows or N and P move, A–D or 1–9 choose, M marks, C clears, ? shows this. */

const TYPED = "input:not([type=radio]):not([type=checkbox]), textarea, select";

export function armKeys(page) {
  const keys = {
    ArrowRight: () => page.move(1),
    n: () => page.move(1),
    ArrowLeft: () => page.move(-1),
    p: () => page.move(-1),
    m: () => page.mark(),
    "?": () => document.getElementById("exam-help").showModal(),
  };

  function choose(key) {
    const place = /^[1-9]$/.test(key) ? Number(key) - 1 : key.length === 1 ? "abcdefghijkl".indexOf(key) : -1;
    const options = document.querySelectorAll("[data-body] .option input");
    if (place < 0 || !options[place]) return false;
    options[place].click();
    options[place].focus();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("dialog") || event.target.matches(TYPED)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    // C is an option where there are so many; Shift and C always clears
    const isClear = key === "c" && (event.shiftKey || document.querySelectorAll("[data-body] .option").length < 3);
    if (isClear) page.clear();
    else if (keys[key]) keys[key]();
    else if (!choose(key)) return;
    event.preventDefault();
  });
}
