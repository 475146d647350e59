/* Resumable uploads (tus 1.0) for the form [data-upload] and its rows in [data-uploads].

   A file goes out in pieces. After a lost connection, or when the same file is chosen again after the page was closed,
   the server says how many bytes it has, and sending goes on from there. Where a file's upload lives is remembered
   under its name, size and date. Without this file the form sends everything the plain way. */

const AT_ONCE = 2;
const TRIES = 8;
const BUSY_TRIES = 45;
const SPEED_WINDOW_MS = 10_000;
const TUS = { "Tus-Resumable": "1.0.0" };

const form = document.querySelector("[data-upload]");
const panel = document.querySelector("[data-uploads]");
const words = JSON.parse(document.getElementById("upload-words").textContent);
const input = form.querySelector("input[type=file]");
const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
const transfers = [];
let wanted = null; // the stopped row whose file the person is asked to choose again

/* --- Words ------------------------------------------------------------------------------------------------------- */

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");

function sizeText(bytes) {
  const units = words.units.split(" ");
  let step = 0;
  for (; bytes >= 999.5 && step < units.length - 1; step += 1) bytes /= 1024;
  return `${step && bytes < 99.95 ? bytes.toFixed(1).replace(/\.0$/, "") : Math.round(bytes)} ${units[step]}`;
}

function timeText(seconds) {
  if (seconds < 60) return fill(words.seconds, { count: Math.max(1, Math.round(seconds)) });
  if (seconds < 5400) return fill(words.minutes, { count: Math.round(seconds / 60) });
  return fill(words.hours, { count: Math.round(seconds / 3600) });
}

function say(text) {
  panel.querySelector("[data-say]").textContent = text;
}

/* --- Asking the server ------------------------------------------------------------------------------------------- */

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

class Aborted extends Error {}

/* XMLHttpRequest, because fetch does not tell how much of a body has gone out. */
function ask(method, url, { headers = {}, body = null, onProgress = null, onStart = () => {} }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries({ ...TUS, "X-CSRFToken": token, ...headers })) request.setRequestHeader(name, value);
    if (onProgress) request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => {
      if (request.status < 300 && request.getResponseHeader("Tus-Resumable")) resolve(request);
      else reject(refusal(request, url));
    };
    request.onerror = () => reject(new Error());
    request.onabort = () => reject(new Aborted());
    onStart(request);
    request.send(body);
  });
}

function refusal(request, url) {
  let message = "";
  try {
    message = JSON.parse(request.responseText).error.message;
  } catch {
    message = "";
  }
  // Who is signed out is sent to the sign-in page, and who signed in anew has another token.
  const isElsewhere = new URL(request.responseURL, location).pathname !== new URL(url, location).pathname;
  const signedOut = isElsewhere || (request.status === 403 && !request.getResponseHeader("Tus-Resumable"));
  return new Refused(signedOut ? 401 : request.status, signedOut ? words.signedOut : message);
}

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/* --- What is remembered on this device ---------------------------------------------------------------------------- */

const PREFIX = `upload:${form.dataset.person}:`;

const memory = {
  key: (file) => `${PREFIX}${form.dataset.purpose}:${file.size}:${file.lastModified}:${file.name}`,
  get(file) {
    try {
      return localStorage.getItem(this.key(file));
    } catch {
      return null; // storage is switched off: uploads work, they only start over after a reload
    }
  },
  set(file, url) {
    try {
      localStorage.setItem(this.key(file), url);
    } catch {
      /* the same */
    }
  },
  forget(file) {
    try {
      localStorage.removeItem(this.key(file));
    } catch {
      /* the same */
    }
  },
  knows(url) {
    try {
      return Object.keys(localStorage).some((key) => key.startsWith(PREFIX) && localStorage.getItem(key) === url);
    } catch {
      return false;
    }
  },
};

/* --- One file on its way ------------------------------------------------------------------------------------------ */

class Transfer {
  constructor(file) {
    this.file = file;
    this.url = memory.get(file);
    this.offset = 0;
    this.state = "waiting";
    this.tries = 0;
    this.samples = [];
    this.row = panel.querySelector("template[data-row]").content.cloneNode(true).firstElementChild;
    this.row.querySelector(".name").textContent = file.name;
    this.row.querySelector("progress").setAttribute("aria-label", file.name);
    this.row.addEventListener("click", (event) => this.act(event.target.closest("[data-act]")?.dataset.act));
    panel.querySelector("[data-rows]").append(this.row);
    panel.hidden = false;
    this.show("off", words.waiting);
  }

  act(name) {
    if (name === "pause") this.stop("paused", "due", words.paused, words.pausedAt);
    else if (name === "resume") this.again();
    else if (name === "cancel") this.cancel();
    else if (name === "remove") this.remove();
  }

  again() {
    this.state = "waiting";
    this.tries = 0;
    this.show("off", words.waiting);
    next();
  }

