/* What the waiting room says of the device: a line each, with a tone, a word, and what it rests on. */

const LEAST_BYTES = 50 * 1024 * 1024;
const BATTERY_PERCENT_A_MINUTE = 0.25;

const list = document.querySelector("[data-device]");

/* Say of one line how it stands; `more` only where there is something to say. */
export function showCheck(name, tone, word, more) {
  const line = list.querySelector(`[data-check="${name}"]`);
  const verdict = line.querySelector("[data-verdict]");
  verdict.className = `state s-${tone}`;
  verdict.replaceChildren(list.querySelector(`[data-tone="${tone}"]`).content.cloneNode(true), word);
  const text = line.querySelector("[data-more]");
  if (text && more !== undefined) text.textContent = more;
  line.hidden = false;
}

/* Whether answers can be kept here while the connection is gone. */
export async function checkStorage(words) {
  try {
    const { quota = 0, usage = 0 } = await navigator.storage.estimate();
    const left = quota - usage;
    showCheck("storage", left > LEAST_BYTES ? "ok" : "due", left > LEAST_BYTES ? size(left) : words.little);
  } catch {
    showCheck("storage", "due", words.unknown);
  }
}

function size(bytes) {
  const [unit, name] = bytes >= 1024 ** 3 ? [1024 ** 3, "GB"] : [1024 ** 2, "MB"];
  const count = bytes / unit;
  return `${count >= 100 ? Math.round(count) : count.toFixed(1)} ${name}`;
}

/* Where the browser tells: whether the charge lasts for the test, by a rule of thumb. */
export async function checkBattery(words, minutes) {
  try {
    const battery = await navigator.getBattery();
    const percent = Math.round(battery.level * 100);
    const lasts = battery.charging || percent >= minutes * BATTERY_PERCENT_A_MINUTE;
    showCheck("battery", lasts ? "ok" : "due", `${percent} %`, lasts ? "" : words.plug_in);
  } catch {
    // this browser does not tell
  }
}
