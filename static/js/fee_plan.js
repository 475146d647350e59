/* What a student pays follows what is typed of a plan. Without this file the button shows it. */

const WAIT_MS = 350;
const form = document.querySelector("[data-fee-plan]");
const shown = form?.querySelector("[data-fee-preview]");
let timer = 0;
let asked = 0;

async function look() {
  const mine = ++asked;
  try {
    const answer = await fetch(form.dataset.feePlan, { method: "POST", body: new FormData(form), redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    if (mine !== asked) return; // an older answer that came late
    shown.innerHTML = html;
    shown.parentElement.removeAttribute("data-stale");
  } catch {
    shown.parentElement.setAttribute("data-stale", "");
  }
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(look, WAIT_MS);
}

form?.addEventListener("input", later);
form?.addEventListener("change", later);
