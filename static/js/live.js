/* Parts of a page that stay up to date: <div data-live="/address/" data-every="2000">.

   The address answers with the inside of the element. Hidden tabs pause; a failing server is asked less and less often;
   204 means nothing has changed, 286 that nothing will any more (until the element gets a "live:look" event, which
   looks at once). data-paused pauses too. Focus and open details inside survive when they have ids, and while something
   inside is pressed nothing is replaced: the click would be lost. What the page does not show at this width is not
   asked for. */

const MAX_WAIT_MS = 60_000;

function keepPlace(element, html) {
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  const open = [...element.querySelectorAll("details[open][id]")].map((details) => details.id);
  const log = element.querySelector("[data-log]");
  const atEnd = !log || log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
  const top = log?.scrollTop ?? 0;
  element.innerHTML = html;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  const next = element.querySelector("[data-log]");
  if (next) next.scrollTop = atEnd ? next.scrollHeight : top;
}

function live(element) {
  const every = Number(element.dataset.every) || 2000;
  let wait = every;
  let timer = 0;
  let shown = "";

  async function look() {
    clearTimeout(timer);
    if (document.hidden || !element.isConnected || "paused" in element.dataset) return;
    if (element.checkVisibility?.() === false) {
      timer = setTimeout(look, every);
      return;
    }
    let isPressed = false;
    try {
      const answer = await fetch(element.dataset.live, { headers: { "X-Live": "1" }, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      if (answer.status !== 204) {
        const html = await answer.text();
        isPressed = html !== shown && element.matches(":active");
        if (html !== shown && !isPressed) {
          keepPlace(element, html);
          shown = html;
        }
      }
      element.removeAttribute("data-stale");
      wait = every;
      if (answer.status === 286 && !isPressed) return;
    } catch {
      wait = Math.min(wait * 2, MAX_WAIT_MS);
      element.setAttribute("data-stale", "");
    }
    timer = setTimeout(look, wait);
  }

  document.addEventListener("visibilitychange", () => document.hidden || look());
  element.addEventListener("live:look", look);
  timer = setTimeout(look, every);
}

for (const element of document.querySelectorAll("[data-live]")) live(element);
