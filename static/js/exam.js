/* Sitting a test: questions of the paper that was fetched, answers that wait on the device until the server has them, the
   server's clock. Without this file every question is a form of its own. */

import { Clock } from "./exam_clock.js";
import { Events } from "./exam_events.js";
import { armKeys } from "./exam_keys.js";
import { Notes } from "./exam_notes.js";
import { drawing, Palette } from "./exam_palette.js";
import { fill, Paper, reachable, read } from "./exam_paper.js";
import { Queue } from "./exam_queue.js";
import { Sender } from "./exam_sender.js";

const setup = JSON.parse(document.getElementById("exam-setup").textContent);
const words = JSON.parse(document.getElementById("exam-words").textContent);
const form = document.getElementById("answer");
const body = document.querySelector("[data-body]");
const savedLine = document.querySelector("[data-saved]");
const review = document.getElementById("exam-review");
const count = setup.order.questions.length;
const PAPER_AGAIN_MS = 5000;
const SIGNS = { ok: "ok", due: "warn", bad: "warn" };

let place = setup.place;
let shownAt = Date.now();
let paper = null;
let isMoved = false;
let isEnding = false;
let code = null;

const questionAt = (at) => setup.order.questions[at - 1];
const queue = new Queue(setup.attempt, setup.next_seq);
const notes = new Notes(words);
const answers = new Map(Object.entries(setup.responses));
const sender = new Sender({ setup, queue, tell, heard, token: form.querySelector("[name=csrfmiddlewaretoken]").value });
const clock = new Clock({ setup, words, notes, onEnd: timeIsOver, onSection: sectionIsOver });
const events = new Events({ setup, words, queue, notes, clock, sender });
const palette = new Palette({ words, open: show });

/* --- What was kept on this device while there was no connection, or by a page that was killed --------------------- */

/* Another device may have answered since: what it said counts, and whoever comes back is told. */
function takeUpKept() {
  const overtaken = [];
  for (const [question, entry] of queue.answers()) {
    const known = answers.get(question);
    if (known && known.seq >= entry.seq && entry.epoch === setup.epoch) queue.done(question, entry.seq);
    else if (entry.takeovers !== setup.takeovers && (known?.seq ?? 0) > entry.base) {
      queue.done(question, entry.seq);
      const isSame = JSON.stringify(known.answer) === JSON.stringify(entry.answer);
      if (entry.answer !== null && !isSame) overtaken.push(setup.order.questions.indexOf(question) + 1);
    }
    else if (entry.epoch === setup.epoch) answers.set(question, { ...known, ...entry, seq: known?.seq ?? 0 });
    else put(question, entry);
  }
  const places = overtaken.sort((a, b) => a - b).join(", ");
  if (places) notes.show("overtaken", "bad", words.overtaken.replace("{places}", places));
}

/* --- Words about saving ------------------------------------------------------------------------------------------- */

function state(tone, text, more) {
  const sign = document.createElement("span");
  sign.className = `state s-${tone}`;
  sign.append(...(SIGNS[tone] ? [drawing(SIGNS[tone])] : []), text);
  savedLine.replaceChildren(sign, ...(more ? [" ", more] : []));
}

function link(text, address) {
  const made = document.createElement("a");
  Object.assign(made, { href: address, textContent: text });
  return made;
}

function kept() {
  return String(queue.answers().size);
}

function tell(what, detail) {
  if (what === "saved") {
    events.online();
    notes.drop("offline-end");
    for (const { question, seq } of detail.rows ?? []) known(question, seq);
    if (queue.answers().size) state("run", words.saving);
    else if (detail.rows?.length || savedLine.querySelector(".s-due, .s-run")) state("ok", words.saved.replace("{time}", clock.time(detail.at, true)));
  } else if (what === "saving") {
    if (!savedLine.querySelector(".s-ok, .s-due")) state("run", words.saving);
  } else if (what === "kept") sayKept();
  else if (what === "signedOut") state("due", words.signedOut, link(words.signIn, `${setup.urls.sign_in}?next=${encodeURIComponent(setup.urls.attempt)}`));
  else if (what === "moved") sayMoved();
  else if (what === "closed") sayClosed();
  else if (what === "refused") notes.show("refused", "bad", words.refused.replace("{place}", setup.order.questions.indexOf(detail) + 1));
  else if (what === "done") leave();
}

function sayKept() {
  events.offline(navigator.onLine ? "server" : "offline");
  if (queue.answers().size) state("due", words.kept.replace("{count}", kept()));
  if (!sender.isFinishing && !isEnding) return;
  const until = clock.time(clock.deadline + setup.grace_s * 1000, true);
  notes.show("offline-end", "due", words.offlineEnd.replace("{time}", until), { onClose: false });
}

function sayMoved() {
  isMoved = true;
  form.inert = true;
  state("bad", words.moved.replace("{count}", kept()));
  notes.show("moved", "bad", words.moved.replace("{count}", kept()), { actions: [[words.goOnHere, setup.urls.takeover]], onClose: false });
}

