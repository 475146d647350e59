/* What the console does besides links, forms and live parts: the what-if meter answers at once, the log can rest. */

const form = document.querySelector("[data-what-if]");
let asked = 0;

async function answer() {
  const turn = ++asked;
  const words = new URLSearchParams(new FormData(form));
  try {
    const reply = await fetch(`${form.dataset.whatIf}?${words}`, { headers: { "X-Live": "1" }, redirect: "error" });
    if (!reply.ok) throw new Error(String(reply.status));
    const html = await reply.text();
    if (turn === asked) form.querySelector("[data-answer]").innerHTML = html;
  } catch {
    form.submit(); // the plain way says what is wrong
  }
}

function rest(button) {
  const part = document.getElementById(button.dataset.pause);
  const isResting = part.toggleAttribute("data-paused");
  [button.textContent, button.dataset.other] = [button.dataset.other, button.textContent];
  document.querySelector("[data-log-state]").hidden = isResting;
  if (!isResting) part.dispatchEvent(new Event("live:look"));
}

form?.addEventListener("change", answer);
for (const button of document.querySelectorAll("[data-pause]")) {
  button.hidden = false;
  button.addEventListener("click", () => rest(button));
}
for (const plain of document.querySelectorAll("[data-what-if] [data-plain]")) plain.hidden = true;
const log = document.querySelector("[data-log]");
if (log) log.scrollTop = log.scrollHeight;
