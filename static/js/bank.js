/* What is being written, as it will be read: under each text with a formula or a mark in it, a moment after typing.
   Without this file the page works as it is; the server makes the HTML, and makes it safe. */

const WAIT_MS = 400;
const WORTH = /[$*`|\\]|^\s*(-|\d+\.)\s/m;

const form = document.querySelector("[data-preview-at]");
const token = form?.querySelector("[name=csrfmiddlewaretoken]").value;

function watch(area) {
  const shown = document.createElement("div");
  shown.className = "bi-preview said";
  shown.lang = area.lang;
  shown.setAttribute("aria-live", "polite");
  area.after(shown);
  let timer = 0;
  let asked = 0;

  async function look() {
    const mine = ++asked;
    const text = area.value;
    if (!WORTH.test(text)) {
      shown.replaceChildren();
      return;
    }
    try {
      const body = new URLSearchParams({ text });
      const answer = await fetch(form.dataset.previewAt, { method: "POST", body, headers: { "X-CSRFToken": token }, redirect: "error" });
      if (answer.ok && mine === asked) shown.innerHTML = await answer.text();
    } catch {
      shown.replaceChildren(); // without a connection the text alone says what it says
    }
  }

  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT_MS);
  });
  if (area.value) look();
}

for (const area of form?.querySelectorAll("textarea[data-preview]") ?? []) watch(area);

// On a phone the kinds scroll sideways: the chosen one is in sight.
document.querySelector(".bank-kinds [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
