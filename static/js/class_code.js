/* The code of a class on the screen of a hall: asks for the next one in step with the server's clock.

   Each answer says how many milliseconds its code still has. A hidden tab pauses; when no answer comes the code stays on
   the screen with a word that it may be old, and the page goes on asking. */

const SLACK_MS = 150;
const PATIENCE_MS = 8000;
const AGAIN_MS = 2000;
const MOST_WAIT_MS = 15_000;

const area = document.querySelector("[data-code]");
const old = document.querySelector("[data-old]");
const gone = document.querySelector("[data-gone]");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

let endsAt = 0;
let wait = AGAIN_MS;
let timer = 0;
let isAsking = false;

/* What was sent before its answer came back has used up half the way of its time. */
function begin(askedAt) {
  const now = area.querySelector("[data-left-ms]");
  const way = askedAt === null ? 0 : (performance.now() - askedAt) / 2;
  endsAt = performance.now() + Number(now.dataset.leftMs) - way;
  run(area.querySelector(".ring-left"));
  later(Math.min(Number(now.dataset.lookMs), endsAt - performance.now()) + SLACK_MS);
}

function run(ring) {
  if (!ring) return;
  const left = Math.max(0, endsAt - performance.now());
  const from = 100 - left / 200;
  const timing = { duration: left, fill: "forwards", easing: calm.matches ? `steps(${Math.ceil(left / 1000) || 1})` : "linear" };
  ring.animate([{ strokeDashoffset: from }, { strokeDashoffset: 100 }], timing);
}

function later(ms) {
  clearTimeout(timer);
  timer = setTimeout(look, Math.max(SLACK_MS, ms));
}

async function look() {
  if (document.hidden || isAsking) return;
  isAsking = true;
  const askedAt = performance.now();
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(area.dataset.code, { headers: { "X-Live": "1" }, redirect: "manual", signal });
    if (answer.type === "opaqueredirect" || [401, 403, 404, 409].includes(answer.status)) {
      area.toggleAttribute("data-is-old", true);
      old.hidden = true;
      gone.hidden = false;
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    area.innerHTML = await answer.text();
    area.removeAttribute("data-is-old");
    old.hidden = true;
    wait = AGAIN_MS;
    begin(askedAt);
  } catch {
    missed();
  } finally {
    isAsking = false;
  }
}

/* The code is good for a while yet: only when its time is over is it called old. */
function missed() {
  const left = endsAt - performance.now();
  if (left <= 0) {
    area.toggleAttribute("data-is-old", true);
    old.hidden = false;
  }
  wait = Math.min(wait * 1.5, MOST_WAIT_MS);
  later(left > 0 ? Math.min(left + SLACK_MS, wait) : wait);
}

async function stayOn() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    /* a low battery says no */
  }
}

function back() {
  if (document.hidden) {
    clearTimeout(timer);
    return;
  }
  if (endsAt <= performance.now()) area.toggleAttribute("data-is-old", true);
  stayOn();
  look();
}

const full = document.querySelector("[data-full]");
if (document.fullscreenEnabled) {
  full.hidden = false;
  full.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
  });
}
document.addEventListener("visibilitychange", back);
document.documentElement.toggleAttribute("data-runs", true);
stayOn();
begin(null);
