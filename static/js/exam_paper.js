/* A question as a form, made of the paper as it was fetched: the same as the server makes it without this file. What
   the paper says is HTML the server made safe; words of the page come as text. */

const LETTERS = "ABCDEFGHIJKL";
const ROW_LETTERS = "PQRSTUVWXYZ";
const NUMBER = /^[+\-−]?\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,2})?$/;

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== undefined) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((one) => one || one === 0));
  return made;
}

export class Paper {
  constructor(paper, { setup, words }) {
    Object.assign(this, { paper, setup, words, language: setup.language, codePanes: null });
  }

  said(html, tag = "div") {
    const both = this.language === "both";
    const tongues = both ? ["en", "hi"].filter((one) => html?.[one]) : [html?.[this.language] ? this.language : this.language === "en" ? "hi" : "en"];
    return tongues.filter((one) => html?.[one]).map((one) => {
      const made = el(tag, { class: "said", lang: one });
      made.innerHTML = html[one];
      return made;
    });
  }

  picture(said) {
    const kept = said?.picture && this.paper.pictures[said.picture.image];
    if (!kept) return null;
    const alt = said.picture.alt ?? {};
    return el("img", { class: "q-picture", src: kept.src, width: kept.width, height: kept.height, alt: alt[this.language] || alt.en || alt.hi || "" });
  }

  /* The body of the question at a place of this student's order. */
  body(place, count) {
    const uuid = this.setup.order.questions[place - 1];
    const said = this.paper.questions[uuid];
    const number = el("h1", { id: "q", tabindex: "-1" }, this.words.question.replace("{place}", place), " ", el("span", { class: "quiet" }, this.words.of.replace("{count}", count)));
    const meta = el("p", { class: "meta meta-sep" }, el("span", {}, this.setup.how[said.kind]), el("span", { class: "num nowrap" }, said.marks));
    const passage = this.paper.passages[said.passage];
    const above = passage && el("div", { class: "passage", role: "group", "aria-label": this.words.passage, tabindex: "0" }, el("div", { class: "q-text" }, ...this.said(passage.html)), this.picture(passage));
    const head = el("div", { class: "between q-head" }, number, meta);
    if (said.code && this.codePanes) {
      const text = el("div", { class: "asked-text" }, el("div", { class: "q-text" }, ...this.said(said.html)), this.picture(said));
      return [this.codePanes(this, said, { head: [head, above], text })];
    }
    const legend = el("legend", { class: "asked-text" }, el("div", { class: "q-text" }, ...this.said(said.html)), this.picture(said));
    const asked = el("fieldset", { class: "asked" }, legend, ...this.fields(uuid, said));
    return [head, above, asked].filter(Boolean);
  }

  fields(uuid, said) {
    if (said.options) return [this.options(uuid, said)];
    if (said.rows) return this.match(said);
    if (said.kind === "NUMERICAL") return [this.number(said)];
    if (said.kind === "SHORT") return [this.field(el("input", { class: "input", id: "answer-field", name: "answer", maxlength: said.most_signs ?? 1000 }))];
    if (said.kind === "CODING") return this.program(said);
    return [this.field(el("textarea", { class: "input", id: "answer-field", name: "answer", rows: 8, maxlength: said.most_signs ?? 20000 }))];
  }

  choice(one, tag = "span") {
    return el(tag, { class: "grow rich" }, ...this.said(one.html, "span"), this.picture(one));
  }

  options(uuid, said) {
    const isMany = said.kind === "MULTIPLE";
    const known = new Map(said.options.map((one) => [one.id, one]));
    const order = this.setup.order.options[uuid] ?? [...known.keys()];
    const made = order.map((id, place) =>
      el("label", { class: "option" }, el("input", { type: isMany ? "checkbox" : "radio", name: "answer", value: id }), el("span", { class: isMany ? "letter letter-box" : "letter" }, LETTERS[place]), this.choice(known.get(id))),
    );
    return el("div", { class: "options" }, ...made);
  }

