/* A plain field for code, made easier: its text is drawn in colours below it, lines have numbers, Tab and Enter indent.
   What is typed always stands in the field alone; every change goes through it, so its own undo takes it back. Of a
   long program only the lines in sight are drawn. */

import { tokens } from "./code_tokens.js";

const INDENT = "    ";
const PAIRS = { "(": ")", "[": "]", "{": "}" };
const CLOSERS = new Set(Object.values(PAIRS));
const FEWEST_ROWS = 14;
const MOST_ROWS = 30;
const SPARE = 20;

export class Editor {
  constructor(field, language) {
    Object.assign(this, { field, language, lines: [], nodes: new WeakMap(), shown: [], sizes: "", high: 1, here: null, isOwn: false, letsOut: false });
    const part = (name) => Object.assign(document.createElement("div"), { className: name });
    this.view = part("ed-view");
    this.drawn = part("ed-lines");
    [this.above, this.below] = [part("ed-room"), part("ed-room")];
    this.view.setAttribute("aria-hidden", "true");
    this.view.append(this.drawn);
    field.before(this.view);
    field.closest("[data-editor]").classList.add("is-dressed");
    field.addEventListener("input", () => this.refresh());
    field.addEventListener("scroll", () => this.follow());
    field.addEventListener("keydown", (event) => this.pressed(event));
    field.addEventListener("beforeinput", (event) => this.before(event));
    field.addEventListener("focus", () => this.mark());
    field.addEventListener("keyup", () => this.mark());
    field.addEventListener("pointerup", () => this.mark());
    field.addEventListener("blur", () => {
      this.letsOut = false;
      this.mark();
    });
    this.high = parseFloat(getComputedStyle(field).lineHeight) || this.high;
    this.refresh();
    new ResizeObserver(() => this.measure()).observe(field);
  }

  /* --- What is drawn ------------------------------------------------------------------------------------------------ */

  speak(language) {
    this.language = language;
    this.lines = [];
    this.refresh();
  }

