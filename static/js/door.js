/* A code from the screen of a class stands behind the # of the address (/a/<class>/#CODE), which no server sees. Signing in
   by a form would lose it: so the form takes it along, and the redirect after it leads on with it. */

if (/^#[\w-]{6,40}$/.test(location.hash)) {
  for (const form of document.querySelectorAll("form[data-keeps-code]")) form.action += location.hash;
}
