/* The panes of a coding question, made of the paper: the same as the server makes them without this file. */

import { el } from "./exam_paper.js";

const KEYS = ["Tab", "left", "right", "(", "[", "{", ":", ";", "=", "+", "-", "<", ">", "_", '"'];
const SHOWN = { "(": "( )", "[": "[ ]", "{": "{ }", "-": "−" };

/* `head`: nodes above the text, `text`: the question itself. */
export function codePanes(paper, said, { head, text }) {
  const { words } = paper;
  const link = (id, word, ...more) => el("a", { href: `#${id}`, "data-to": id }, word, ...more);
  const nav = el(
    "nav",
    { class: "pane-nav phone-only", "aria-label": words.codeParts },
    link("problem", words.codeQuestion),
    link("code", words.codeCode),
    link("results", words.codeResults, " ", el("span", { class: "count count-quiet", "data-count": true, hidden: true })),
  );
  const facts = el("script", { type: "application/json", id: "code-facts" });
  facts.textContent = JSON.stringify({ starts: said.code.starts, limits: limits(said, words) });
  const problem = el("article", { class: "pane statement", id: "problem", "aria-labelledby": "q" }, ...head, text, groups(said.code, words), ...said.code.samples.map((one) => sample(one, words)));
  return el("div", { class: "code-panes", "data-code": true }, nav, facts, problem, editor(paper, said), results(words));
}

function limits({ code, languages }, words) {
  const line = ({ cpu_ms: ms, memory_mb: mb }) => {
    const text = (ms / 1000).toFixed(2).replace(/0$/, "");
    const time = words.codeWithin.replace("{seconds}", text);
    return words.codeLimits.replace("{time}", time).replace("{memory}", words.codeMemory.replace("{count}", mb));
  };
  return Object.fromEntries(languages.filter((one) => code.limits[one]).map((one) => [one, line(code.limits[one])]));
}

function groups(code, words) {
  const lines = code.groups.filter((one) => !one.is_sample).map((one) => {
    const said = [
      Number(one.points) && words.codePoints.replace("{points}", one.points),
      one.count === 1 ? words.codeTest : words.codeTests.replace("{count}", one.count),
      one.rule === "ALL" && words.codeAll,
    ];
    return el("li", {}, el("b", {}, one.title), " ", said.filter(Boolean).join(", "));
  });
  return lines.length ? el("ul", { class: "code-groups", role: "list" }, ...lines) : null;
}

function sample(one, words) {
  const copy = el("button", { class: "btn btn-quiet btn-s", type: "button", "data-copy": true, "aria-label": words.codeCopyLabel.replace("{number}", one.number) }, words.codeCopy);
  const part = (word, text, more = null) => el("div", {}, el("p", { class: "io-label" }, el("span", {}, word), more), el("pre", { tabindex: "0" }, text));
  return el(
    "div",
    { class: "io" },
    el("h2", {}, words.codeSample.replace("{number}", one.number)),
    el("div", { class: "io-pair" }, part(words.codeInput, one.stdin, copy), part(words.codeOutput, one.answer)),
    one.is_cut && el("p", { class: "meta" }, words.codeCut),
    one.explanation && el("p", { class: "meta" }, one.explanation),
  );
}

function editor(paper, said) {
  const { words } = paper;
  const options = said.languages.map((one) => el("option", { value: one }, paper.setup.code_names[one] ?? one));
  const chooser = [el("label", { class: "sr", for: "answer-language" }, words.language), el("select", { class: "input", id: "answer-language", name: "language" }, ...options)];
  const head = el("div", { class: "editor-head" }, ...chooser, el("p", { class: "meta grow wide-only", "data-limits": true }), el("span", { class: "grow phone-only" }));
  const more = { rows: 14, wrap: "off", spellcheck: "false", autocapitalize: "off", autocomplete: "off", autocorrect: "off", "aria-describedby": "code-help" };
  const field = el("textarea", { class: "ed-field", id: "answer-field", name: "answer", "aria-label": words.codeYours, ...more });
  const help = el("p", { class: "sr", id: "code-help" }, words.codeHelp);
  return el("section", { class: "pane editor", id: "code", "aria-labelledby": "code-title" }, el("h2", { class: "sr", id: "code-title" }, words.codeYours), head, el("div", { class: "ed", "data-editor": true }, field), help);
}

function results(words) {
  const field = el("textarea", { class: "input mono", id: "own-input", name: "stdin", rows: 3, wrap: "off", spellcheck: "false", autocapitalize: "off" });
  const own = el(
    "div",
    { class: "own" },
    el("div", { class: "field" }, el("label", { for: "own-input" }, words.codeOwn), field),
    el("div", { class: "field", "data-own-ran": true }, el("p", { class: "label" }, words.codeOwnOutput), el("p", { class: "own-out quiet" }, words.codeOwnNone)),
  );
  const note = el("div", { role: "status", "data-code-note": true });
  return el("section", { class: "pane verdicts", id: "results", "aria-labelledby": "results-title" }, el("h2", { class: "sr", id: "results-title" }, words.codeResults), note, own, el("div", { class: "subs", "data-subs": true }, el("p", { class: "sub quiet" }, words.codeLoading)));
}

/* Buttons only a script can answer: in the head of the editor, and the row of keys a phone has not. */
export function editorTools(words, drawing) {
  const tool = (name, word) => el("button", { class: "btn btn-icon btn-s", type: "button", "data-tool": name, "aria-label": word, title: word }, drawing(name));
  return [tool("undo", words.codeUndo), tool("start", words.codeStart)];
}

export function keyRow(words, drawing) {
  const label = { left: words.codeLeft, right: words.codeRight };
  const made = KEYS.map((key) => el("button", { class: "btn", type: "button", tabindex: "-1", "data-key": key, "aria-label": label[key] }, label[key] ? drawing(key) : SHOWN[key] ?? key));
  return el("div", { class: "key-row phone-only", role: "group", "aria-label": words.codeKeys }, ...made);
}
