/* A student's check-in: the position is asked for once, when the button is pressed, and sent with what was typed.

   What could not be sent waits in this browser under the class and the student, and is sent by itself when there is a
   connection; it keeps its own number, so however often it is sent it counts once. The server draws every outcome; only
   what happens on the phone itself (asking, denied, no connection) is said here. Without this file the code and "tell my
   teacher" are a plain form. */

const ASK = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 0 };
const FRESH_MS = 25_000; // the server takes a position for thirty seconds
const AGAIN_MS = 10_000;
const PAUSE_MS = 60_000; // after too many tries
const KEPT_MS = 24 * 3600 * 1000;
const TROUBLES = { 1: "denied", 2: "unavailable", 3: "timeout" };

const root = document.querySelector("[data-check-in]");
const part = root.querySelector("[data-part]");
const said = root.querySelector("[data-said]");
const words = JSON.parse(document.getElementById("check-in-words").textContent);
const aheadMs = Date.parse(root.dataset.now) - Date.now(); // the server's clock, as seen from this one
const key = `check-in ${root.dataset.key}`;
let trouble = "";
let isBusy = false;
let again = 0;
let lookAt = 0;
let ticking = 0;

const field = (name) => part.querySelector(`[name=${name}]`);
const instant = (ms) => new Date(ms + aheadMs).toISOString();

/* --- What is said here ---------------------------------------------------------------------------------------------- */

function say(tone, name, more = "") {
  said.hidden = !name;
  said.className = `check-in-said s-${tone}`;
  const [title, text] = words[name] ?? ["", ""];
  const strong = Object.assign(document.createElement("b"), { textContent: title });
  const block = document.createElement("div");
  block.append(strong, more || text);
  said.replaceChildren(block);
}

function busy(isNow) {
  isBusy = isNow;
  for (const button of part.querySelectorAll("button")) button.toggleAttribute("aria-busy", isNow);
}

/* --- What waits for a connection ------------------------------------------------------------------------------------ */

function kept() {
  try {
    const one = JSON.parse(localStorage.getItem(key));
    if (one && Date.now() - one.pressedAt < KEPT_MS) return one;
    localStorage.removeItem(key);
    return null;
  } catch {
    return null; // nothing is kept, or this browser keeps nothing
  }
}

function keep(one) {
  try {
    if (one) localStorage.setItem(key, JSON.stringify(one));
    else localStorage.removeItem(key);
  } catch {
    return false;
  }
  return true;
}

/* As it is sent now: while its position is fresh, as if it had just been pressed. */
function body({ pressedAt, sent }) {
  const waitedMs = Math.max(0, Date.now() - pressedAt);
  const aged = sent.fix_age_ms === undefined ? {} : { fix_age_ms: sent.fix_age_ms + waitedMs };
  if ((aged.fix_age_ms ?? waitedMs) < FRESH_MS) return { ...sent, ...aged };
  return { ...sent, offline: true, captured_at: instant(pressedAt) };
}

async function send(one) {
  clearTimeout(again);
  busy(true);
  try {
    const answer = await fetch(root.dataset.checkIn, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "text/html",
        "X-CSRFToken": root.querySelector("[name=csrfmiddlewaretoken]").value,
      },
      body: JSON.stringify(body(one)),
      redirect: "error",
    });
    if (answer.status >= 500) throw new Error(String(answer.status));
    const isForLater = answer.status === 401 || (answer.status === 429 && kept());
    keep(isForLater ? one : null);
    if (answer.ok) return show(await answer.text());
    const { error } = await answer.json();
    const isSignedOut = answer.status === 401;
    say("bad", isSignedOut ? "signed_out" : "refused", isSignedOut ? "" : error.message);
    if (isForLater && !isSignedOut) again = setTimeout(resend, PAUSE_MS);
    if (answer.status === 403 || answer.status === 409) look({ isQuiet: true });
  } catch {
    const isKept = keep(one);
    say("due", isKept ? "kept" : "failed");
    if (isKept) again = setTimeout(resend, AGAIN_MS);
  } finally {
    busy(false);
  }
}

function resend() {
  const one = kept();
  if (one && !isBusy) send(one);
}

/* --- Pressing ------------------------------------------------------------------------------------------------------- */

function press(more) {
  const sent = { client_uuid: crypto.randomUUID?.() ?? field("client_uuid").value, trouble, ...more };
  const code = field("code")?.value.trim();
  if (code) sent.code = code;
  return send({ pressedAt: Date.now(), sent });
}

