/* Marks that are not at the server yet. They outlive a reload and a lost connection, under this person's and this
   class's key, one entry a student, so that two tabs never overwrite one another's. Kept are uuids, letters, minutes;
   words (a reason, a remark) stay in the page. */

const OLDEST_MS = 3 * 24 * 3600 * 1000;

export class Queue {
  constructor(person, lesson) {
    this.prefix = `register|${person}|${lesson}|`;
    this.words = new Map();
    this.memory = new Map(); // where the browser keeps nothing, as in a private window
    this.forgetOld();
  }

  keys() {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(this.prefix));
    } catch {
      return [...this.memory.keys()];
    }
  }

  read(key) {
    try {
      return JSON.parse(localStorage.getItem(key) ?? "null") ?? this.memory.get(key) ?? null;
    } catch {
      return this.memory.get(key) ?? null;
    }
  }

  write(key, mark) {
    try {
      localStorage.setItem(key, JSON.stringify(mark));
    } catch {
      this.memory.set(key, mark);
    }
  }

  /* The last mark of a student counts; what it was decided on is what stood there before the first. */
  put(student, status, late, seen, words = {}) {
    const waiting = this.get(student);
    const mark = { id: Math.random().toString(36).slice(2), status, late, seen: waiting?.seen ?? seen, at: Date.now() };
    this.write(this.prefix + student, mark);
    this.words.set(student, { ...this.words.get(student), ...words });
    return mark;
  }

  get(student) {
    return this.read(this.prefix + student);
  }

  all() {
    const keys = new Set([...this.keys(), ...this.memory.keys()]);
    return new Map([...keys].map((key) => [key.slice(this.prefix.length), this.read(key)]).filter(([, mark]) => mark));
  }

  /* Done with one mark. A later one of the same student stays, and was decided on what this one made. */
  done(student, id, version) {
    const waiting = this.get(student);
    if (!waiting) return;
    if (waiting.id === id) this.drop(student);
    else this.write(this.prefix + student, { ...waiting, seen: version });
  }

  drop(student) {
    this.words.delete(student);
    this.memory.delete(this.prefix + student);
    try {
      localStorage.removeItem(this.prefix + student);
    } catch {
      // nothing was kept there
    }
  }

  studentOf(key) {
    return key?.startsWith(this.prefix) ? key.slice(this.prefix.length) : null;
  }

  forgetOld() {
    try {
      for (const key of Object.keys(localStorage).filter((one) => one.startsWith("register|"))) {
        if (!(Date.now() - (JSON.parse(localStorage.getItem(key))?.at ?? 0) < OLDEST_MS)) localStorage.removeItem(key);
      }
    } catch {
      // a browser that keeps nothing has nothing old
    }
  }
}
