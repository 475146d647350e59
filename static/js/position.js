/* Fills latitude and longitude from where this device is, when somebody asks for it; without this file they are typed. */

const ROUGH_M = 50;
const MICRODEGREE_DIGITS = 6;

function arm(fields) {
  const button = fields.querySelector("[data-position-ask]");
  const said = fields.querySelector("[data-position-said]");
  const input = (name) => fields.querySelector(`input[name$="${name}"]`);

  function found({ coords }) {
    input("latitude").value = coords.latitude.toFixed(MICRODEGREE_DIGITS);
    input("longitude").value = coords.longitude.toFixed(MICRODEGREE_DIGITS);
    const metres = Math.ceil(coords.accuracy);
    const words = metres > ROUGH_M ? said.dataset.rough : said.dataset.found;
    said.textContent = words.replace("%s", metres.toLocaleString(document.documentElement.lang));
    button.removeAttribute("aria-busy");
  }

  function failed(error) {
    said.textContent = error.code === error.PERMISSION_DENIED ? said.dataset.denied : said.dataset.failed;
    button.removeAttribute("aria-busy");
  }

  button.hidden = !navigator.geolocation;
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    said.textContent = said.dataset.asking;
    navigator.geolocation.getCurrentPosition(found, failed, {
      enableHighAccuracy: true,
      timeout: 20_000,
      maximumAge: 0,
    });
  });
}

for (const fields of document.querySelectorAll("[data-position]")) arm(fields);