function here() {
  if (!navigator.geolocation) return failed({ code: 2 });
  busy(true);
  say("run", "asking");
  navigator.geolocation.getCurrentPosition(found, failed, ASK);
}

function found({ coords, timestamp }) {
  trouble = "";
  const { latitude, longitude, accuracy } = coords;
  const age = Math.min(Math.max(0, Math.round(Date.now() - timestamp)), KEPT_MS);
  say("run", "sending");
  press({ latitude, longitude, accuracy, fix_age_ms: age });
}

function failed(error) {
  trouble = TROUBLES[error.code] ?? "unavailable";
  busy(false);
  if (field("code")?.value.trim()) press({});
  else {
    say("due", trouble);
    field("code")?.focus();
  }
}

function submit(event) {
  event.preventDefault();
  if (isBusy) return;
  if (event.submitter?.value === "tell") press({ tell_teacher: true });
  else if (field("code").value.trim()) press({});
  else say("due", "no_code");
}

/* Enter in the code's field is the way that takes the code, not the first button of the form. */
function enter(event) {
  if (event.key !== "Enter" || event.target.name !== "code") return;
  event.preventDefault();
  const button = part.querySelector("button[value=code]") ?? part.querySelector("[data-here]");
  button?.click();
}

function click(event) {
  if (event.target.closest("[data-here]") && !isBusy) here();
}

/* --- Looking again -------------------------------------------------------------------------------------------------- */

function show(html) {
  said.hidden = true;
  part.innerHTML = html;
  arm();
  part.querySelector("[data-result]")?.focus({ preventScroll: true });
  part.querySelector("[data-result]")?.scrollIntoView({ block: "nearest" });
}

async function look({ isQuiet = false } = {}) {
  clearTimeout(lookAt);
  const isWriting = field("code")?.value.trim() || document.activeElement === field("code") || isBusy;
  if (document.hidden || (isWriting && !isQuiet)) return later();
  const hadFocus = part.contains(document.activeElement);
  try {
    const answer = await fetch(root.dataset.checkIn, { headers: { "X-Live": "1" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    const typed = field("code")?.value ?? "";
    part.innerHTML = html;
    arm();
    if (typed && field("code")) field("code").value = typed;
    if (hadFocus) part.querySelector("[data-result]")?.focus({ preventScroll: true });
  } catch {
    later();
  }
}

function later() {
  clearTimeout(lookAt);
  const seconds = Number(part.querySelector("[data-again-s]")?.dataset.againS);
  if (seconds) lookAt = setTimeout(look, Math.max(seconds, 2) * 1000);
}

function countDown() {
  const left = part.querySelector("[data-left-s]");
  clearInterval(ticking);
  if (!left) return;
  const endsAt = performance.now() + Number(left.dataset.leftS) * 1000;
  const tick = () => {
    const seconds = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    const parts = hours ? [hours, minutes, seconds % 60] : [minutes, seconds % 60];
    left.textContent = parts.map((one, place) => (place ? String(one).padStart(2, "0") : one)).join(":");
    if (seconds) return;
    clearInterval(ticking);
    look();
  };
  left.hidden = false;
  tick();
  ticking = setInterval(tick, 1000);
}

/* The buttons that only work with this file, and the times to look again. */
function arm() {
  for (const button of part.querySelectorAll("[data-here]")) button.hidden = false;
  countDown();
  later();
}

/* A code that the link brought: into its field and out of the address; its button is the one to press. */
function takeCode() {
  const code = decodeURIComponent(location.hash.slice(1)).trim();
  if (!/^[\w -]{6,40}$/.test(code)) return;
  history.replaceState(null, "", location.pathname + location.search);
  const input = field("code");
  if (!input) return;
  input.value = code;
  const ways = input.closest("[data-code]");
  const button = ways.querySelector("button[value=code]") ?? part.querySelector("[data-here]");
  if (ways.contains(button)) {
    ways.parentElement.querySelector("[data-here]")?.classList.remove("btn-primary");
    button.classList.add("btn-primary");
    ways.parentElement.prepend(ways);
  }
  say("run", "linked");
  button.focus();
}

part.addEventListener("submit", submit, true);
part.addEventListener("click", click);
part.addEventListener("keydown", enter);
window.addEventListener("online", resend);
document.addEventListener("visibilitychange", () => document.hidden || (resend(), later()));
window.addEventListener("hashchange", takeCode);
arm();
takeCode();
if (kept()) {
  say("due", "kept");
  resend();
}
