/* What is noted while a test is written: leaving it, losing the connection, leaving the full screen, pasting. Each has
   an id of its own, a time by the server's clock and how long it took; the student reads of it at once. */

const LEAST_MS = 1000;
const LEAST_CLOSED_MS = 3000;

const number = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (sign) => (sign ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (sign / 4)))).toString(16));

export class Events {
  constructor({ setup, words, queue, notes, clock, sender }) {
    Object.assign(this, { setup, words, queue, notes, clock, sender, away: setup.away_count, offlineSince: null });
    this.ended();
    document.addEventListener("visibilitychange", () => (document.hidden ? this.left("hidden") : this.back()));
    window.addEventListener("blur", () => !document.hidden && this.left("blur"));
    window.addEventListener("focus", () => this.back());
    window.addEventListener("offline", () => this.offline("offline"));
    if (setup.asks_fullscreen) this.watchScreen();
    if (setup.logs_paste) document.addEventListener("paste", (event) => this.pasted(event));
  }

  left(cause) {
    const open = this.queue.read("away");
    if (!open || cause === "hidden") this.queue.write("away", { at: open?.at ?? this.clock.now(), cause });
  }

  back() {
    const open = this.queue.read("away");
    if (!open) return;
    this.queue.drop("away");
    const duration = Math.max(0, this.clock.now() - open.at);
    if (open.cause === "hidden" || duration >= LEAST_MS) this.wasAway(open, duration, open.cause);
  }

  /* The page was loaded again: it was left for as long as it was not there, but for a reload. */
  ended() {
    const open = this.queue.read("away");
    if (!open) return;
    this.queue.drop("away");
    const duration = this.clock.now() - open.at;
    if (duration >= LEAST_CLOSED_MS) this.wasAway(open, duration, "closed");
  }

  wasAway(open, duration, cause) {
    this.note("AWAY", open.at, duration, cause);
    this.away += 1;
    this.tell("away", open.at, duration, this.limit());
  }

  limit() {
    const { focus_limit: limit, focus_submits: submits } = this.setup;
    if (!limit || !submits) return "";
    const left = limit - this.away;
    return left > 0 ? this.words.awayLeft.replace("{count}", left) : this.words.awayLast;
  }

  offline(cause) {
    this.offlineSince ??= { at: this.clock.now(), cause };
  }

  online() {
    if (!this.offlineSince) return;
    const { at, cause } = this.offlineSince;
    this.offlineSince = null;
    const duration = this.clock.now() - at;
    if (duration < LEAST_MS) return;
    this.note("OFFLINE", at, duration, cause);
    this.tell("offline", at, duration);
  }

  watchScreen() {
    const hint = () => this.notes.show("screen", "run", this.words.fullscreenHint, { actions: [[this.words.fullscreenGo, () => document.documentElement.requestFullscreen?.().catch(() => {})]] });
    if (document.fullscreenEnabled && !document.fullscreenElement) hint();
    document.addEventListener("fullscreenchange", () => {
      this.notes.drop("screen");
      if (document.fullscreenElement) return;
      this.note("FULLSCREEN", this.clock.now(), null, "");
      this.tell("fullscreen", this.clock.now());
      hint();
    });
  }

  pasted(event) {
    const length = event.clipboardData?.getData("text").length ?? 0;
    this.note("PASTE", this.clock.now(), null, "", { signs: length });
    this.tell("paste", this.clock.now());
  }

  note(kind, at, duration, cause, detail) {
    const event = { id: number(), kind, at: new Date(at).toISOString(), cause };
    if (duration !== null) event.duration_ms = Math.round(duration);
    if (detail) event.detail = detail;
    this.queue.note(event);
    this.sender.soon();
  }

  tell(word, at, duration = 0, more = "") {
    const text = this.words[word].replace("{duration}", this.lasted(duration)).replace("{time}", this.clock.time(at));
    this.notes.show("noted", "off", `${text} ${more}`.trim());
  }

  lasted(ms) {
    const seconds = Math.round(ms / 1000);
    if (seconds < 60) return this.words.seconds.replace("{count}", seconds);
    return this.words.minutesSeconds.replace("{minutes}", Math.floor(seconds / 60)).replace("{seconds}", seconds % 60);
  }
}
