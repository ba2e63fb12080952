/* Notices that the session ended, lets somebody sign in aside, and goes on with the token of the new session, when it is the same person for the
   same organisation. Asking /sessie keeps no session alive. Without it the server keeps what was posted (errors/_resend.html). No dependencies. */
(function () {
  "use strict";
  const loket = window.loket = window.loket || {};
  const meta = document.querySelector("meta[name='bewaren']");
  const channel = window.BroadcastChannel ? new BroadcastChannel("dossierloket-sessie") : null;
  if (!meta) return;
  if (channel) channel.postMessage({ signedIn: meta.content });
  const box = document.querySelector("template[data-session-texts]");
  const words = box ? box.dataset : {};
  const WAIT = 10000;
  const SOON = 1000, SELDOM = 30000;
  let dialog = null, waiting = [], asked = Date.now(), asking = null;

  /** What the server says: {state: "in", csrf} | "out" | "other" | "away". */
  function check() {
    asking = asking || look().finally(() => { asking = null; });
    return asking;
  }
  async function look() {
    try {
      const answer = await fetch(meta.dataset.session, { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(WAIT) });
      if (!answer.ok) return { state: "away" };
      const said = await answer.json();
      asked = Date.now();
      if (!said.signed_in) return { state: "out" };
      return said.account === meta.content ? { state: "in", csrf: said.csrf } : { state: "other" };
    } catch (error) { return { state: "away" }; }
  }

  /** Every form of this page gets the token of the session that is alive. */
  function renew(csrf) {
    document.querySelectorAll("form input[name='csrf_token']").forEach((input) => { input.value = csrf; });
  }

  function show(state) {
    if (!box) return;
    if (!dialog) {
      dialog = document.importNode(box.content, true).querySelector("dialog");
      document.body.append(dialog);
      dialog.addEventListener("click", (event) => { if (event.target.closest("[data-later]")) dialog.close(); });
      dialog.addEventListener("close", () => bar(waiting.length > 0));
      dialog.querySelector("[data-look-again]").addEventListener("click", lookAgain);
    }
    dialog.querySelectorAll("[data-when]").forEach((part) => { part.hidden = part.dataset.when !== state; });
    dialog.setAttribute("aria-labelledby", `sessie-${state}`);
    if (!dialog.open) dialog.showModal();
    bar(false);
    (dialog.querySelector(`[data-when='${state}'] a`) || dialog.querySelector("button")).focus();
  }

  function goOn(csrf) {
    const held = waiting;
    waiting = [];
    renew(csrf);
    if (dialog && dialog.open) dialog.close();
    bar(false);
    if (held.length) loket.say(words.again);
    held.forEach((resolve) => resolve(true));
  }
  /** When the question was put away: what is left to do stays in sight. */
  function bar(shown) {
    const line = document.querySelector("[data-session-bar]");
    if (line) line.hidden = !shown;
  }

  async function lookAgain() {
    const now = await check();
    if (now.state === "in") { if (waiting.length) goOn(now.csrf); }
    else if (waiting.length && now.state === "other") show("other");
    return now.state;
  }

  loket.session = {
    check,
    /** True once the session is alive and the forms hold its token: at once, or after signing in aside. False when there is no connection. */
    async alive() {
      const now = await check();
      if (now.state === "in") { renew(now.csrf); return true; }
      if (now.state === "away") return false;
      const again = new Promise((resolve) => waiting.push(resolve));
      show(now.state);
      soon();
      return again;
    },
    /** While somebody types: now and then, so that the end of the session is told before sending. */
    async glance(every) {
      if (Date.now() - asked < every || waiting.length) return;
      asked = Date.now();
      const now = await check();
      if (now.state === "out" || now.state === "other") loket.session.alive();
    },
    get waits() { return waiting.length > 0; },
  };
  /* While the question stands it is asked again by itself: somebody may sign in where nothing can tell this page. Soon at first, then seldom. */
  let timer = 0, pause = 0;
  function soon() {
    clearTimeout(timer);
    pause = SOON;
    timer = setTimeout(turn, pause);
  }
  async function turn() {
    if (!waiting.length) return;
    if (document.visibilityState === "visible") await lookAgain();
    clearTimeout(timer);
    pause = Math.min(pause * 1.5, SELDOM);
    timer = setTimeout(turn, pause);
  }
  /** Something happened that may be a sign-in: look now, and soon again, for a question under way may still have the old answer. */
  const sign = () => { if (waiting.length) { soon(); lookAgain(); } };
  if (channel) channel.addEventListener("message", (event) => { if (event.data && event.data.signedIn) sign(); });
  window.addEventListener("focus", sign);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") sign(); });

  /* one line at the bottom, also for who does not see it */
  let saying = 0;
  loket.say = (text) => {
    const line = document.querySelector("[data-session-said]");
    if (!line) return;
    line.textContent = text || "";
    clearTimeout(saying);
    saying = setTimeout(() => { line.textContent = ""; }, 8000);
  };
})();
