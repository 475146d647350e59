/* The counter by keyboard: students as you type, F2 to the search, arrows and Enter, sums while amounts change.
   Without this file everything works by forms; the server adds up and checks again whatever stands here. */

import { amount, paise, rupees } from "./counter_sums.js";

const FIND_MS = 120;
const PAPER_MS = 200;
const find = document.querySelector("[data-find]");
const hits = document.getElementById("hits");
const form = document.querySelector("[data-take]");
const paper = document.querySelector("[data-paper]");

/* --- Finding ------------------------------------------------------------------------------------------------------ */

let timer = 0;
let running = null;
let active = -1;
let shownFor = find.value.trim();

const links = () => [...hits.querySelectorAll("a")];

/* The list as a choice of the field, for who listens: the links are its options while the field keeps the focus. */
function mark(at) {
  const all = links();
  active = all.length ? (at + all.length) % all.length : -1;
  all.forEach((link, place) => {
    link.id = `hit-${place}`;
    link.tabIndex = -1;
    link.setAttribute("role", "option");
    link.setAttribute("aria-selected", String(place === active));
    link.parentElement.setAttribute("role", "none");
  });
  const list = hits.querySelector("ul");
  list?.setAttribute("role", "listbox");
  if (list) list.id = "hits-list";
  find.setAttribute("aria-expanded", String(Boolean(all.length)));
  if (all.length) {
    find.setAttribute("aria-controls", "hits-list");
    find.setAttribute("aria-activedescendant", `hit-${active}`);
    all[active].scrollIntoView({ block: "nearest" });
  } else {
    find.removeAttribute("aria-controls");
    find.removeAttribute("aria-activedescendant");
  }
  document.querySelector("[data-told]").textContent = hits.querySelector("[data-told]")?.dataset.told ?? "";
}

async function look() {
  clearTimeout(timer);
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  const words = find.value.trim();
  if (words.length < 2) {
    hits.replaceChildren();
  } else {
    const answer = await fetch(`${find.dataset.find}?q=${encodeURIComponent(words)}`, { redirect: "error", signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    if (signal.aborted) return;
    hits.innerHTML = html;
  }
  shownFor = words;
  mark(0);
}

const quietly = (done) => done.catch(() => {}); // without a connection the form still asks the server

/* Only who was shown is taken: of several who fit letters typed faster than they were found, none is guessed. */
async function choose() {
  if (shownFor !== find.value.trim()) {
    try {
      await look();
    } catch {
      find.form.submit();
      return;
    }
    if (links().length !== 1) return;
  }
  if (links()[active]) location.assign(links()[active].href);
  else find.form.submit();
}

const onFind = { ArrowDown: () => mark(active + 1), ArrowUp: () => mark(active - 1), Enter: choose };

find.setAttribute("role", "combobox");
find.setAttribute("aria-autocomplete", "list");
find.setAttribute("aria-expanded", "false");
find.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => quietly(look()), FIND_MS);
});
find.addEventListener("keydown", (event) => {
  if (!onFind[event.key] || event.isComposing) return;
  event.preventDefault();
  if (!event.repeat || event.key !== "Enter") onFind[event.key]();
});
if (links().length) mark(0);

document.addEventListener("keydown", (event) => {
  if (event.key === "F2") {
    event.preventDefault();
    find.focus();
    find.select();
    return;
  }
  const link = document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`);
  if (!link) return;
  event.preventDefault();
  location.assign(link.href);
});

/* --- Taking ------------------------------------------------------------------------------------------------------- */

const rows = form ? [...form.querySelectorAll("[data-row]")] : [];
const boxOf = (row) => row.querySelector(".check");
const fieldOf = (row) => row.querySelector(".input");
const way = () => form.querySelector("[name=mode]:checked")?.value;

function sum() {
  const picked = rows.filter((row) => boxOf(row).checked).map((row) => paise(fieldOf(row).value));
  return [...picked, paise(form.elements.advance.value)].reduce((total, part) => total + part, 0);
}

function add() {
  const total = sum();
  for (const place of form.querySelectorAll("[data-sum]")) place.textContent = Number.isNaN(total) ? "–" : rupees(total);
  const tendered = paise(form.elements.tendered.value);
  const back = tendered - total;
  form.querySelector("[data-back]").textContent = tendered && back >= 0 ? rupees(back) : "–";
}

let paperTimer = 0;
let printing = null;

/* The receipt beside it, in the server's words. */
async function print() {
  printing?.abort();
  printing = new AbortController();
  const { signal } = printing;
  const answer = await fetch(paper.dataset.paper, { method: "POST", body: new FormData(form), redirect: "error", signal });
  const html = answer.ok && (await answer.text());
  if (html && !signal.aborted) paper.innerHTML = html;
}

function changed(event) {
  const row = event.target.closest("[data-row]");
  if (row && event.target === fieldOf(row) && event.type === "input") boxOf(row).checked = paise(fieldOf(row).value) !== 0;
  if (row && event.target === boxOf(row)) fieldOf(row).value = boxOf(row).checked ? row.dataset.open : amount(0);
  add();
  clearTimeout(paperTimer);
  paperTimer = setTimeout(() => quietly(print()), PAPER_MS);
}

if (form) {
  for (const row of rows) {
    if (!boxOf(row).checked && !fieldOf(row).hasAttribute("aria-invalid")) fieldOf(row).value = amount(0);
    fieldOf(row).addEventListener("focus", (event) => event.target.select());
  }
  for (const part of form.querySelectorAll("[data-scripted]")) part.hidden = false;
  paper.hidden = false;
  form.addEventListener("input", changed);
  form.addEventListener("change", (event) => event.target.type === "checkbox" && changed(event));
  form.addEventListener("change", (event) => {
    if (event.target.name === "mode" && way() === "CASH") form.elements.received_on.value = "";
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.repeat) event.preventDefault(); // a key held down chooses, and records nothing
  });
  add();
  const first = rows.length ? form.querySelector("[data-record]") : form.elements.advance;
  if (!form.querySelector("[aria-invalid=true]")) first.focus({ preventScroll: true });
}
