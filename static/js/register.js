/* The register of a class: marks go out shortly after each tap and wait on the phone while there is no connection;
   check-ins come in by asking every few seconds. Without this file it is a form with one button. */

import { Queue } from "./register_queue.js";
import { armKeys } from "./register_keys.js";
import { Row } from "./register_rows.js";
import { Sender } from "./register_sender.js";

const form = document.getElementById("register");
const words = JSON.parse(document.getElementById("register-words")?.textContent ?? "{}");
const LONGEST_MS = 60_000;

const page = {
  words,
  history: form?.dataset.history,
  isFinal: Boolean(form?.dataset.final),
  queue: form && new Queue(form.dataset.me, form.dataset.class),
  rows: [],
  lateNow,
  count,
  tell,
  allPresent,
};

/* --- Words about saving ------------------------------------------------------------------------------------------ */

const dock = document.querySelector("[data-dock]");

function clock() {
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  return `${now.getHours() % 12 || 12}:${two(now.getMinutes())}:${two(now.getSeconds())} ${words.halves[now.getHours() < 12 ? 0 : 1]}`;
}

function say(tone, state, word, note) {
  const sign = document.createElement("span");
  sign.className = `state s-${tone}`;
  const drawn = document.getElementById("register-states").content.querySelector(`[data-for=${state}] svg`);
  sign.append(drawn.cloneNode(true), word);
  const parts = note ? [document.createElement("br"), note] : [];
  dock.replaceChildren(sign, ...parts);
}

function signInLink() {
  const link = document.createElement("a");
  link.href = form.dataset.signIn;
  link.textContent = words.signIn;
  return link;
}

function tell(state, detail) {
  if (!dock) return;
  if (state === "nothing") dock.textContent = words.nothing;
  else if (state === "saving") say("run", "saving", words.saving, "");
  else if (state === "saved") say("ok", "saved", words.saved, detail.saved_text);
  else if (state === "kept") say("due", "kept", words.kept, words.sends.replace("{time}", clock()));
  else if (state === "signedOut") say("due", "kept", words.signedOut, signInLink());
  else say("bad", "refused", words.refused, detail);
}

/* --- Rows --------------------------------------------------------------------------------------------------------- */

const rowOf = (student) => page.rows.find((row) => row.student === student);
const skewMs = form ? Number(form.dataset.now) * 1000 - Date.now() : 0;

/* Minutes since the class began; afterwards, what makes somebody late at least. */
function lateNow() {
  const now = (Date.now() + skewMs) / 1000;
  const { starts, ends, lateAfter } = form.dataset;
  const since = Math.ceil((Math.min(now, Number(ends)) - Number(starts)) / 60);
  return now < Number(ends) && since > 0 ? since : Math.max(1, Number(lateAfter));
}

function count() {
  const counts = { P: 0, L: 0, A: 0, E: 0, open: 0 };
  for (const row of page.rows) {
    const letter = row.asks ? row.said.status : row.status;
    counts[letter in counts ? letter : "open"] += 1;
  }
  for (const figure of document.querySelectorAll(".tally [data-show]")) {
    figure.querySelector("[data-count]").textContent = counts[figure.dataset.show];
  }
}

function take(answer, sent) {
  for (const record of answer.records) {
    page.queue.done(record.student, sent.get(record.student)?.id, record.version);
    rowOf(record.student)?.take(record);
  }
  for (const refusal of answer.refused) {
    page.queue.drop(refusal.student);
    rowOf(refusal.student)?.refused(refusal);
  }
  if (answer.dropped) for (const student of sent.keys()) rowOf(student)?.forget();
  count();
  compareHeads();
}

/* Only those nobody has marked and no flag is about; who has leave is on leave. It can be taken back at once. */
function allPresent() {
  if (page.isFinal || form.dataset.off) return;
  const unmarked = page.rows.filter((row) => row.status === "U" && !row.asks);
  const open = unmarked.filter((row) => !row.isFlagged);
  const left = unmarked.length - open.length;
  for (const row of open) row.set(row.element.dataset.leave === "1" ? "E" : "P");
  const told = [];
  if (open.length) told.push(words.allPresent.replace("{count}", open.length));
  if (left) told.push(words.leftFlagged.replace("{count}", left));
  if (told.length) note(told.join(" "), open.length ? () => open.forEach((row) => row.set("U")) : null);
}

function note(text, undo) {
  const toast = document.createElement("div");
  toast.className = "toast";
  const said = document.createElement("span");
  said.textContent = text;
  toast.append(said);
  if (undo) toast.append(undoButton(toast, undo));
  document.querySelector(".toast-place").replaceChildren(toast);
  setTimeout(() => toast.remove(), 10_000);
}

function undoButton(toast, undo) {
  const button = document.createElement("button");
  Object.assign(button, { className: "btn btn-s", type: "button", textContent: words.undo });
  button.addEventListener("click", () => {
    toast.remove();
    undo();
  });
  return button;
}

/* --- Showing some ------------------------------------------------------------------------------------------------- */

