/* Keeps the progress of a background job up to date (templates/macros/progress.html). Without it there is a link. */
(function () {
  "use strict";
  const EVERY = 2000;
  const alive = () => Array.from(document.querySelectorAll('[data-job="QUEUED"], [data-job="RUNNING"]'));
  const show = (from, to, selector) => {
    const one = from.querySelector(selector);
    const other = to.querySelector(selector);
    if (one && other && one.textContent !== other.textContent) one.textContent = other.textContent;
  };
  async function look() {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const shown of alive()) {
        const now = page.getElementById(shown.id);
        if (!now || now.dataset.job !== shown.dataset.job) { location.reload(); return; }
        const bar = shown.querySelector("progress[value]");
        const next = now.querySelector("progress[value]");
        if (!bar !== !next) { location.reload(); return; }
        if (bar) { bar.max = next.max; bar.value = next.value; }
        show(shown, now, ".progress-line__label");
        show(shown, now, ".job__step");
      }
    } catch (problem) {
      document.querySelectorAll("[data-job-refresh]").forEach((line) => { line.hidden = false; });
    }
    if (alive().length) setTimeout(look, EVERY);
  }
  if (!alive().length) return;
  document.querySelectorAll("[data-job-refresh]").forEach((line) => { line.hidden = true; });
  setTimeout(look, EVERY);
})();
