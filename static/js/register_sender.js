/* Sends what the queue holds, one request at a time, shortly after the last tap; without a connection later and later
   again, and at once when it is back. */

const SOON_MS = 600;
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 30_000;
const AT_ONCE = 200;

export class Sender {
  /* tell(state, detail): "nothing", "saving", "saved" (the answer), "kept", "signedOut", "refused" (a message). */
  constructor({ form, queue, tell, take }) {
    Object.assign(this, { form, queue, tell, take, timer: 0, wait: FIRST_WAIT_MS, busy: null, isSaving: false, settled: ["nothing"] });
    this.token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    window.addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => this.queue.all().size && this.now());
  }

  soon(ms = SOON_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), ms);
    if (navigator.onLine) this.saving();
    else this.settle("kept");
  }

  /* Until nothing is left, or something is in the way. Answers whether nothing is left. */
  async now() {
    clearTimeout(this.timer);
    this.busy ??= this.send().finally(() => (this.busy = null));
    await this.busy;
    return this.queue.all().size === 0;
  }

  async send() {
    for (;;) {
      const marks = [...this.queue.all()].slice(0, AT_ONCE);
      if (!marks.length) {
        this.rest();
        return;
      }
      this.saving();
      let answer;
      try {
        answer = await this.post(marks);
      } catch {
        this.later();
        return;
      }
      if (!(await this.read(answer, marks))) return;
    }
  }

  /* Nothing is left: what stood there before is true again. */
  rest() {
    if (this.isSaving) this.tell(...this.settled);
    this.isSaving = false;
  }

  saving() {
    this.isSaving = true;
    this.tell("saving");
  }

  settle(...state) {
    this.isSaving = false;
    this.settled = state;
    this.tell(...state);
  }

  post(marks) {
    const body = JSON.stringify({ marks: marks.map(([student, mark]) => this.spelled(student, mark)) });
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.token };
    return fetch(this.form.action, { method: "POST", headers, body, redirect: "error", keepalive: body.length < 60_000 });
  }

  spelled(student, mark) {
    const words = this.queue.words.get(student) ?? {};
    return { student, status: mark.status, late_min: mark.late, seen: mark.seen, ...words };
  }

  later() {
    this.settle("kept");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  /* Whether to go on. What may pass is tried again; who is signed out signs in; the rest will never be taken. */
  async read(answer, marks) {
    if (answer.status >= 500 || answer.status === 429) {
      this.later();
      return false;
    }
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) {
      this.wait = FIRST_WAIT_MS;
      this.take(said, new Map(marks));
      this.settle("saved", said);
      return true;
    }
    if (answer.status === 401 || said.error?.code === "csrf_failed" || answer.status === 400) {
      this.settle("signedOut");
      return false;
    }
    this.take({ records: [], refused: [], dropped: true }, new Map(marks));
    this.settle("refused", said.error?.message ?? "");
    return false;
  }
}
