/* The waiting room: counts down by the server's clock, fetches the sealed paper, looks at the device, and begins by
   itself at the opening. Everybody begins within two seconds of it, not all at once, and a busy server is asked again
   when it says so. Without this file the page has a button that begins. */

import { canOpen, fetchSealed, keepKey } from "./sealed.js";
import { checkBattery, checkStorage, showCheck } from "./room_checks.js";

const SPREAD_MS = 2000;
const LOOK_MS = 20_000;
const LOOK_JITTER_MS = 10_000;
const AGAIN_MS = [1000, 2000, 4000, 8000];
const SLOW_MS = 2500;
const CLOCK_IS_OFF_MS = 60_000;

const root = document.querySelector("[data-room]");
const words = JSON.parse(document.getElementById("room-words").textContent);
let state = JSON.parse(document.getElementById("room-state").textContent);
const test = root.dataset.room;
const part = (name) => root.querySelector(`[data-${name}]`);
const form = part("begin");
const said = part("said");
/* In the institute's zone, as all times of the page: the device may stand in another. */
const clockForm = new Intl.DateTimeFormat("en-IN", { hour: "numeric", minute: "2-digit", hour12: true, timeZone: root.dataset.zone });
const clockText = (ms) => clockForm.format(new Date(ms));

/* The server's clock, as seen from performance.now(), which nobody sets; the quickest answer knows it best. */
let aheadMs = Date.parse(state.server_now) - performance.now();
let quickestMs = Infinity;
let lookAt = 0;
let beginAt = 0;
let tries = 0;
let isBeginning = false;
let isRefused = false;

const leftMs = () => Date.parse(state.opens_at) - (performance.now() + aheadMs);

/* --- Counting down -------------------------------------------------------------------------------------------------- */

function clock(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const parts = hours ? [hours, minutes, seconds % 60] : [minutes, seconds % 60];
  return parts.map((one, place) => (place ? String(one).padStart(2, "0") : one)).join(":");
}

function tick() {
  const left = leftMs();
  const text = clock(left);
  part("left").textContent = text;
  if (!isBeginning) part("begin-left").textContent = text;
  if (left > 0) return setTimeout(tick, (left % 1000) + 5);
  if (!beginAt) open();
}

function open() {
  part("count-title").textContent = words.opening;
  beginAt = setTimeout(begin, Math.random() * SPREAD_MS);
}

/* --- Beginning ------------------------------------------------------------------------------------------------------ */

function beginLater(ms, message = "") {
  clearTimeout(beginAt);
  if (message) problem(message);
  beginAt = setTimeout(begin, ms + Math.random() * SPREAD_MS);
}

async function begin() {
  if (isBeginning) return;
  isBeginning = true;
  isRefused = false;
  lock(true);
  try {
    const answer = await fetch(root.dataset.start, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
      redirect: "error",
    });
    if (answer.ok) {
      await keepKey(test, await answer.json());
      location.replace(root.dataset.attempt);
      return;
    }
    await refused(answer);
  } catch {
    beginLater(AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)], words.again);
  }
  isBeginning = false;
}

async function refused(answer) {
  const waits = Number(answer.headers.get("Retry-After")) * 1000;
  if (answer.status === 503 || answer.status === 429) return beginLater(waits || AGAIN_MS[2], words.again);
  if (answer.status >= 500) throw new Error(String(answer.status));
  const { error } = await answer.json();
  if (error.code === "not_open_yet") return beginLater((error.seconds ?? 1) * 1000);
  if (error.code === "open_elsewhere") return location.replace(root.dataset.takeover);
  if (error.code === "not_writing") return location.replace(root.dataset.attempt);
  problem(answer.status === 401 ? words.signed_out : error.message);
  isRefused = true;
  lock(false);
}

/* The button waits for the opening; it comes free when beginning by itself was refused. */
function lock(isLocked) {
  const button = form.querySelector("button");
  button.disabled = isLocked;
  const waits = leftMs() > 0 ? words.opens_in : words.opening;
  part("begin-words").textContent = isLocked ? waits : words.begin;
  part("begin-left").hidden = leftMs() <= 0;
}

function problem(message) {
  const banner = part("problem");
  banner.hidden = !message;
  banner.querySelector("p").textContent = message;
}

