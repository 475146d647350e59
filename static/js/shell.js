/* What every page can do besides links and forms. All of it works without this file, only less smoothly. */

const root = document.documentElement;

/* A form is sent once. Coming back with the back button makes it new. */
function guard(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  event.submitter?.classList.add("is-busy");
}

function reopen() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const busy of document.querySelectorAll(".is-busy")) {
    busy.classList.remove("is-busy");
    busy.removeAttribute("aria-busy");
  }
}

/* The look changes at once; the server is told in the background, and asked the plain way when that fails. */
async function changeLook(event) {
  const form = event.target;
  if (!form.matches("[data-theme-form]") || !event.submitter) return;
  event.preventDefault();
  const theme = event.submitter.value;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-theme-form] button[name=theme]")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
  const body = new FormData(form, event.submitter);
  try {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (answer.type !== "opaqueredirect" && !answer.ok) throw new Error(String(answer.status));
  } catch {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "theme", value: theme });
    form.append(field);
    form.submit();
  }
}

function click(event) {
  const target = event.target.closest("[data-dismiss], [data-opens], [data-closes], [data-reveals]");
  if (!target) return;
  const { dismiss, opens, reveals } = target.dataset;
  if (dismiss) {
    event.preventDefault();
    target.closest(dismiss)?.remove();
  } else if (opens) {
    event.preventDefault();
    document.getElementById(opens)?.showModal();
  } else if ("closes" in target.dataset) {
    target.closest("dialog")?.close();
  } else if (reveals) {
    reveal(target, document.getElementById(reveals));
  }
}

function reveal(button, field) {
  const show = field.type === "password";
  field.type = show ? "text" : "password";
  [button.textContent, button.dataset.hide] = [button.dataset.hide, button.textContent];
}

/* A row's menu is a <details>; it closes as menus do, and gives the focus back. */
function closeMenus(except) {
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (menu === except) continue;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.removeAttribute("open");
  }
}

document.addEventListener("submit", changeLook);
document.addEventListener("submit", guard);
document.addEventListener("click", click);
document.addEventListener("click", (event) => closeMenus(event.target.closest(".menu")));
document.addEventListener("keydown", (event) => event.key === "Escape" && closeMenus(null));
window.addEventListener("pageshow", (event) => event.persisted && reopen());
for (const button of document.querySelectorAll("[data-reveals]")) button.hidden = false;
document.querySelector("main [aria-invalid=true]")?.focus();
