/* The time that is left, by the server's clock: each answer of the server sets it right. Words come with the page. */

const DRIFT_MS = 2000;
const WARNINGS = [
  [10 * 60_000, "minutes10"],
  [60_000, "minutes1"],
];

/* Times of the server are UTC, whether they say so or not. */
const instant = (text) => Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);

export class Clock {
  constructor({ setup, words, notes, onEnd, onSection }) {
    Object.assign(this, { setup, words, notes, onEnd, onSection, warned: new Set(), isOver: false });
    const began = performance.timeOrigin + performance.getEntriesByType("navigation")[0].responseStart;
    this.skew = instant(setup.server_now) - began;
    this.left = document.querySelector("[data-left]");
    this.ends = document.querySelector("[data-ends]");
    this.set(setup.deadline, setup.section_ends);
    for (const [ms] of WARNINGS) if (this.remaining() < ms) this.warned.add(ms);
    this.section = this.openSection();
    this.showDrift();
    setInterval(() => this.tick(), 250);
  }

  now() {
    return Date.now() + this.skew;
  }

  remaining() {
    return this.deadline - this.now();
  }

  time(at, withSeconds = false) {
    const form = { hour: "numeric", minute: "2-digit", timeZone: this.setup.time_zone };
    const seconds = withSeconds ? { second: "2-digit", hourCycle: "h23" } : { hour12: true };
    return new Intl.DateTimeFormat("en-IN", { ...form, ...seconds }).format(new Date(typeof at === "string" ? instant(at) : at));
  }

  set(deadline, sectionEnds) {
    this.deadline = instant(deadline);
    this.sectionEnds = sectionEnds.map(instant);
    this.showEnds();
  }

  showEnds() {
    const section = this.openSection();
    const isLast = section === null || section === this.sectionEnds.length - 1;
    const at = isLast ? this.deadline : this.sectionEnds[section];
    this.ends.textContent = (isLast ? this.words.left : this.words.sectionEnds).replace("{time}", this.time(at));
  }

  /* An answer of the server: half of the way there and back has passed since it looked at its clock. */
  heard({ server_now, deadline, section_ends }, began) {
    if (server_now) {
      this.skew = instant(server_now) - (began + Date.now()) / 2;
      this.showDrift();
    }
    if (!deadline) return;
    const isLater = instant(deadline) > this.deadline + 500;
    this.set(deadline, section_ends ?? []);
    if (!isLater) return;
    this.warned.clear();
    this.isOver = false;
    this.notes.show("more", "run", this.words.more.replace("{time}", this.time(this.deadline)));
  }

  showDrift() {
    if (Math.abs(this.skew) <= DRIFT_MS) this.notes.drop("drift");
    else this.notes.show("drift", "due", this.words.drift.replace("{seconds}", Math.round(Math.abs(this.skew) / 1000)));
  }

  openSection() {
    if (!this.sectionEnds.length) return null;
    const found = this.sectionEnds.findIndex((ends) => this.now() < ends);
    return found < 0 ? this.sectionEnds.length - 1 : found;
  }

  tick() {
    const section = this.openSection();
    const ends = section === null ? this.deadline : this.sectionEnds[section];
    const whole = Math.max(0, Math.ceil((ends - this.now()) / 1000));
    const two = (number) => String(number).padStart(2, "0");
    const text = `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
    if (this.left.textContent !== text) this.left.textContent = text;
    this.warn();
    if (section !== this.section) {
      this.section = section;
      this.showEnds();
      this.onSection(section);
    }
    if (this.remaining() <= 0 && !this.isOver) {
      this.isOver = true;
      this.onEnd();
    }
  }

  warn() {
    for (const [ms, word] of WARNINGS) {
      if (this.remaining() > ms || this.remaining() <= 0 || this.warned.has(ms)) continue;
      this.warned.add(ms);
      this.notes.show("time", "due", this.words[word]);
    }
  }
}