/* --- Looking again -------------------------------------------------------------------------------------------------- */

function learnClock(serverNow, sentAt) {
  const tookMs = performance.now() - sentAt;
  if (tookMs <= quickestMs) {
    quickestMs = tookMs;
    aheadMs = Date.parse(serverNow) + tookMs / 2 - performance.now();
  }
  return tookMs;
}

async function look() {
  clearTimeout(lookAt);
  if (document.hidden) return;
  const sentAt = performance.now();
  try {
    const answer = await fetch(root.dataset.state, { headers: { Accept: "application/json", "X-Live": "1" }, redirect: "error" });
    if (answer.status === 401) return problem(words.signed_out);
    if (!answer.ok) throw new Error(String(answer.status));
    const before = state;
    state = await answer.json();
    const tookMs = learnClock(state.server_now, sentAt);
    checkNetwork(tookMs);
    checkClock();
    if (state.state !== "READY") return location.replace(root.dataset.attempt);
    if (leftMs() > 0) problem(state.problem);
    else if (isRefused && !state.problem) beginLater(0); // what stood in the way is gone
    others();
    if (state.paper?.sha256 !== before.paper?.sha256) fetchPaper();
    if (state.opens_at !== before.opens_at) reopen();
  } catch {
    checkNetwork(null);
  }
  lookAt = setTimeout(look, LOOK_MS + Math.random() * LOOK_JITTER_MS);
}

/* The hour was moved while one waited. */
function reopen() {
  location.reload();
}

function others() {
  const line = part("others");
  if (!line) return;
  const word = state.others === 1 ? words.one_other : words.others;
  line.textContent = state.others ? word.replace("%(count)s", state.others) : words.alone;
}

/* --- The sealed paper ----------------------------------------------------------------------------------------------- */

async function fetchPaper(again = 0) {
  if (!canOpen()) return;
  part("sealed").hidden = false;
  if (!state.paper) {
    part("sealed-title").textContent = words.missing;
    return;
  }
  const title = part("sealed-title");
  title.textContent = words.fetching;
  try {
    const arrivedAt = await fetchSealed(test, state.paper);
    title.textContent = words.sealed;
    part("arrived").textContent = words.arrived.replace("%(time)s", clockText(arrivedAt));
    said.textContent = words.sealed;
  } catch {
    title.textContent = words.trouble;
    setTimeout(fetchPaper, AGAIN_MS[Math.min(again, AGAIN_MS.length - 1)] * (1 + Math.random()), again + 1);
  }
}

/* --- This device ---------------------------------------------------------------------------------------------------- */

function checkNetwork(tookMs) {
  if (tookMs === null) return showCheck("network", "bad", words.offline, words.no_answer);
  const isSlow = tookMs > SLOW_MS;
  const more = words.answers_in.replace("%(ms)s", Math.round(tookMs));
  showCheck("network", isSlow ? "due" : "ok", isSlow ? words.slow : words.enough, more);
}

function checkClock() {
  const offMs = Date.now() - (performance.now() + aheadMs);
  const seconds = Math.round(Math.abs(offMs) / 1000);
  const word = offMs < 0 ? words.behind : words.ahead;
  const more = seconds ? word.replace("%(s)s", seconds) : words.on_time;
  const isFar = Math.abs(offMs) > CLOCK_IS_OFF_MS;
  showCheck("clock", "ok", words.fine, isFar || seconds ? more : words.on_time);
}

async function checkAll() {
  part("device").hidden = false;
  await Promise.all([look(), checkStorage(words), checkBattery(words, Number(root.dataset.minutes))]);
  part("checked").textContent = words.checked.replace("%(time)s", clockText(Date.now()));
}

/* --- Beginning here ------------------------------------------------------------------------------------------------- */

for (const element of root.querySelectorAll("[data-js]")) element.hidden = false;
for (const element of root.querySelectorAll("[data-plain]")) element.hidden = true;
part("left").hidden = false;
part("check-again").addEventListener("click", checkAll);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  begin();
});
document.addEventListener("visibilitychange", () => document.hidden || look());
window.addEventListener("online", () => look());
lock(leftMs() > 0);
tick();
fetchPaper();
checkAll();
