/* Passkeys: a form with [data-passkey] asks the browser for a credential and sends it in its field `credential`.
   The challenge stands in a JSON block of the page (data-options) or is fetched (data-options-from). */

function bytes(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function text(buffer) {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function named(list) {
  return (list ?? []).map((known) => ({ ...known, id: bytes(known.id) }));
}

async function make(options) {
  const { user, challenge, excludeCredentials } = options;
  const publicKey = { ...options, challenge: bytes(challenge), user: { ...user, id: bytes(user.id) } };
  publicKey.excludeCredentials = named(excludeCredentials);
  return navigator.credentials.create({ publicKey });
}

async function show(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  publicKey.allowCredentials = named(options.allowCredentials);
  return navigator.credentials.get({ publicKey });
}

/* A credential as the server reads it: whatever is bytes becomes text. */
function told(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    const value = credential.response[name];
    if (value) response[name] = text(value);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function optionsOf(form) {
  const { options, optionsFrom } = form.dataset;
  if (options) return JSON.parse(document.getElementById(options).textContent).publicKey;
  const answer = await fetch(optionsFrom, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).request_options.publicKey;
}

function complain(form, which) {
  for (const note of form.querySelectorAll("[data-passkey-trouble]")) note.hidden = note.dataset.passkeyTrouble !== which;
}

async function ask(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const button = form.querySelector("[data-passkey-go]");
  complain(form, "");
  button.disabled = true;
  try {
    const options = await optionsOf(form);
    const credential = await (form.dataset.passkey === "create" ? make(options) : show(options));
    form.elements.credential.value = JSON.stringify(told(credential));
    form.submit();
  } catch (error) {
    complain(form, error.name === "InvalidStateError" ? "known" : "broken");
    button.disabled = false;
  }
}

/* An address in numbers can have no passkeys. */
const isPossible = "PublicKeyCredential" in window && !/^[\d.]+$|^\[/.test(location.hostname);

for (const form of isPossible ? document.querySelectorAll("form[data-passkey]") : []) {
  complain(form, "");
  form.querySelector("[data-passkey-go]").hidden = false;
  form.addEventListener("submit", ask);
}
