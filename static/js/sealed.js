/* The sealed paper in this browser: fetched while one waits, kept as it came, opened with the key of the opening.

   IndexedDB "exam", store "papers", one record for each test: {test, revision, sha256, ciphertext, arrivedAt, key?, nonce?}.
   Nothing is kept opened. Signing out clears it all, and `forget` does when a test is handed in. Where the browser has no
   WebCrypto (no secure connection) or keeps nothing, `openedPaper` gives null and the page asks the server. */

const DATABASE = "exam";
const STORE = "papers";

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "test" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function ask(mode, work) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

const record = (test) => ask("readonly", (store) => store.get(test));
const keep = (one) => ask("readwrite", (store) => store.put(one));

const bytesOf = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));

async function hex(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* Whether this browser can open a sealed paper at all. */
export function canOpen() {
  return Boolean(globalThis.crypto?.subtle && globalThis.indexedDB);
}

/* When the paper arrived here, in this clock's milliseconds; fetched unless it is here. Throws when it does not come or
   is not what the server said. */
export async function fetchSealed(test, { url, sha256, revision }) {
  const known = await record(test);
  if (known?.sha256 === sha256) return known.arrivedAt;
  const answer = await fetch(url, { redirect: "error" });
  if (!answer.ok) throw new Error(String(answer.status));
  const ciphertext = await answer.arrayBuffer();
  if ((await hex(ciphertext)) !== sha256) throw new Error("another paper");
  const arrivedAt = Date.now();
  await keep({ test, revision, sha256, ciphertext, arrivedAt });
  return arrivedAt;
}

/* Put what `start/` answered beside the sealed paper it opens. Never throws: without it the page asks the server. */
export async function keepKey(test, { key, nonce, paper }) {
  try {
    const known = await record(test);
    if (known?.sha256 === paper.sha256) await keep({ ...known, key, nonce });
  } catch {
    // nothing is kept here
  }
}

/* The paper of that test and revision as it was sealed, when bytes and key are here, else null. Never throws. */
export async function openedPaper(test, revision) {
  try {
    const known = await record(test);
    if (!known?.key || known.revision !== Number(revision)) return null;
    const key = await crypto.subtle.importKey("raw", bytesOf(known.key), "AES-GCM", false, ["decrypt"]);
    const additionalData = new TextEncoder().encode(`${known.test} ${known.revision}`);
    const how = { name: "AES-GCM", iv: bytesOf(known.nonce), additionalData };
    const plain = await crypto.subtle.decrypt(how, key, known.ciphertext);
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return null;
  }
}

/* Take the paper of a test out of this browser. */
export async function forget(test) {
  try {
    await ask("readwrite", (store) => store.delete(test));
  } catch {
    // nothing is kept here
  }
}