  /* What is open before each line is known for all of them; it is looked for anew from the first that changed, as far
     as anything is different. */
  refresh() {
    const texts = this.field.value.split("\n");
    const old = this.lines;
    const most = Math.min(old.length, texts.length);
    let head = 0;
    while (head < most && old[head].text === texts[head]) head += 1;
    let tail = 0;
    while (tail < most - head && old[old.length - 1 - tail].text === texts[texts.length - 1 - tail]) tail += 1;
    const kept = old.slice(old.length - tail);
    const made = texts.slice(head, texts.length - tail).map((text) => ({ text }));
    let open = head ? old[head - 1].after : "";
    for (const line of made) open = this.read(line, open);
    for (const line of kept) {
      if (line.before === open) break;
      open = this.read(line, open);
    }
    this.lines = [...old.slice(0, head), ...made, ...kept];
    this.field.rows = Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, texts.length + 1));
    this.follow(true);
    this.mark();
  }

  read(line, open) {
    this.nodes.delete(line);
    Object.assign(line, { before: open, after: tokens(line.text, open, this.language).after });
    return line.after;
  }

  /* It is shown, or larger than before. */
  measure() {
    this.high = parseFloat(getComputedStyle(this.field).lineHeight) || this.high;
    this.sizes = "";
    this.follow(true);
  }

  /* Only lines in sight stand in the page, and some above and below them. */
  follow(isChanged = false) {
    const { field, view } = this;
    const first = Math.max(0, Math.floor(field.scrollTop / this.high) - SPARE);
    const last = Math.min(this.lines.length, Math.ceil((field.scrollTop + field.clientHeight) / this.high) + SPARE);
    if (isChanged || first !== this.first || last !== this.last) this.draw(first, last);
    view.scrollTop = field.scrollTop;
    view.scrollLeft = field.scrollLeft;
  }

  draw(first, last) {
    Object.assign(this, { first, last });
    const wide = this.field.scrollWidth; // it must scroll as far as the field
    const nodes = this.lines.slice(first, last).map((line) => this.node(line));
    const other = nodes.filter((node, at) => node !== this.shown[at]);
    if (other.length === 1 && nodes.length === this.shown.length) this.shown[nodes.indexOf(other[0])].replaceWith(other[0]);
    else if (other.length || nodes.length !== this.shown.length) this.drawn.replaceChildren(this.above, ...nodes, this.below);
    this.shown = nodes;
    const rest = this.lines.length - last;
    const sizes = [first, rest, wide].join(" ");
    if (sizes === this.sizes) return;
    this.sizes = sizes;
    this.above.style.height = `${first * this.high}px`;
    this.below.style.height = `${rest * this.high}px`;
    this.drawn.style.counterReset = `line ${first}`;
    this.drawn.style.minWidth = `${wide}px`;
  }

  node(line) {
    const known = this.nodes.get(line);
    if (known) return known;
    const made = document.createElement("p");
    made.append(
      ...tokens(line.text, line.before, this.language).parts.map(([meaning, text]) => {
        if (!meaning) return text;
        return Object.assign(document.createElement("span"), { className: `c-${meaning}`, textContent: text });
      }),
    );
    this.nodes.set(line, made);
    return made;
  }

  /* The line the caret is in. */
  mark() {
    const at = document.activeElement === this.field ? this.lineAt(this.field.selectionStart) : -1;
    const line = this.lines[at];
    const node = line ? this.node(line) : null;
    if (node === this.here) return;
    this.here?.classList.remove("is-here");
    node?.classList.add("is-here");
    this.here = node;
  }

  lineAt(place) {
    const { value } = this.field;
    let count = 0;
    for (let at = value.indexOf("\n"); at >= 0 && at < place; at = value.indexOf("\n", at + 1)) count += 1;
    return count;
  }

  /* --- Keys --------------------------------------------------------------------------------------------------------- */

  /* Escape lets the next Tab out of the field. */
  pressed(event) {
    if (event.key === "Escape") this.letsOut = true;
    else if (event.key === "Tab" && !event.ctrlKey && !event.altKey && !event.metaKey) {
      if (this.letsOut) return;
      event.preventDefault();
      this.indent(event.shiftKey);
    } else if (event.key !== "Shift") this.letsOut = false;
  }

  before(event) {
    if (this.isOwn || event.isComposing || this.field.readOnly) return;
    const done = this.instead(event.inputType, event.data);
    if (done) event.preventDefault();
  }

  /* Whether something else was done than what the browser would. */
  instead(kind, data) {
    const { selectionStart: from, selectionEnd: to, value } = this.field;
    if (kind === "insertLineBreak" || kind === "insertParagraph") return this.breakLine(from, value);
    if (kind === "deleteContentBackward" && from === to) return this.eraseBack(from, value);
    if (kind !== "insertText" || !data) return false;
    if (PAIRS[data]) return this.pair(data, from, to, value);
    if (CLOSERS.has(data) && from === to && value[from] === data) return this.step(from);
    if (data === "}" && from === to) return this.closeBlock(from, value);
    return false;
  }

  step(from) {
    this.field.setSelectionRange(from + 1, from + 1);
    return true;
  }

  pair(data, from, to, value) {
    const next = value[to] ?? "\n";
    if (from === to && !/[\s)\]},;:]/.test(next)) return false;
    this.insert(data + value.slice(from, to) + PAIRS[data]);
    this.field.setSelectionRange(from + 1, to + 1);
    return true;
  }

  breakLine(from, value) {
    const begin = value.lastIndexOf("\n", from - 1) + 1;
    const line = value.slice(begin, from);
    const deep = /^[ \t]*/.exec(line)[0];
    const last = line.trimEnd().at(-1) ?? "";
    const opens = PAIRS[last] || (last === ":" && this.language === "py");
    if (PAIRS[last] && value[this.field.selectionEnd] === PAIRS[last]) {
      this.insert(`\n${deep}${INDENT}\n${deep}`);
      const at = from + 1 + deep.length + INDENT.length;
      this.field.setSelectionRange(at, at);
    } else this.insert(`\n${deep}${opens ? INDENT : ""}`);
    this.see();
    return true;
  }

  /* Back over an empty pair, or to the place before in what indents a line. */
  eraseBack(from, value) {
    if (from && PAIRS[value[from - 1]] && value[from] === PAIRS[value[from - 1]]) return this.replace(from - 1, from + 1, "");
    const begin = value.lastIndexOf("\n", from - 1) + 1;
    const line = value.slice(begin, from);
    if (line.length < 2 || /[^ ]/.test(line)) return false;
    return this.replace(from - ((line.length - 1) % INDENT.length) - 1, from, "");
  }

  closeBlock(from, value) {
    const begin = value.lastIndexOf("\n", from - 1) + 1;
    if (!/^ +$/.test(value.slice(begin, from)) || from - begin < INDENT.length) return false;
    return this.replace(from - INDENT.length, from, "}");
  }

  indent(isBack) {
    const { selectionStart: from, selectionEnd: to, value } = this.field;
    const begin = value.lastIndexOf("\n", from - 1) + 1;
    if (!isBack && !value.slice(from, to).includes("\n")) {
      this.insert(INDENT.slice((from - begin) % INDENT.length));
      return;
    }
    const lastSign = to > from && value[to - 1] === "\n" ? to - 1 : to;
    const found = value.indexOf("\n", lastSign);
    const end = found < 0 ? value.length : found;
    const lines = value.slice(begin, end).split("\n");
    const changed = lines.map((line) => (isBack ? line.replace(/^( {1,4}|\t)/, "") : line && INDENT + line));
    const moved = changed.join("\n");
    if (moved === value.slice(begin, end)) return;
    this.replace(begin, end, moved);
    const first = changed[0].length - lines[0].length;
    if (from === to) this.field.setSelectionRange(Math.max(begin, from + first), Math.max(begin, from + first));
    else this.field.setSelectionRange(Math.max(begin, from + first), to + moved.length - (end - begin));
  }

  replace(from, to, text) {
    this.field.setSelectionRange(from, to);
    this.insert(text);
    return true;
  }

  /* By the way the browser itself inserts, which it can undo; else as a change of its own. */
  insert(text) {
    this.isOwn = true;
    const done = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
    this.isOwn = false;
    if (done) return;
    this.field.setRangeText(text, this.field.selectionStart, this.field.selectionEnd, "end");
    this.field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  /* As if it were typed, by a button. */
  type(text) {
    this.field.focus({ preventScroll: true });
    if (!this.instead("insertText", text)) this.insert(text);
  }

  move(by) {
    const at = Math.max(0, Math.min(this.field.value.length, (by < 0 ? this.field.selectionStart : this.field.selectionEnd) + by));
    this.field.focus({ preventScroll: true });
    this.field.setSelectionRange(at, at);
  }

  undo() {
    this.field.focus({ preventScroll: true });
    document.execCommand("undo");
  }

  /* The whole text, in a way that can be undone. */
  write(text) {
    this.field.focus({ preventScroll: true });
    this.replace(0, this.field.value.length, text);
    this.field.setSelectionRange(0, 0);
  }

  /* What Enter began must not be below the edge of the field. */
  see() {
    const { field } = this;
    const high = field.scrollHeight / Math.max(1, this.lines.length);
    const bottom = (this.lineAt(field.selectionStart) + 2) * high;
    if (bottom > field.scrollTop + field.clientHeight) field.scrollTop = bottom - field.clientHeight;
    field.scrollLeft = 0;
    this.follow();
  }
}
