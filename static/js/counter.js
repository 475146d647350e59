/* The counter by keyboard: students as you type, F2 to the search, arrows and Enter, sums while amounts change.
   Without this file everything works by forms; the server adds up and checks again whatever stands here. */

const WAIT_MS = 150;
const find = document.querySelector("[data-find]");
const hits = document.getElementById("hits");
const form = document.querySelector("[data-take]");

/* --- Finding ------------------------------------------------------------------------------------------------------ */

let timer = 0;
let asked = 0;
let active = -1;

const links = () => [...hits.querySelectorAll("a")];

function mark(at) {
  const all = links();
  active = all.length ? (at + all.length) % all.length : -1;
  all.forEach((link, place) => link.classList.toggle("is-active", place === active));
  all[active]?.scrollIntoView({ block: "nearest" });
}

async function look() {
  const mine = ++asked;
  const words = find.value.trim();
  if (words.length < 2) {
    hits.replaceChildren();
    return;
  }
  try {
    const answer = await fetch(`${find.dataset.find}?q=${encodeURIComponent(words)}`, { redirect: "error" });
    if (!answer.ok || mine !== asked) return;
    hits.innerHTML = await answer.text();
    mark(0);
  } catch {
    // without a connection the form still asks the server
  }
}

find?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, WAIT_MS);
});
find?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") mark(active + 1);
  else if (event.key === "ArrowUp") mark(active - 1);
  else if (event.key === "Enter" && links()[active] && find.value.trim() !== find.defaultValue.trim()) location.assign(links()[active].href);
  else return;
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "F2" || !find) return;
  event.preventDefault();
  find.focus();
  find.select();
});

/* --- Adding up ---------------------------------------------------------------------------------------------------- */

const DIGITS = /\p{Nd}/gu;
const digit = (sign) => {
  let zero = sign.codePointAt(0);
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && sign.codePointAt(0) - zero < 9) zero -= 1;
  return String(sign.codePointAt(0) - zero);
};

/* Paise of what was typed; NaN for what is no amount, 0 for nothing. */
function paise(typed) {
  const text = typed.replace(DIGITS, (sign) => (sign < "\u0080" ? sign : digit(sign))).replace(/[₹,\s]/g, "");
  if (!text) return 0;
  return /^\d{1,13}(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : NaN;
}

function rupees(amount) {
  const [whole, rest] = (Math.abs(amount) / 100).toFixed(2).split(".");
  const head = whole.slice(0, -3).replace(/\B(?=(\d{2})+$)/g, ",");
  return `${amount < 0 ? "−" : ""}₹${head ? `${head},` : ""}${whole.slice(-3)}.${rest}`;
}

function chosen() {
  return [...form.querySelectorAll("[data-row]")]
    .filter((row) => row.querySelector(".check").checked)
    .map((row) => ({ label: row.querySelector("[data-label]").textContent, amount: paise(row.querySelector(".input").value) }));
}

function add() {
  const lines = chosen();
  const advance = paise(form.elements.advance.value);
  if (advance) lines.push({ label: document.querySelector("[data-advance-label]").textContent, amount: advance });
  const sum = lines.reduce((total, line) => total + line.amount, 0);
  for (const place of document.querySelectorAll("[data-sum]")) place.textContent = Number.isNaN(sum) ? "–" : rupees(sum);
  const back = paise(form.elements.tendered.value) - sum;
  form.querySelector("[data-back]").textContent = form.elements.tendered.value.trim() && back >= 0 ? rupees(back) : "–";
  const preview = document.querySelector("[data-preview]");
  preview.hidden = !lines.length;
  preview.querySelector("[data-lines]").replaceChildren(
    ...lines.map((line) => {
      const row = document.createElement("tr");
      for (const text of [line.label, Number.isNaN(line.amount) ? "–" : rupees(line.amount).replace("₹", "")]) {
        row.appendChild(document.createElement("td")).textContent = text;
      }
      return row;
    }),
  );
}

if (form) {
  for (const row of form.querySelectorAll("[data-row]")) {
    const check = row.querySelector(".check");
    const amount = row.querySelector(".input");
    amount.addEventListener("input", () => {
      check.checked = paise(amount.value) > 0;
    });
    check.addEventListener("change", () => {
      if (check.checked && !(paise(amount.value) > 0)) amount.value = rupees(Number(row.dataset.open)).replace("₹", "");
    });
  }
  form.addEventListener("input", add);
  form.addEventListener("change", add);
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    form.querySelector("[data-record]").setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", () => {
    delete form.dataset.sent;
    form.querySelector("[data-record]").removeAttribute("aria-disabled");
  });
  add();
  if (!form.querySelector(".has-error, [aria-invalid]")) form.querySelector("[data-record]").focus({ preventScroll: true });
}
