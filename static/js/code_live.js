/* The page of one submission while it is judged: it looks again, slower and slower, until there is a verdict. Without
   this the page loads itself again. */

const place = document.querySelector("[data-live]");
const status = document.querySelector("[data-code-status]");
const LONGEST_MS = 5000;
const WAITING_MS = 20_000;
let pause = 1000;

async function look() {
  const shown = place.querySelector("[data-sub]");
  const answer = await fetch(shown.dataset.sub, { headers: { "X-Live": "1" }, redirect: "error" }).catch(() => null);
  if (answer?.ok) {
    place.innerHTML = await answer.text();
    const { say } = place.querySelector("[data-sub]").dataset;
    if (say !== shown.dataset.say) status.textContent = say;
  }
  soon();
}

function soon() {
  const shown = place.querySelector("[data-open]")?.dataset;
  if (!shown || document.hidden) return;
  setTimeout(look, shown.open === "WAITING" ? WAITING_MS : Math.max(pause, shown.look * 1000));
  pause = Math.min(pause * 1.4, LONGEST_MS);
}

document.addEventListener("visibilitychange", () => !document.hidden && soon());
soon();
