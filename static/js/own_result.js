/* Questions of a result: the body of one is fetched when it is opened first. Without this its link loads the page with
   the question open, and so it does when fetching fails. */

for (const details of document.querySelectorAll(".review details")) {
  details.addEventListener("toggle", async () => {
    const link = details.open && details.querySelector("a[data-question]");
    if (!link || link.ariaBusy) return;
    link.ariaBusy = "true";
    try {
      const answer = await fetch(link.href, { headers: { "X-Live": "1" }, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const place = document.createElement("div");
      place.innerHTML = await answer.text();
      link.closest("p").replaceWith(...place.children);
    } catch {
      link.ariaBusy = null;
    }
  });
}
