/* One student's row: what the register says of him, what the teacher is just saying, and what the row asks back. */

const LETTERS = "PLAE";
const THERE = "PL";

const clone = (id) => document.getElementById(id).content.cloneNode(true);

export class Row {
  constructor(element, page) {
    this.element = element;
    this.page = page;
    this.student = element.dataset.student;
    this.radios = [...element.querySelectorAll(".cycle input")];
    this.late = element.querySelector(".late input");
    this.remark = element.querySelector("details .input");
    this.version = Number(element.dataset.version);
    this.isShown = element.dataset.shown === "1";
    this.isFlagged = "flagged" in element.dataset;
    this.said = { status: element.dataset.status, late_min: this.minutes(), remark: this.remark.value };
    this.asks = null;
    this.armStepper();
    element.querySelector(".cycle").addEventListener("change", () => this.changed());
    this.late.addEventListener("change", () => this.changed());
    this.remark.addEventListener("change", () => this.mark(this.status, { remark: this.remark.value.trim() }));
  }

  get name() {
    return this.element.querySelector("b").textContent;
  }

  get status() {
    return this.radios.find((radio) => radio.checked).value;
  }

  get isOff() {
    return this.element.querySelector(".cycle").disabled;
  }

  minutes() {
    const minutes = Number.parseInt(this.late.value, 10);
    return Number.isInteger(minutes) && minutes > 0 ? Math.min(minutes, 720) : null;
  }

  /* Put a letter on the button, without saying anything to anybody. */
  show(status) {
    const place = LETTERS.indexOf(status);
    const open = this.radios[4];
    if (place < 0) {
      open.value = status;
      open.ariaLabel = this.page.words.openWords[status];
      const label = this.element.querySelector(".cycle label:last-of-type");
      label.textContent = this.page.words.openWords[status];
      label.className = status === "W" ? "s-due" : "s-off";
    }
    this.radios[place < 0 ? 4 : place].checked = true;
  }

  set(status) {
    this.show(status);
    this.changed();
  }

  next() {
    this.set(LETTERS[(LETTERS.indexOf(this.status) + 1) % LETTERS.length]);
  }

  focus() {
    const radio = this.radios.find((one) => one.checked);
    radio.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
  }

  changed() {
    if (this.status === "W") {
      // Nobody is told to wait: back to what the register says.
      this.forget();
      return;
    }
    if (this.status === "L" && !this.minutes()) this.late.value = this.page.lateNow();
    this.mark(this.status);
  }

  needsReason(status) {
    const isOther = status !== this.said.status || (status === "L" && this.minutes() !== this.said.late_min);
    if (this.page.isFinal) return isOther || this.remark.value.trim() !== this.said.remark;
    return this.isShown && !THERE.includes(status) && status !== this.said.status;
  }

  mark(status, words = {}) {
    if (this.needsReason(status) && !words.reason) {
      this.page.queue.drop(this.student);
      this.element.classList.remove("is-kept");
      this.ask(this.page.words.why, { isWhy: true });
      return;
    }
    this.stopAsking();
    const late = status === "L" ? this.minutes() : null;
    if (this.remark.value.trim() !== this.said.remark) words = { remark: this.remark.value.trim(), ...words };
    this.page.queue.put(this.student, status, late, this.version, words);
    this.element.classList.add("is-kept");
    this.page.sender.soon();
    this.page.count();
  }

  /* Back to what the register says. */
  forget() {
    this.page.queue.drop(this.student);
    this.stopAsking();
    this.element.classList.remove("is-kept");
    this.show(this.said.status);
    this.late.value = this.said.late_min ?? "";
    this.remark.value = this.said.remark;
    this.page.count();
  }

  /* --- What the server says --- */

  /* A mark kept from before a reload, or put by another tab. */
  apply(mark) {
    this.show(mark.status);
    this.late.value = mark.late ?? "";
    this.element.classList.add("is-kept");
  }