  async send() {
    this.state = "sending";
    this.samples = [];
    this.show("run", words.sending);
    say(fill(words.saidStarted, { name: this.file.name }));
    while (this.state === "sending") {
      try {
        await this.go();
      } catch (error) {
        await this.stumble(error);
      }
    }
    next();
  }

  /* Ask where to go on, then send piece after piece until all is there. */
  async go() {
    let answer = this.url ? await this.find() : null;
    answer ??= await this.create();
    while (this.state === "sending" && !answer.getResponseHeader("X-File")) {
      answer = await this.sendPiece();
      this.tries = 0;
    }
    if (this.state === "sending") this.finish();
  }

  async find() {
    try {
      const answer = await ask("HEAD", this.url, { onStart: (request) => (this.request = request) });
      this.moveTo(Number(answer.getResponseHeader("Upload-Offset")));
      return answer;
    } catch (error) {
      if (!(error instanceof Refused) || ![404, 410].includes(error.status)) throw error;
      this.url = null; // expired or cancelled elsewhere
      return null;
    }
  }

  async create() {
    const about = { filename: this.file.name, filetype: this.file.type || "application/octet-stream", purpose: form.dataset.purpose };
    const metadata = Object.entries(about).map(([key, value]) => `${key} ${base64(value)}`).join(",");
    const headers = { "Upload-Length": String(this.file.size), "Upload-Metadata": metadata };
    const answer = await ask("POST", form.dataset.upload, { headers, onStart: (request) => (this.request = request) });
    this.url = answer.getResponseHeader("Location");
    memory.set(this.file, this.url);
    this.moveTo(0);
    return answer;
  }

  async sendPiece() {
    const start = this.offset;
    const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(start) };
    const body = this.file.slice(start, start + Number(form.dataset.pieceBytes));
    try {
      await body.slice(0, 1).arrayBuffer();
    } catch {
      throw new Refused(0, words.unreadable);
    }
    const onProgress = (loaded) => this.showProgress(Math.min(start + loaded, this.file.size));
    const answer = await ask("PATCH", this.url, { headers, body, onProgress, onStart: (request) => (this.request = request) });
    this.moveTo(Number(answer.getResponseHeader("Upload-Offset")));
    return answer;
  }

  moveTo(offset) {
    this.offset = offset;
    this.showProgress(offset);
  }

  /* What the server refused for good ends here; what may pass is tried again, later each time. */
  async stumble(error) {
    if (error instanceof Aborted || this.state !== "sending") return;
    const status = error instanceof Refused ? error.status : -1;
    const mayPass = status === -1 || status === 409 || status === 423 || status === 429 || status === 460 || status >= 500;
    if (!mayPass) {
      if (status !== 401) memory.forget(this.file);
      this.stop(status === 401 ? "stopped" : "failed", "bad", words.failed, error.message);
      return;
    }
    this.tries += 1;
    if (this.tries > (status === 423 ? BUSY_TRIES : TRIES)) {
      this.stop("stopped", "due", words.stopped, error.message || words.gaveUp);
      return;
    }
    if (status === 423) this.show("due", words.waiting, words.busy);
    else if (status !== 409) this.show("due", words.stopped, error.message || words.offline);
    await this.pause(status === 409 || status === 423 ? 2000 : Math.min(30_000, 1000 * 2 ** (this.tries - 1)));
    if (this.state === "sending") this.show("run", words.sending);
  }

  /* Until the time is over, the network is back, or the person does something. */
  pause(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done() {
        clearTimeout(timer);
        window.removeEventListener("online", done);
        resolve();
      }
      window.addEventListener("online", done);
      this.wake = done;
    });
  }

  stop(state, tone, word, note) {
    this.state = state;
    this.request?.abort();
    this.wake?.();
    this.show(tone, word, note);
    say(fill(words.saidStopped, { name: this.file.name }));
    next();
  }

  finish() {
    this.state = "sent";
    memory.forget(this.file);
    this.moveTo(this.file.size);
    this.show("ok", words.sent, words.sentNote);
    say(fill(words.saidSent, { name: this.file.name }));
    for (const part of document.querySelectorAll("[data-live]")) part.dispatchEvent(new Event("live:look"));
  }

  async cancel() {
    this.stop("cancelled", "off", words.paused, "");
    memory.forget(this.file);
    if (this.url) await ask("DELETE", this.url, {}).catch(() => {}); // it expires by itself
    this.remove();
  }

  remove() {
    this.row.remove();
    transfers.splice(transfers.indexOf(this), 1);
    showTotal();
  }

  /* --- How it looks --- */

  show(tone, word, note = "") {
    const state = panel.querySelector(`template[data-tone=${tone}]`).content.cloneNode(true).firstElementChild;
    state.append(word);
    this.row.querySelector("[data-state]").replaceChildren(state);
    this.row.querySelector("[data-note]").textContent = fill(note, { sent: sizeText(this.offset), all: sizeText(this.file.size), name: this.file.name });
    const bar = this.row.querySelector("progress");
    bar.className = `bar s-${tone}`;
    bar.hidden = this.state === "failed" || this.state === "sent";
    const buttons = { pause: ["sending", "waiting"], resume: ["paused", "stopped"], cancel: ["sending", "waiting", "paused", "stopped"], remove: ["sent", "failed"] };
    for (const [name, states] of Object.entries(buttons)) this.row.querySelector(`[data-act=${name}]`).hidden = !states.includes(this.state);
    showTotal();
  }

  showProgress(sent) {
    const now = performance.now();
    this.samples = [...this.samples.filter((sample) => now - sample.at < SPEED_WINDOW_MS), { at: now, sent }];
    this.row.querySelector("progress").value = this.file.size ? (100 * sent) / this.file.size : 100;
    if (this.state !== "sending") return;
    const parts = [fill(words.progress, { sent: sizeText(sent), all: sizeText(this.file.size) })];
    const first = this.samples[0];
    const speed = (sent - first.sent) / (now - first.at); // bytes per ms
    if (speed > 0 && now - first.at > 500) {
      parts.push(`${sizeText(speed * 1000)}/s`, fill(words.left, { time: timeText((this.file.size - sent) / speed / 1000) }));
    }
    this.row.querySelector("[data-note]").textContent = parts.join(" · ");
    showTotal(sent, this);
  }
}

