/* Lines above the question that are read aloud politely and can be closed: warnings, what was noted, messages. */

export class Notes {
  constructor(words) {
    this.words = words;
    this.place = document.querySelector("[data-notes]");
    this.shown = new Map();
  }

  /* One line a name; `actions` are [words, what to do or an address]. */
  show(name, tone, text, { actions = [], onClose = null, title = "" } = {}) {
    this.drop(name);
    const line = document.createElement("div");
    line.className = `banner exam-note s-${tone}`;
    const said = document.createElement("p");
    said.className = "grow";
    if (title) {
      const head = document.createElement("b");
      head.textContent = title;
      said.append(head, document.createElement("br"));
    }
    said.append(text);
    line.append(said, ...actions.map(([words, act]) => this.action(words, act)));
    if (onClose !== false) line.append(this.action(this.words.close, () => this.close(name, onClose)));
    this.shown.set(name, line);
    this.place.append(line);
  }

  action(words, act) {
    const made = document.createElement(typeof act === "string" ? "a" : "button");
    made.className = "btn btn-s";
    made.textContent = words;
    if (typeof act === "string") made.href = act;
    else Object.assign(made, { type: "button", onclick: act });
    return made;
  }

  close(name, after) {
    this.drop(name);
    after?.();
  }

  drop(name) {
    this.shown.get(name)?.remove();
    this.shown.delete(name);
  }
}