  /* The record as it now is. What is being edited is left alone. */
  take(record) {
    this.version = record.version;
    this.said = { status: record.status, late_min: record.late_min, remark: record.remark };
    this.element.dataset.status = record.status;
    if (this.page.queue.get(this.student)) return;
    this.element.classList.remove("is-kept");
    this.show(record.status);
    if (document.activeElement !== this.late) this.late.value = record.late_min ?? "";
    if (document.activeElement !== this.remark) this.remark.value = record.remark;
  }

  /* A line as the server tells it now and then. */
  see(line) {
    this.element.querySelector("[data-note]").textContent = line.note;
    this.element.classList.toggle("is-due", line.tone === "due");
    this.isShown = line.shown;
    this.isFlagged = line.flagged;
    this.showHistory(line.record);
    if (this.asks || this.page.queue.get(this.student) || line.version < this.version) return;
    this.take(line);
  }

  showHistory(record) {
    const link = this.element.querySelector("details > a");
    if (!record || !link.hidden || !this.page.history) return;
    link.href = this.page.history.replace("00000000-0000-0000-0000-000000000000", record);
    link.hidden = false;
  }

  refused(refusal) {
    this.page.queue.drop(this.student);
    this.element.classList.remove("is-kept");
    if (refusal.code === "reason") {
      this.show(refusal.wanted);
      if (refusal.record) this.version = refusal.record.version;
      this.ask(refusal.message, { isWhy: true });
      return;
    }
    if (refusal.record) {
      this.take(refusal.record);
      this.ask(refusal.message, { wanted: refusal.wanted });
    } else {
      this.forget();
      this.page.tell("refused", refusal.message);
    }
  }

  /* --- What the row asks back --- */

  ask(message, { isWhy = false, wanted = null }) {
    this.stopAsking();
    const block = clone("register-ask").firstElementChild;
    const { words } = this.page;
    const fill = (text, status) => text.replace("{status}", words.statuses[status]);
    block.ariaLabel = this.name;
    block.querySelector("[data-message]").textContent = message;
    for (const part of block.querySelectorAll(".chips, .own")) part.hidden = !isWhy;
    const change = block.querySelector("[data-change]");
    change.hidden = isWhy;
    if (wanted) change.textContent = fill(words.change, wanted);
    change.addEventListener("click", () => this.insist(wanted));
    const keep = block.querySelector("[data-keep]");
    keep.textContent = fill(words.keep, this.said.status);
    keep.addEventListener("click", () => this.leave());
    for (const chip of block.querySelectorAll("[data-reason]")) {
      chip.addEventListener("click", () => this.because(chip.dataset.reason));
    }
    const own = block.querySelector("[data-why]");
    block.querySelector("[data-say]").addEventListener("click", () => this.because(own.value.trim()) || own.focus());
    own.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.because(own.value.trim());
    });
    this.element.querySelector(".ask")?.remove();
    this.element.append(block);
    this.asks = block;
    this.page.count();
  }

  because(reason) {
    if (!reason) return false;
    this.mark(this.status, { reason });
    this.focus();
    return true;
  }

  insist(wanted) {
    this.stopAsking();
    this.show(wanted);
    this.changed();
    if (!this.asks) this.focus();
  }

  leave() {
    this.forget();
    this.focus();
  }

  stopAsking() {
    this.asks?.remove();
    this.asks = null;
  }

  armStepper() {
    const buttons = clone("register-stepper").querySelectorAll("button");
    this.late.before(buttons[0]);
    this.late.after(buttons[1]);
    for (const button of buttons) {
      button.disabled = this.late.disabled;
      button.addEventListener("click", () => this.step(Number(button.dataset.step)));
    }
  }

  step(by) {
    if (this.isOff || this.status !== "L") return;
    this.late.value = Math.min(720, Math.max(1, (this.minutes() ?? 0) + by));
    this.changed();
  }
}
