/* The palette of all questions and the counts of it: five states, each with a drawing and a word. */

const SIGNS = { an: ["check"], na: [], mk: ["flag"], nv: [], am: ["check", "flag"] };

export function stateOf(answer) {
  if (!answer) return "nv";
  const isAnswered = answer.answer !== null;
  return answer.marked ? (isAnswered ? "am" : "mk") : isAnswered ? "an" : "na";
}

export function drawing(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  for (const [key, value] of [["class", "icon icon-s"], ["viewBox", "0 0 24 24"], ["aria-hidden", "true"]]) svg.setAttribute(key, value);
  use.setAttribute("href", `#x-${name}`);
  svg.append(use);
  return svg;
}

export class Palette {
  constructor({ words, open }) {
    this.words = words;
    this.element = document.getElementById("palette");
    this.cells = [...this.element.querySelectorAll("[data-place]")];
    this.parts = [...this.element.querySelectorAll("section")].map((part) => [...part.querySelectorAll("[data-place]")].map((one) => Number(one.dataset.place)));
    this.numbers = [...document.querySelectorAll("[data-part]")].map((one) => Number(one.dataset.part));
    this.element.addEventListener("click", (event) => {
      const cell = event.target.closest("[data-place]");
      if (!cell) return;
      event.preventDefault();
      this.close();
      open(Number(cell.dataset.place));
    });
    document.querySelector("[data-palette-open]").addEventListener("click", (event) => this.show(event));
    document.querySelector("[data-palette-close]").addEventListener("click", (event) => {
      event.preventDefault();
      this.close();
    });
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  show(event) {
    event.preventDefault();
    this.element.classList.add("is-open");
    document.documentElement.classList.add("is-covered");
    this.element.querySelector("[data-palette-close]").focus();
  }

  close() {
    if (!this.element.classList.contains("is-open")) return;
    this.element.classList.remove("is-open");
    document.documentElement.classList.remove("is-covered");
    document.querySelector("[data-palette-open]").focus();
  }

  /* `answers`: by place; `here` the place that is shown. */
  update(answers, here) {
    const states = this.cells.map((cell) => stateOf(answers(Number(cell.dataset.place))));
    this.cells.forEach((cell, at) => this.draw(cell, states[at], here));
    this.states = states;
    for (const [state, count] of Object.entries(this.counts(states))) this.element.querySelector(`[data-count=${state}]`).textContent = count;
    this.parts.forEach((places, at) => this.updatePart(at, places.map((place) => states[place - 1]), places.includes(here)));
  }

  total() {
    return this.counts(this.states);
  }

  counts(states) {
    const counts = { an: 0, na: 0, mk: 0, nv: 0, am: 0 };
    for (const state of states) counts[state] += 1;
    return counts;
  }

  draw(cell, state, here) {
    const place = Number(cell.dataset.place);
    if (place === here) cell.setAttribute("aria-current", "true");
    else cell.removeAttribute("aria-current");
    if (cell.classList.contains(`q-${state}`)) return;
    cell.className = `q q-${state}`;
    cell.setAttribute("aria-label", this.words.label.replace("{place}", place).replace("{state}", this.words[state]));
    cell.replaceChildren(String(place), ...SIGNS[state].map(drawing));
  }

  updatePart(at, states, isHere) {
    const number = this.numbers[at];
    const counts = this.counts(states);
    const answered = counts.an + counts.am;
    const tab = document.querySelector(`[data-part="${number}"]`);
    tab.querySelector("[data-answered]").textContent = answered;
    if (isHere) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
    document.querySelector(`[data-part-answered="${number}"]`).textContent = this.words.answeredOf.replace("{answered}", answered).replace("{count}", states.length);
    for (const [state, count] of Object.entries(counts)) document.querySelector(`[data-review-part="${number}"] [data-state=${state}]`).textContent = count;
  }

  lock(section) {
    for (const tab of document.querySelectorAll("[data-part]")) {
      if (section === null || Number(tab.dataset.part) === section) tab.removeAttribute("aria-disabled");
      else tab.setAttribute("aria-disabled", "true");
    }
  }

  partOf(place) {
    return this.numbers[this.parts.findIndex((places) => places.includes(place))];
  }

  firstOf(number) {
    return this.parts[this.numbers.indexOf(number)]?.[0];
  }
}