function sayClosed() {
  if (!queue.answers().size) return leave();
  form.inert = true;
  const text = words.closed.replace("{count}", kept());
  state("bad", text);
  notes.show("closed", "bad", text, { actions: [[words.toReceipt, setup.urls.attempt]], onClose: false });
}

function leave() {
  queue.clear();
  location.assign(setup.urls.attempt);
}

function known(question, seq) {
  const answer = answers.get(question);
  if (answer) answer.seq = Math.max(answer.seq ?? 0, seq);
}

/* --- What the server says besides ---------------------------------------------------------------------------------- */

function heard(said, began) {
  clock.heard(said, began);
  if (isEnding && !sender.isFinishing) endOrGoOn();
  const read = queue.read("messages") ?? [];
  for (const message of said.messages ?? []) {
    const id = message.id ?? message.uuid ?? message.at;
    if (read.includes(id) || notes.shown.has(id)) continue;
    const title = words.message.replace("{time}", clock.time(message.at));
    notes.show(id, "run", message.text, { title, onClose: () => queue.write("messages", [...(queue.read("messages") ?? []), id]) });
  }
}

function timeIsOver() {
  if (isMoved) return;
  isEnding = true;
  form.inert = true;
  notes.show("ending", "due", words.ending, { onClose: false });
  sender.now();
}

/* What is handed in stays handed in, so the server is heard first: more time may have been given meanwhile. */
function endOrGoOn() {
  if (clock.remaining() <= 0) {
    sender.finish();
    return;
  }
  isEnding = false;
  form.inert = false;
  notes.drop("ending");
}

function sectionIsOver(section) {
  palette.lock(section);
  sender.now();
  if (palette.partOf(place) === section) return;
  notes.show("section", "run", words.sectionOver);
  const first = palette.firstOf(section);
  if (first) show(first);
}

/* --- Answers -------------------------------------------------------------------------------------------------------- */

function put(question, { answer, marked, spent_ms = 0 }) {
  const base = answers.get(question)?.seq ?? 0;
  answers.set(question, { answer, marked, spent_ms, seq: base });
  queue.put(question, { answer, marked, spent_ms, base, epoch: setup.epoch, takeovers: setup.takeovers });
  palette.update((at) => answers.get(questionAt(at)), place);
  sender.soon();
  sayMark();
}

function spent(question) {
  const more = document.hidden ? 0 : Date.now() - shownAt;
  shownAt = Date.now();
  return (answers.get(question)?.spent_ms ?? 0) + Math.max(0, more);
}

/* What the fields say now, when it is something else than what is kept. */
function keep(change = {}) {
  if (isMoved || clock.isOver) return;
  const question = questionAt(place);
  const said = answers.get(question);
  const answer = "answer" in change ? change.answer : read(form);
  sayNumber(answer === undefined);
  const next = { answer: answer === undefined ? said?.answer ?? null : answer, marked: change.marked ?? said?.marked ?? false };
  const isSame = said && next.marked === said.marked && JSON.stringify(next.answer) === JSON.stringify(said.answer);
  if (isSame) return;
  put(question, { ...next, spent_ms: spent(question) });
  // "Saved" is said of everything, so not while one answer waits to be sent.
  if (!savedLine.querySelector(".s-due")) state("run", words.saving);
}

function sayNumber(isWrong) {
  const field = form.querySelector("#answer-field");
  form.querySelector("#answer-error")?.remove();
  if (!field || field.inputMode !== "decimal") return;
  field.toggleAttribute("aria-invalid", isWrong);
  if (!isWrong) return;
  const text = Object.assign(document.createElement("p"), { className: "error-text", id: "answer-error", textContent: words.notANumber });
  field.setAttribute("aria-describedby", "answer-error");
  field.closest(".field").append(text);
}

function sayMark() {
  const isMarked = Boolean(answers.get(questionAt(place))?.marked);
  document.querySelector("[data-mark]").setAttribute("aria-pressed", String(isMarked));
}

/* --- Going from question to question --------------------------------------------------------------------------------- */

