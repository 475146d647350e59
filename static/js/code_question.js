/* A coding question on the page of a test: its panes, the editor with a draft for each language, Run and Submit. */

import { Editor } from "./code_editor.js";
import { codePanes, editorTools, keyRow } from "./code_paper.js";
import { Runs } from "./code_runs.js";
import { drawing } from "./exam_palette.js";

const MOST_STDIN = 20_000;
const PANES = ["problem", "code", "results"];
const COPIED_MS = 2000;

export { codePanes };

export class CodeQuestion {
  /* `page`: {form, keep, saveFirst, token} of the test's page. */
  constructor({ setup, words, queue, page }) {
    Object.assign(this, { setup, words, queue, page, panes: null, runs: null, editor: null });
    document.addEventListener("keydown", (event) => this.pressed(event));
  }

  /* The question that is shown now; nothing is done for what is no coding question. */
  dress({ question, place, isFresh }) {
    this.runs?.stop();
    this.runs = null;
    this.panes = this.page.form.querySelector("[data-code]");
    if (!this.panes) return;
    const isSame = question === this.question;
    this.question = question;
    this.field = this.panes.querySelector("#answer-field");
    this.chooser = this.panes.querySelector("#answer-language");
    this.own = this.panes.querySelector("#own-input");
    this.facts = JSON.parse(this.panes.querySelector("#code-facts").textContent);
    this.armPanes(isSame);
    this.armEditor();
    this.armOwn();
    this.armRuns(place, isFresh);
  }

  /* --- Panes -------------------------------------------------------------------------------------------------------- */

  armPanes(isSame) {
    const wanted = isSame ? this.pane : location.hash.slice(1);
    this.editor = null;
    this.open(PANES.includes(wanted) ? wanted : "problem");
    this.panes.querySelector(".pane-nav").addEventListener("click", (event) => {
      const link = event.target.closest("[data-to]");
      if (!link) return;
      event.preventDefault();
      this.open(link.dataset.to);
    });
    this.panes.addEventListener("click", (event) => {
      const button = event.target.closest("[data-copy]");
      if (button) this.copy(button);
    });
    for (const button of this.panes.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  }

  open(name) {
    this.pane = name;
    this.panes.dataset.pane = name;
    for (const link of this.panes.querySelectorAll("[data-to]")) {
      if (link.dataset.to === name) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    if (name === "code") this.editor?.follow();
  }

  async copy(button) {
    await navigator.clipboard.writeText(button.closest("div").querySelector("pre").textContent);
    button.textContent = this.words.codeCopied;
    setTimeout(() => (button.textContent = this.words.codeCopy), COPIED_MS);
  }

  /* --- Editor and drafts -------------------------------------------------------------------------------------------- */

  armEditor() {
    this.language = this.chooser.value;
    this.editor = new Editor(this.field, this.language);
    this.panes.querySelector(".editor-head").append(...editorTools(this.words, drawing));
    this.panes.querySelector("[data-editor]").after(keyRow(this.words, drawing));
    this.chooser.addEventListener("change", () => this.switchTo(this.chooser.value));
    const code = this.panes.querySelector(".editor");
    code.addEventListener("pointerdown", (event) => event.target.closest("[data-key], [data-tool]") && event.preventDefault());
    code.addEventListener("click", (event) => {
      const button = event.target.closest("[data-key], [data-tool]");
      if (button) this.press(button.dataset.key ?? button.dataset.tool);
    });
    this.sayLimits();
  }

  press(name) {
    const moves = { left: () => this.editor.move(-1), right: () => this.editor.move(1), Tab: () => this.editor.indent(false) };
    const tools = { undo: () => this.editor.undo(), start: () => this.toStart() };
    if (moves[name]) moves[name]();
    else if (tools[name]) tools[name]();
    else this.editor.type(name);
  }

  toStart() {
    this.editor.write(this.facts.starts[this.language] ?? "");
    this.runs.tell("run", this.words.codeStarted);
  }

  /* Each language has a draft of its own on this device; the one that is chosen is the answer. */
  switchTo(language) {
    this.queue.write(this.draft(this.language), this.field.value);
    this.language = language;
    this.field.value = this.queue.read(this.draft(language)) ?? this.facts.starts[language] ?? "";
    this.editor.speak(language);
    this.sayLimits();
    this.page.keep();
  }

  draft(language) {
    return `draft|${this.question}|${language}`;
  }

  /* The page wrote something else into the fields: another answer, or none. */
  filled() {
    if (!this.panes) return;
    this.language = this.chooser.value;
    this.editor.speak(this.language);
    this.sayLimits();
  }

  sayLimits() {
    this.panes.querySelector("[data-limits]").textContent = this.facts.limits[this.language] ?? "";
  }

  /* --- Run and Submit ----------------------------------------------------------------------------------------------- */

  armOwn() {
    const name = `own|${this.question}`;
    this.own.value = this.queue.read(name) ?? this.own.value;
    this.own.addEventListener("change", () => this.queue.write(name, this.own.value.slice(0, MOST_STDIN)));
  }

  armRuns(place, isFresh) {
    const none = "00000000-0000-0000-0000-000000000000";
    const { urls, epoch } = this.setup;
    const address = (name) => urls[name].replace(none, this.question);
    const buttons = { run: document.querySelector("[data-run]"), submit: document.querySelector("[data-submit]") };
    const samples = this.panes.querySelectorAll(".io").length;
    this.runs = new Runs({
      words: this.words,
      urls: { run: address("code_run"), submit: address("code_submit"), question: urls.question.replace("/q/0/", `/q/${place}/`) },
      token: this.page.token,
      epoch,
      pane: this.panes.querySelector("#results"),
      buttons,
      left: document.querySelector("[data-left-words]"),
      saveFirst: this.page.saveFirst,
      program: () => ({ language: this.chooser.value, source: this.field.value }),
      stdin: () => (this.own.value || !samples ? this.own.value : null),
    });
    if (!isFresh) this.runs.load();
  }

  ask(kind) {
    if (!this.panes || this.page.form.inert) return;
    this.open("results");
    this.runs.ask(kind);
  }

  pressed(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.altKey || !this.panes?.isConnected) return;
    if (event.target.closest("dialog")) return;
    event.preventDefault();
    this.ask(event.shiftKey ? "submit" : "run");
  }
}
