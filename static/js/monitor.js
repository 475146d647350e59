/* The monitor of a test: asks every few seconds for what changed, counts time down, and keeps who is chosen.

   Hidden tabs pause; a failing server is asked less and less often. What is replaced are the parts marked data-part;
   ticks and focus stay, and nothing is replaced while something in it is pressed. */

const MAX_WAIT_MS = 60_000;
const NAMED = 12;
const root = document.querySelector("[data-watch]");
const words = JSON.parse(document.getElementById("monitor-words").textContent);
const form = document.getElementById("act");
const chosen = new Map();
const ahead = Number(root.dataset.now) * 1000 - Date.now();
let heardAt = Date.now();

function said(key, count, minutes = "") {
  const text = words[key][count === 1 ? 0 : 1];
  return text.replace("{count}", count).replace("{minutes}", minutes);
}

/* --- Who is chosen ------------------------------------------------------------------------------------------------ */

const ticks = () => root.querySelectorAll("input[name=who]");

function note(tick) {
  const name = tick.closest("tr").querySelector("th").firstChild.textContent;
  if (tick.checked) chosen.set(tick.value, name);
  else chosen.delete(tick.value);
  tick.closest("tr").classList.toggle("is-chosen", tick.checked);
}

/* Who is chosen and not on the page any more (he has just come back, say) stays chosen, by a hidden field. */
function keepUnseen() {
  const seen = new Set([...ticks()].map((tick) => tick.value));
  for (const old of form.querySelectorAll("input[data-unseen]")) old.remove();
  for (const value of chosen.keys()) {
    if (seen.has(value)) continue;
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: "who", value });
    field.dataset.unseen = "";
    form.append(field);
  }
}

function say() {
  const everybody = form.elements.whom;
  const verb = form.elements.do.value;
  const minutes = document.getElementById("act-minutes").value.trim() || "…";
  const all = root.querySelector("[data-choose-all]");
  if (all) {
    const shown = [...ticks()];
    all.hidden = false;
    all.checked = shown.length > 0 && shown.every((tick) => tick.checked);
    all.indeterminate = !all.checked && shown.some((tick) => tick.checked);
  }
  document.querySelector("[data-dock]").hidden = !chosen.size && !everybody;
  if (everybody && !chosen.size) return;
  everybody?.remove();
  for (const place of document.querySelectorAll("[data-chosen]")) place.textContent = said("chosen", chosen.size);
  const names = [...chosen.values()];
  form.querySelector("[data-names]").textContent = names.slice(0, NAMED).join(", ") + (names.length > NAMED ? " …" : "");
  const button = form.querySelector("[data-do-it]");
  button.textContent = said(verb, chosen.size, minutes);
  button.disabled = !chosen.size;
  document.querySelector("[data-act]").textContent = said("act", chosen.size);
}

root.addEventListener("change", (event) => {
  if (event.target.matches("[data-choose-all]")) {
    for (const tick of ticks()) {
      tick.checked = event.target.checked;
      note(tick);
    }
  } else if (event.target.matches("input[name=who]")) note(event.target);
  say();
});
form.addEventListener("input", say);
form.addEventListener("submit", keepUnseen);
root.addEventListener("click", (event) => {
  const link = event.target.closest("[data-choose]");
  if (!link) return;
  event.preventDefault();
  for (const tick of ticks()) {
    tick.checked = tick.value === link.dataset.choose;
    note(tick);
  }
  for (const value of [...chosen.keys()]) if (value !== link.dataset.choose) chosen.delete(value);
  form.querySelector(`input[name=do][value=${link.dataset.do}]`).checked = true;
  say();
  location.hash = "act";
  document.getElementById("act-reason").focus({ preventScroll: true });
});

/* --- What changed ------------------------------------------------------------------------------------------------- */

function replace(part, next) {
  if (!next || part.matches(":active") || part.outerHTML === next.outerHTML) return;
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const again = focused?.id ? `#${CSS.escape(focused.id)}` : focused?.value ? `[value="${CSS.escape(focused.value)}"]` : "";
  part.replaceWith(next);
  if (again) next.querySelector(again)?.focus({ preventScroll: true });
}

function show(html) {
  const found = new DOMParser().parseFromString(html, "text/html");
  for (const part of root.querySelectorAll("[data-part]"))
    replace(part, found.querySelector(`[data-part=${part.dataset.part}]`));
  root.dataset.seen = found.querySelector("[data-seen]").dataset.seen;
  for (const tick of ticks()) {
    tick.checked = chosen.has(tick.value);
    tick.closest("tr").classList.toggle("is-chosen", tick.checked);
  }
  say();
}

const every = Number(root.dataset.every);
let wait = every;
let timer = 0;

async function look() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    const address = new URL(root.dataset.watch, location.href);
    address.searchParams.set("seen", root.dataset.seen);
    const answer = await fetch(address, { headers: { "X-Live": "1" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    if (answer.status !== 204) show(await answer.text());
    heardAt = Date.now();
    wait = every;
  } catch {
    wait = Math.min(wait * 2, MAX_WAIT_MS);
  }
  timer = setTimeout(look, wait);
}

/* --- Time --------------------------------------------------------------------------------------------------------- */

function clock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function tick() {
  const now = (Date.now() + ahead) / 1000;
  for (const place of document.querySelectorAll("[data-ends]"))
    place.textContent = clock(Math.max(Math.floor(Number(place.dataset.ends) - now), 0));
  const age = document.querySelector("[data-age]");
  age.hidden = false;
  age.textContent = said("age", Math.round((Date.now() - heardAt) / 1000));
}

document.addEventListener("visibilitychange", () => document.hidden || look());
for (const one of ticks()) if (one.checked) note(one);
say();
tick();
setInterval(() => document.hidden || tick(), 1000);
timer = setTimeout(look, every);