function showTotal(sent = 0, moving = null) {
  const all = transfers.reduce((sum, one) => sum + one.file.size, 0);
  const done = transfers.reduce((sum, one) => sum + (one === moving ? sent : one.offset), 0);
  const text = fill(words.progress, { sent: sizeText(done), all: sizeText(all) });
  panel.querySelector("[data-total]").textContent = transfers.length ? text : "";
  panel.hidden = !panel.querySelector("[data-rows]").childElementCount;
}

/* --- Several files ------------------------------------------------------------------------------------------------ */

function next() {
  const busy = transfers.filter((one) => one.state === "sending").length;
  for (const one of transfers.filter((each) => each.state === "waiting").slice(0, Math.max(0, AT_ONCE - busy))) one.send();
}

function take(files) {
  for (const file of files) {
    const url = memory.get(file);
    if (wanted && wanted.dataset.stopped !== url) {
      wanted.querySelector("[data-note]").textContent = fill(words.otherFile, { name: wanted.dataset.name });
      continue;
    }
    if (transfers.some((one) => one.url && one.url === url && !["failed", "sent"].includes(one.state))) continue;
    if (url) panel.querySelector(`[data-stopped="${CSS.escape(url)}"]`)?.remove();
    const transfer = new Transfer(file);
    transfers.push(transfer);
    const limit = Number(form.dataset.maxBytes);
    if (file.size > limit) {
      transfer.stop("failed", "bad", words.failed, fill(words.tooBig, { size: sizeText(file.size), limit: sizeText(limit) }));
    }
  }
  wanted = null;
  next();
}

function choose(row) {
  wanted = row;
  input.click();
}

/* A dropped folder has no bytes of its own; it is left out. */
function dropped(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  return items.filter((item) => !item.webkitGetAsEntry?.()?.isDirectory).map((item) => item.getAsFile());
}

function acceptDrops(area) {
  let depth = 0;
  const mark = (over) => form.querySelector("[data-drop]").classList.toggle("is-over", over);
  area.addEventListener("dragenter", (event) => event.dataTransfer.types.includes("Files") && mark((depth += 1) > 0));
  area.addEventListener("dragleave", () => mark((depth = Math.max(0, depth - 1)) > 0));
  area.addEventListener("dragover", (event) => event.preventDefault());
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    mark((depth = 0) > 0);
    wanted = null;
    take(dropped(event.dataTransfer));
  });
}

form.querySelector("[data-plain]").hidden = true;
if (document.querySelector("[data-choose]")) {
  // The page's own button does it: a phone needs no second one, a desk only the place to drop files on.
  form.classList.add("wide-only");
  input.classList.add("sr");
  input.tabIndex = -1;
}
form.addEventListener("submit", (event) => event.preventDefault());
input.addEventListener("change", () => {
  take([...input.files]);
  input.value = ""; // so that the same file can be chosen again
});
input.addEventListener("cancel", () => (wanted = null));
input.addEventListener("click", (event) => event.isTrusted && (wanted = null));
document.querySelector("[data-choose]")?.addEventListener("click", (event) => {
  event.preventDefault();
  choose(null);
});
for (const row of panel.querySelectorAll("[data-stopped]")) {
  const button = row.querySelector("[data-act=again]");
  button.hidden = !memory.knows(row.dataset.stopped);
  button.addEventListener("click", () => choose(row));
}
acceptDrops(document.body);
