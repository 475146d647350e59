/* What the server has not acknowledged yet: answers and events of one attempt. They outlive a reload, a killed browser
   and a lost connection, one entry a question, so that two tabs never overwrite one another's. */

const OLDEST_MS = 7 * 24 * 3600 * 1000;

export class Queue {
  constructor(attempt, firstSeq) {
    this.prefix = `exam|${attempt}|`;
    this.memory = new Map(); // where the browser keeps nothing, as in a private window
    this.firstSeq = firstSeq;
    this.forgetOld();
  }

  read(name) {
    try {
      return JSON.parse(localStorage.getItem(this.prefix + name) ?? "null") ?? this.memory.get(name) ?? null;
    } catch {
      return this.memory.get(name) ?? null;
    }
  }

  write(name, value) {
    try {
      localStorage.setItem(this.prefix + name, JSON.stringify(value));
      this.memory.delete(name);
    } catch {
      this.memory.set(name, value);
    }
  }

  drop(name) {
    this.memory.delete(name);
    try {
      localStorage.removeItem(this.prefix + name);
    } catch {
      // nothing was kept there
    }
  }

  names(kind) {
    const found = new Set([...this.memory.keys()].filter((name) => name.startsWith(kind)));
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(this.prefix + kind)) found.add(key.slice(this.prefix.length));
      }
    } catch {
      // a browser that keeps nothing
    }
    return [...found];
  }

  /* The device's counter: never less than what the server knows, the same for all tabs. */
  nextSeq() {
    const seq = Math.max(this.firstSeq, (this.read("seq") ?? 0) + 1);
    this.write("seq", seq);
    return seq;
  }

  /* The last answer to a question counts. `base` is the counter it was decided on, `epoch` under which, after how many
     `takeovers`. */
  put(question, { answer, marked, spent_ms, base, epoch, takeovers }) {
    const entry = { seq: this.nextSeq(), answer, marked, spent_ms, base, epoch, takeovers, at: Date.now() };
    this.write(`q|${question}`, entry);
    return entry;
  }

  answers() {
    const found = this.names("q|").map((name) => [name.slice(2), this.read(name)]);
    return new Map(found.filter(([, entry]) => entry));
  }

  /* Kept at the server up to `seq`; what was changed since stays. */
  done(question, seq) {
    const entry = this.read(`q|${question}`);
    if (entry && entry.seq <= seq) this.drop(`q|${question}`);
  }

  note(event) {
    this.write(`e|${event.id}`, event);
  }

  events() {
    return this.names("e|").map((name) => this.read(name)).filter(Boolean);
  }

  noted(ids) {
    for (const id of ids) this.drop(`e|${id}`);
  }

  get isEmpty() {
    return !this.names("q|").length && !this.names("e|").length;
  }

  clear() {
    for (const name of this.names("")) this.drop(name);
  }

  forgetOld() {
    try {
      for (const key of Object.keys(localStorage).filter((one) => one.startsWith("exam|") && one.split("|")[2] === "q")) {
        if (!(Date.now() - (JSON.parse(localStorage.getItem(key))?.at ?? 0) < OLDEST_MS)) localStorage.removeItem(key);
      }
    } catch {
      // a browser that keeps nothing has nothing old
    }
  }
}