function show(wanted, { isBack = false } = {}) {
  if (wanted < 1 || wanted > count) return;
  if (clock.section !== null && palette.partOf(wanted) !== clock.section) {
    notes.show("section", "due", words.sectionLocked);
    return;
  }
  keep();
  const address = setup.urls.question.replace("/q/0/", `/q/${wanted}/`);
  if (!paper) {
    sender.now(true);
    location.assign(address);
    return;
  }
  place = wanted;
  shownAt = Date.now();
  if (!isBack) history.pushState({ place }, "", address);
  render();
  document.getElementById("q").focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

function render() {
  body.replaceChildren(...paper.body(place, count));
  fill(form, answers.get(questionAt(place))?.answer ?? null);
  form.action = setup.urls.question.replace("/q/0/", `/q/${place}/`);
  arrive();
  code?.dress({ question: questionAt(place), place, isFresh: false });
}

/* A question that is seen is visited, whatever is said to it. */
function arrive() {
  reachable(form);
  document.title = document.title.replace(/\d+(?= ·)/, place);
  document.querySelector("[data-previous]").disabled = place === 1;
  if (!answers.has(questionAt(place)) && !isMoved && !clock.isOver) put(questionAt(place), { answer: null, marked: false });
  palette.update((at) => answers.get(questionAt(at)), place);
  sayMark();
}

async function fetchPaper() {
  const found = await import("./sealed.js").then((sealed) => sealed.openedPaper(setup.test, setup.revision)).catch(() => null);
  if (found) return found;
  const answer = await fetch(setup.urls.paper, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/* What only tests with programs need, once the page stands. */
async function armCode() {
  const found = await import("./code_question.js").catch(() => null);
  if (!found) {
    setTimeout(armCode, PAPER_AGAIN_MS);
    return;
  }
  const { codePanes, CodeQuestion } = found;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  code = new CodeQuestion({ setup, words, queue, page: { form, keep, saveFirst, token } });
  code.codePanes = codePanes;
  if (paper) paper.codePanes = codePanes;
  code.dress({ question: questionAt(place), place, isFresh: true });
}

/* Whether what stands in the fields is kept at the server now. */
async function saveFirst() {
  const question = questionAt(place);
  keep();
  for (let tries = 0; tries < 3 && queue.answers().has(question); tries += 1) await sender.now();
  return !queue.answers().has(question);
}

async function begin() {
  try {
    const [fetched] = await Promise.all([fetchPaper(), setup.has_code && !code && armCode()]);
    paper = new Paper(fetched, { setup, words });
    paper.codePanes = code?.codePanes ?? null;
    notes.drop("paper");
    document.getElementById("exam").dataset.ready = "";
  } catch {
    notes.show("paper", "due", words.paperFailed);
    setTimeout(begin, PAPER_AGAIN_MS);
  }
}

/* --- Buttons and fields -------------------------------------------------------------------------------------------- */

const page = {
  move: (by) => (place + by > count ? openReview() : show(place + by)),
  mark: () => keep({ marked: !answers.get(questionAt(place))?.marked }),
  clear: () => {
    fill(form, null);
    code?.filled();
    keep({ answer: null });
  },
};

function openReview(event) {
  event?.preventDefault();
  keep();
  palette.close();
  palette.update((at) => answers.get(questionAt(at)), place);
  const counts = palette.total();
  for (const [state, number] of Object.entries(counts)) review.querySelector(`[data-total=${state}]`).textContent = number;
  const open = ["mk", "na", "nv"].filter((one) => counts[one]).map((one) => `${counts[one]} ${words[one]}`);
  const until = clock.time(clock.deadline + setup.grace_s * 1000, true);
  const offline = navigator.onLine ? [] : [words.offlineEnd.replace("{time}", until)];
  review.querySelector("[data-review-note]").textContent = [open.join(", "), ...offline].filter(Boolean).join(". ");
  review.showModal();
  document.getElementById("exam-review-title").focus();
}

function buttons() {
  const press = { previous: () => page.move(-1), next: () => page.move(1), mark: page.mark, unmark: page.mark, clear: page.clear, run: () => code?.ask("run"), submit_code: () => code?.ask("submit") };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    press[event.submitter?.value ?? "next"]?.();
  });
  form.addEventListener("change", () => keep());
  form.addEventListener("input", (event) => event.target.matches("textarea, input:not([type=radio]):not([type=checkbox])") && keep());
  for (const one of document.querySelectorAll("[data-review]")) one.addEventListener("click", openReview);
  for (const tab of document.querySelectorAll("[data-part]")) {
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      show(Number(tab.dataset.first));
    });
  }
  document.querySelector("[data-finish]").addEventListener("click", (event) => {
    event.target.disabled = true;
    review.close();
    queue.write("finishing", { epoch: setup.epoch });
    handIn();
  });
  for (const one of document.querySelectorAll("[data-dialog-close]")) one.addEventListener("click", () => one.closest("dialog").close());
  const help = document.querySelector("[data-help]");
  help.hidden = false;
  help.addEventListener("click", () => document.getElementById("exam-help").showModal());
  window.addEventListener("popstate", (event) => event.state?.place && show(event.state.place, { isBack: true }));
}

function handIn() {
  form.inert = true;
  state("run", words.saving);
  sender.finish();
}

/* Pressed without a connection, and then the page was loaded again: it stays said, unless staff opened the test since. */
function wasHandedIn() {
  return queue.read("finishing")?.epoch === setup.epoch;
}

function languages() {
  const chooser = document.querySelector("[data-languages]");
  chooser?.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!paper) return;
    keep();
    paper.language = event.submitter.value;
    form.elements.in.value = paper.language;
    for (const one of chooser.querySelectorAll("button")) one.setAttribute("aria-pressed", String(one === event.submitter));
    render();
  });
}

takeUpKept();
history.replaceState({ place }, "", setup.urls.question.replace("/q/0/", `/q/${place}/`) + location.search);
fill(form, answers.get(questionAt(place))?.answer ?? null);
arrive();
palette.lock(clock.section);
buttons();
languages();
armKeys(page);
begin();
if (wasHandedIn()) handIn();
else if (queue.isEmpty) sender.at(1000);
else sender.soon();
