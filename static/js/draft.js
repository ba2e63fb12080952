/* Keeps a draft while typing: posts the form [data-autosave] to its own address and asks for JSON. The buttons do the same without it.
   Nothing typed is lost: a failed try is repeated until the server has it. No dependencies. */
(function () {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form || !window.fetch) return;
  const IDLE = 1500;
  const RETRY = [2000, 4000, 8000, 15000, 30000];
  const kept = window.loket && loket.keep;
  let timer = 0, busy = false, again = false, attempt = 0, stopped = false;

  const say = (state, time) => form.dispatchEvent(new CustomEvent("save-state", { bubbles: true, detail: { state: state, time: time } }));
  const tell = (text) => {
    const line = form.querySelector("[data-save-state]");
    if (line) { line.dataset.saveState = "failed"; line.textContent = text; }
  };
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(keep, wait); };
  const retry = () => { later(RETRY[Math.min(attempt, RETRY.length - 1)]); attempt += 1; };

  async function keep() {
    if (stopped) return;
    if (busy) { again = true; return; }
    busy = true;
    say("saving");
    const sent = new FormData(form);
    const values = kept ? kept.read(form) : null;
    let signedOut = false;
    try {
      const answer = await fetch(form.action, { method: "POST", body: sent, credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" } });
      const body = answer.headers.get("Content-Type") && answer.headers.get("Content-Type").includes("json") ? await answer.json() : null;
      if (answer.ok && body) {
        form.elements.version.value = body.version;
        attempt = 0;
        if (kept) kept.acknowledged(form, values);
        if (!again) say("saved", body.saved);
      } else if (answer.status === 409) { stopped = true; tell(form.dataset.tConflict); }
      else if (answer.status === 400 || answer.status === 401 || answer.status === 0 || answer.type === "opaqueredirect") { tell(form.dataset.tSession); signedOut = true; }
      else { say("failed"); retry(); }
    } catch (error) { if (kept) { await kept.keepNow(form).catch(() => {}); tell(kept.away(form)); } else say("failed"); retry(); }
    /* waits for signing in aside; the form has the token of the new session then */
    if (signedOut && kept) await kept.keepNow(form).catch(() => {});
    if (signedOut) { if (window.loket && loket.session && await loket.session.alive()) again = true; else retry(); }
    busy = false;
    if (again) { again = false; later(0); }
  }

  form.addEventListener("input", () => { if (busy) again = true; later(IDLE); });
  form.addEventListener("change", () => later(200));
  window.addEventListener("online", () => { if (attempt) later(0); });
  form.addEventListener("submit", () => { stopped = true; clearTimeout(timer); });
})();