function filter(event) {
  event.preventDefault();
  const wanted = event.currentTarget.ariaCurrent === "true" ? "" : event.currentTarget.dataset.show;
  for (const one of document.querySelectorAll("[data-show]")) {
    if (one.dataset.show === wanted) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  }
  let left = 0;
  for (const row of page.rows) {
    const isOpen = !"PLAE".includes(row.status);
    row.element.hidden = Boolean(wanted) && !(wanted === "open" ? isOpen : row.status === wanted) && !row.asks;
    left += row.element.hidden ? 0 : 1;
  }
  document.querySelector("[data-none]").hidden = left > 0;
}

/* --- Heads in the room -------------------------------------------------------------------------------------------- */

const heads = document.getElementById("heads");
const headsAnswer = document.getElementById("heads-answer");

function showHeads(html) {
  const id = document.activeElement?.id;
  headsAnswer.innerHTML = html;
  for (const button of headsAnswer.querySelectorAll("[data-absent]")) button.hidden = false;
  if (id) document.getElementById(id)?.focus({ preventScroll: true });
}

async function askHeads(target, body) {
  const options = { headers: { "X-Live": "1" }, redirect: "error", ...(body ? { method: "POST", body } : {}) };
  try {
    const answer = await fetch(target, options);
    if (!answer.ok) throw new Error(String(answer.status));
    showHeads(await answer.text());
    return true;
  } catch {
    return false;
  }
}

function compareHeads() {
  if (heads?.value) askHeads(document.getElementById("heads-form").action);
}

async function sendPart(event) {
  event.preventDefault();
  const part = event.target;
  await page.sender.now();
  if (!(await askHeads(part.action, new FormData(part, event.submitter)))) tell("refused", words.again);
}

function markCalled(event) {
  const button = event.target.closest("[data-absent]");
  if (!button) return;
  const row = rowOf(button.dataset.absent);
  row?.show("A");
  row?.mark("A", { reason: button.dataset.why });
}

/* --- What others do meanwhile --------------------------------------------------------------------------------------- */

let seen = form?.dataset.seen;
let wait = Number(form?.dataset.every);
let timer = 0;

async function look() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    const answer = await fetch(`${form.dataset.lines}?seen=${encodeURIComponent(seen)}`, {
      headers: { Accept: "application/json" },
      redirect: "error",
    });
    if (!answer.ok) throw new Error(String(answer.status));
    wait = Number(form.dataset.every);
    if (answer.status !== 204) see(await answer.json());
  } catch {
    wait = Math.min(wait * 2, LONGEST_MS);
  }
  timer = setTimeout(look, wait);
}

function see(answer) {
  seen = answer.seen;
  const isQuiet = !page.queue.all().size && !page.rows.some((row) => row.asks);
  if (answer.is_final !== page.isFinal && isQuiet) location.reload();
  for (const line of answer.lines) rowOf(line.student)?.see(line);
  count();
}

/* Another tab of this person has put a mark, or is done with one. */
function another(event) {
  const student = page.queue.studentOf(event.key);
  const row = student && rowOf(student);
  if (!row || row.asks) return;
  if (event.newValue) row.apply(JSON.parse(event.newValue));
  else look();
  count();
}

/* --- Arming ----------------------------------------------------------------------------------------------------------- */

/* A page that is left for good first sends what it has. */
async function sendFirst(event) {
  if (!page.queue.all().size) return;
  event.preventDefault();
  const target = event.currentTarget;
  if (!(await page.sender.now())) return;
  if (target.matches("form")) target.submit();
  else location.assign(target.href);
}

function arm() {
  page.rows = [...form.querySelectorAll(".pupil")].map((element) => new Row(element, page));
  page.sender = new Sender({ form, queue: page.queue, tell, take });
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const plain of document.querySelectorAll("[data-plain]")) plain.hidden = true;
  form.querySelector("[data-close]")?.classList.add("btn-primary");
  form.querySelector("[data-close]")?.addEventListener("click", sendFirst);
  form.querySelector("[data-all-present]")?.addEventListener("click", allPresent);
  for (const one of document.querySelectorAll("[data-show]")) one.addEventListener("click", filter);
  heads?.addEventListener("change", () => document.getElementById("heads-form").requestSubmit());
  for (const id of ["heads-form", "call-form"]) document.getElementById(id).addEventListener("submit", sendPart);
  document.getElementById("confirm-form").addEventListener("submit", sendFirst);
  headsAnswer?.addEventListener("click", markCalled);
  for (const button of headsAnswer?.querySelectorAll("[data-absent]") ?? []) button.hidden = false;
  armKeys(page);
  window.addEventListener("storage", another);
  for (const [student, mark] of page.queue.all()) rowOf(student)?.apply(mark);
  if (page.queue.all().size) page.sender.soon(0);
  else tell("nothing");
  count();
  document.addEventListener("visibilitychange", () => document.hidden || look());
  timer = setTimeout(look, wait);
}

if (form) arm();