  match(said) {
    const columns = said.columns.map((one, place) => el("li", {}, el("b", { class: "letter" }, String(place + 1)), this.choice(one)));
    const rows = said.rows.map((row, at) => {
      const marks = said.columns.map((column, place) => el("label", { class: "match-mark" }, el("input", { type: "checkbox", name: `row-${row.id}`, value: column.id }), el("span", { class: "letter letter-box" }, String(place + 1))));
      return el("fieldset", { class: "match-row" }, el("legend", {}, el("b", { class: "letter" }, ROW_LETTERS[at]), this.choice(row)), el("div", { class: "match-marks" }, ...marks));
    });
    return [el("ol", { class: "match-columns", role: "list" }, ...columns), ...rows];
  }

  field(input, label = this.words.answer, more = "") {
    return el("div", { class: `field ${more}`.trim() }, el("label", { for: input.id }, label), input);
  }

  number(said) {
    const input = el("input", { class: "input num", id: "answer-field", name: "answer", inputmode: "decimal", maxlength: 50 });
    const unit = said.unit && el("span", { class: "post" }, ...this.said(said.unit, "span"));
    const made = this.field(input, this.words.answer, "field-number");
    const affix = el("div", { class: "affix" });
    input.replaceWith(affix);
    affix.append(input, ...(unit ? [unit] : []));
    return made;
  }

  program(said) {
    const names = said.languages.map((one) => el("option", { value: one }, this.setup.code_names[one] ?? one));
    const select = el("select", { class: "input", id: "answer-language", name: "language" }, ...names);
    const source = el("textarea", { class: "input mono program", id: "answer-field", name: "answer", rows: 14, spellcheck: "false", autocapitalize: "off", autocorrect: "off" });
    const made = this.field(source, this.words.program);
    if (!said.code) made.append(el("p", { class: "help" }, this.words.byPeople));
    return [this.field(select, this.words.language, "field-number"), made];
  }
}

/* What the fields say, as `exams.content` names it; `undefined` while it is no number yet. */
export function read(form) {
  const matched = form.querySelectorAll(".match-row");
  const chosen = (scope) => [...scope.querySelectorAll("input:checked")].map((one) => one.value).sort();
  if (matched.length) {
    const pairs = [...matched].map((row) => [row.querySelector("input").name.slice(4), chosen(row)]).filter(([, ids]) => ids.length);
    return pairs.length ? Object.fromEntries(pairs) : null;
  }
  if (form.querySelector(".option [type=checkbox]")) return chosen(form).length ? chosen(form) : null;
  if (form.querySelector(".option")) return chosen(form)[0] ?? null;
  const field = form.querySelector("#answer-field");
  if (!field?.value.trim()) return null;
  const language = form.querySelector("#answer-language");
  if (language) return starts(form)[language.value]?.trim() === field.value.trim() ? null : { language: language.value, source: field.value };
  if (field.inputMode !== "decimal") return field.value;
  const typed = field.value.trim();
  return NUMBER.test(typed) ? typed.replace("−", "-") : undefined;
}

export function fill(form, answer) {
  const isPairs = Boolean(form.querySelector(".match-row"));
  for (const input of form.querySelectorAll("[data-body] :is([type=radio], [type=checkbox])")) {
    const taken = isPairs ? answer?.[input.name.slice(4)] ?? [] : Array.isArray(answer) ? answer : [answer];
    input.checked = taken.includes(input.value);
  }
  const field = form.querySelector("#answer-field");
  if (!field) return;
  const language = form.querySelector("#answer-language");
  if (language && answer?.language) language.value = answer.language;
  field.value = (language ? answer?.source ?? starts(form)[language.value] : answer) ?? "";
}

/* The code one begins with in each language, which is no answer yet. */
function starts(form) {
  const facts = form.querySelector("#code-facts");
  return facts ? JSON.parse(facts.textContent).starts : {};
}

/* What scrolls in itself, a wide formula or table, is reached by keyboard. */
export function reachable(form) {
  for (const one of form.querySelectorAll(".said, .said > *")) {
    if (one.scrollWidth > one.clientWidth + 1) one.tabIndex = 0;
  }
}
