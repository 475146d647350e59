/* Sends what the queue holds, one request at a time: soon after a change but not more often than every few seconds,
   at once when the page is hidden, and as a sign of life when nothing changed. Without an answer it tries again later
   and later, by chance a little earlier or later than the others of the room. */

const SOON_MS = 2000;
const EVERY_MS = 5000;
const FIRST_WAIT_MS = 1500;
const LONGEST_WAIT_MS = 30_000;
const GIVE_UP_MS = 20_000;
const AT_ONCE = 100;
const MOST_BYTES = 150_000;
const MOST_KEEPALIVE = 60_000;

const bytes = (text) => new TextEncoder().encode(text).length; // a letter of Hindi is three
const isOf = (name, part) => name === part || name.startsWith(`${part}.`);

export class Sender {
  /* tell(state, detail): "saving", "saved", "kept", "moved", "closed", "signedOut", "refused" (a question), "done".
     heard(said, began): every answer of the server, for the clock. */
  constructor({ setup, queue, token, tell, heard }) {
    Object.assign(this, { setup, queue, token, tell, heard });
    Object.assign(this, { timer: 0, wait: FIRST_WAIT_MS, busy: null, last: 0, isOver: false, isFinishing: false });
    window.addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => document.hidden && this.now(true));
    window.addEventListener("pagehide", () => this.now(true));
    this.at(setup.beats_ms);
  }

  at(ms) {
    clearTimeout(this.timer);
    if (!this.isOver) this.timer = setTimeout(() => this.now(), ms);
  }

  soon() {
    this.at(Math.max(SOON_MS, this.last + EVERY_MS - Date.now()));
  }

  async now(isLeaving = false) {
    if (this.isOver) return;
    if (this.busy && !isLeaving) return this.busy;
    clearTimeout(this.timer);
    const sending = this.send(isLeaving).finally(() => this.busy === sending && (this.busy = null));
    this.busy = sending;
    return sending;
  }

  finish() {
    this.isFinishing = true;
    clearTimeout(this.timer);
    return (this.busy ?? Promise.resolve()).then(() => this.now());
  }

  batch(most) {
    const responses = [];
    let size = 0;
    for (const [question, { seq, answer, marked, spent_ms }] of [...this.queue.answers()].sort((a, b) => a[1].seq - b[1].seq)) {
      size += bytes(JSON.stringify(answer)) + 150;
      if (responses.length && (size > most || responses.length === AT_ONCE)) break;
      responses.push({ question, seq, answer, marked, spent_ms: Math.round(spent_ms) });
    }
    return { epoch: this.setup.epoch, responses, events: this.queue.events().slice(0, AT_ONCE) };
  }

  async send(isLeaving) {
    const batch = this.batch(isLeaving ? MOST_KEEPALIVE / 2 : MOST_BYTES);
    const isLast = this.isFinishing && batch.responses.length >= this.queue.answers().size;
    const began = Date.now();
    if (batch.responses.length) this.tell("saving");
    let answer;
    let said;
    try {
      answer = await this.post(isLast ? this.setup.urls.finish : this.setup.urls.responses, JSON.stringify(batch), isLeaving);
      said = await answer.json().catch(() => ({}));
    } catch {
      this.later();
      return;
    }
    this.last = Date.now();
    this.read(answer, said, { batch, isLast, began });
  }

  post(url, body, isLeaving) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.token, Accept: "application/json" };
    const more = isLeaving && bytes(body) < MOST_KEEPALIVE ? { keepalive: true } : { signal: AbortSignal.timeout(GIVE_UP_MS) };
    return fetch(url, { method: "POST", headers, body, redirect: "error", ...more });
  }

  later(ms = 0) {
    this.tell("kept");
    this.at(Math.max(ms, this.wait) * (0.75 + Math.random() / 2));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  stop(state, detail) {
    this.isOver = true;
    clearTimeout(this.timer);
    this.tell(state, detail);
  }

  read(answer, said, { batch, isLast, began }) {
    const code = said.error?.code;
    if (answer.ok) this.kept(said, { batch, isLast, began });
    else if (answer.status >= 500 || answer.status === 429) this.later(1000 * (Number(answer.headers.get("Retry-After")) || 0));
    else if (answer.status === 401 || code === "csrf_failed") this.stop("signedOut");
    else if (code === "attempt_moved") this.stop("moved");
    else if (code === "attempt_closed") this.stop("closed");
    else if (answer.status === 413 && batch.responses.length === 1) this.refused([batch.responses[0].question], batch);
    else if (said.error?.fields) this.refused(Object.keys(said.error.fields), batch);
    else this.later(LONGEST_WAIT_MS);
  }

  kept(said, { batch, isLast, began }) {
    this.wait = FIRST_WAIT_MS;
    this.queue.noted(batch.events.map((one) => one.id));
    const sent = isLast ? batch.responses : said.saved ?? [];
    for (const { question, seq } of sent) this.queue.done(question, seq);
    if (said.state === "SUBMITTED") {
      this.stop("done");
      return;
    }
    this.heard(said, began);
    this.tell("saved", { at: said.server_now, rows: said.saved });
    if (this.isFinishing) this.at(0);
    else if (this.queue.isEmpty) this.at(this.setup.beats_ms);
    else this.soon();
  }

  /* What can never be taken must not keep the rest from being saved: the rest goes at once, by itself. */
  refused(named, batch) {
    const known = batch.responses.filter((one, place) => named.some((name) => name === one.question || isOf(name, `responses.${place}`)));
    for (const { question, seq } of known) {
      this.queue.done(question, seq);
      this.tell("refused", question);
    }
    const events = batch.events.filter((_one, place) => named.some((name) => isOf(name, `events.${place}`)));
    this.queue.noted(events.map((one) => one.id));
    if (known.length || events.length) this.at(0);
    else this.later(LONGEST_WAIT_MS);
  }
}
