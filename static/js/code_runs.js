/* Running and submitting the program of a question, and what comes of it. The server says it all in parts of its page;
   this asks for them: soon after something was sent, then slower, and not at all while nobody looks. */

const FIRST_MS = 1000;
const LONGEST_MS = 5000;
const WAITING_MS = 20_000;
const SLOWER = 1.4;
const GIVE_UP_MS = 20_000;

export class Runs {
  /* `saveFirst` keeps what stands in the editor at the server and says whether that worked. */
  constructor({ words, urls, token, epoch, pane, buttons, left, saveFirst, program, stdin }) {
    Object.assign(this, { words, urls, token, epoch, pane, buttons, left, saveFirst, program, stdin });
    Object.assign(this, { pause: FIRST_MS, timer: 0, isOver: false, isBusy: false, said: new Map(), blocked: new Map() });
    this.note = pane.querySelector("[data-code-note]");
    this.look = () => !document.hidden && this.soon(0);
    document.addEventListener("visibilitychange", this.look);
    pane.addEventListener("toggle", (event) => this.opened(event.target), true);
    this.remember();
    this.soon();
  }

  stop() {
    this.isOver = true;
    clearTimeout(this.timer);
    for (const timer of this.blocked.values()) clearInterval(timer);
    for (const button of Object.values(this.buttons)) button.disabled = false;
    document.removeEventListener("visibilitychange", this.look);
  }

  /* --- Sending ------------------------------------------------------------------------------------------------------ */

  async ask(kind) {
    if (this.isBusy || this.buttons[kind].disabled) return;
    const program = this.program();
    if (!program.source.trim()) {
      this.tell("due", this.words.codeEmpty);
      return;
    }
    this.isBusy = true;
    this.tell("run", this.words.codeAsking);
    const isSaved = navigator.onLine && (await this.saveFirst());
    if (isSaved) await this.send(kind, program).catch(() => this.tell("due", this.words.codeOffline));
    else this.tell("due", this.words.codeOffline);
    this.isBusy = false;
  }

  async send(kind, program) {
    const own = kind === "run" ? this.stdin() : null;
    const body = JSON.stringify({ epoch: this.epoch, ...program, ...(own === null ? {} : { stdin: own }) });
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.token, Accept: "application/json" };
    const answer = await fetch(this.urls[kind], { method: "POST", headers, body, redirect: "error", signal: AbortSignal.timeout(GIVE_UP_MS) });
    const said = await answer.json().catch(() => ({}));
    if (this.isOver) return;
    if (!answer.ok) {
      this.refused(kind, answer, said.error ?? {});
      return;
    }
    this.tell("", "");
    this.pause = FIRST_MS;
    await this.load();
  }

  refused(kind, answer, error) {
    const text = Object.values(error.fields ?? {}).join(" ") || error.message || this.words.codeOffline;
    const wait = Number(answer.headers.get("Retry-After")) || 0;
    this.tell("due", text, wait ? kind : "");
    if (wait) this.block(kind, wait);
    if (answer.status === 409) this.load();
  }

  /* The button waits as long as the server wants, and says so. */
  block(kind, seconds) {
    const button = this.buttons[kind];
    const until = Date.now() + seconds * 1000;
    clearInterval(this.blocked.get(kind));
    button.disabled = true;
    const tick = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      const place = this.note.querySelector("[data-again]");
      if (place) place.textContent = left > 0 ? this.words.codeAgain.replace("{seconds}", left) : "";
      if (left > 0) return;
      clearInterval(this.blocked.get(kind));
      button.disabled = false;
      if (place) this.tell("", "");
    };
    this.blocked.set(kind, setInterval(tick, 250));
    tick();
  }

  tell(tone, text, counts = "") {
    if (!text) {
      this.note.replaceChildren();
      return;
    }
    const line = document.createElement("p");
    line.className = `banner s-${tone}`;
    line.append(text);
    if (counts) {
      const again = document.createElement("span");
      again.dataset.again = "";
      again.className = "num";
      again.setAttribute("aria-hidden", "true"); // it changes every second
      line.append(" ", again);
    }
    this.note.replaceChildren(line);
  }

  /* --- Looking ------------------------------------------------------------------------------------------------------ */

  soon(ms = this.pause) {
    clearTimeout(this.timer);
    if (!this.isOver && this.open().length) this.timer = setTimeout(() => this.poll(), ms);
  }

  open() {
    return [...this.pane.querySelectorAll("[data-open]")];
  }

  async poll() {
    if (document.hidden || this.isOver) return;
    const waits = this.open();
    const isSlow = waits.every((one) => one.dataset.open === "WAITING");
    const asked = Math.min(...waits.map((one) => one.dataset.look * 1000)); // who is far behind looks less often
    this.pause = isSlow ? WAITING_MS : Math.max(Math.min(this.pause * SLOWER, LONGEST_MS), asked);
    const found = await Promise.all(waits.map((one) => this.part(one.dataset.sub)));
    if (this.isOver) return;
    let isDone = false;
    found.forEach((parts, at) => {
      const fresh = parts?.querySelector("[data-sub]");
      if (!fresh) return;
      if ("open" in fresh.dataset) waits[at].replaceWith(fresh);
      else isDone = true;
    });
    this.remember();
    if (isDone) await this.load();
    else this.soon();
  }

  /* The whole pane anew. */
  async load() {
    const parts = await this.part(this.urls.question);
    if (this.isOver) return false;
    if (!parts) {
      if (!this.said.size) this.pane.querySelector("[data-subs]").firstElementChild.textContent = this.words.codeFailed;
      this.timer = setTimeout(() => this.load(), LONGEST_MS);
      return false;
    }
    for (const name of ["[data-own-ran]", "[data-subs]"]) {
      const fresh = parts.querySelector(name);
      if (fresh) this.pane.querySelector(name)?.replaceWith(fresh);
    }
    this.remember();
    this.soon();
    return true;
  }

  async part(address) {
    try {
      const answer = await fetch(address, { headers: { "X-Live": "1" }, redirect: "error", signal: AbortSignal.timeout(GIVE_UP_MS) });
      if (!answer.ok) return null;
      const place = document.createElement("div");
      place.innerHTML = await answer.text();
      return place;
    } catch {
      return null;
    }
  }

  /* What is new is said once, in one sentence; counts stand in the dock and on the tab. */
  remember() {
    const isFirst = !this.said.size;
    const now = new Map([...this.pane.querySelectorAll("[data-sub]")].map((one) => [one.dataset.sub, one.dataset.say]));
    const news = [...now].filter(([name, text]) => this.said.get(name) !== text).map(([, text]) => text);
    const status = this.pane.querySelector("[data-code-status]");
    if (news.length && !isFirst && status) status.textContent = news.join(". ");
    this.said = now.size ? now : new Map([["", ""]]);
    const { count, left } = this.pane.querySelector("[data-subs]").dataset;
    const badge = this.pane.parentElement.querySelector("[data-count]");
    badge.textContent = count ?? "";
    badge.hidden = !Number(count);
    if (left !== undefined) this.left.textContent = left;
  }

  /* An earlier submission is fetched when it is opened first. */
  async opened(details) {
    const link = details.open && details.querySelector("a[data-earlier]");
    if (!link || link.ariaBusy) return;
    link.ariaBusy = "true";
    const parts = await this.part(link.href);
    if (parts) link.closest("p").replaceWith(...parts.children);
    else link.ariaBusy = null;
  }
}
