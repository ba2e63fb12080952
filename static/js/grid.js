/* The grid of a quarter: saves row by row while typing, filters at once, moves like a sheet. Without it the form does the same work.
   Nothing typed is lost: it stays in its cell until the server has it; a failed row is tried again. No dependencies. */
(function () {
  "use strict";
  const table = document.querySelector("[data-grid]");
  if (!table) return;
  const body = table.tBodies[0];
  const lines = Array.from(body.querySelectorAll("tr[id^='l-']"));
  const form = document.getElementById("aangifte");
  const words = form ? form.dataset : {};
  const kept = window.loket && loket.keep;
  const NAMES = ["betaalde_dagen", "niet_betaalde_dagen", "betaalde_uren"];
  const IDLE = 1200;
  const RETRY = [2000, 4000, 8000, 15000, 30000];

  /* ---- rows ------------------------------------------------------------- */
  const key = (row) => row.id.slice(2);
  const token = (row) => row.querySelector("input[name='regel']");
  const cells = (row) => Array.from(row.querySelectorAll("input:not([type='hidden']):not(:disabled)"));
  const shownTexts = (row) => token(row).value.split(":").slice(2);
  const field = (row, name) => row.querySelector(`input[name='${name}']`);
  const typed = (row) => NAMES.map((name) => field(row, name).value.trim());
  const isDirty = (row) => typed(row).join(":") !== shownTexts(row).join(":");

  function say(row, state, text) {
    if (state) row.dataset.state = state; else delete row.dataset.state;
    row.querySelector("[data-row-state]").textContent = text || "";
  }

  function dropMessages(row) {
    body.querySelectorAll(`tr.g-message[data-for='${key(row)}']`).forEach((one) => one.remove());
    cells(row).forEach((input) => { input.removeAttribute("aria-invalid"); input.removeAttribute("aria-describedby"); });
  }

  function addMessage(row, kind, text) {
    const line = document.createElement("tr");
    line.className = `g-message g-message--${kind}`;
    line.dataset.for = key(row);
    if (!document.getElementById(`m-${key(row)}`)) line.id = `m-${key(row)}`;
    const cell = document.createElement("td");
    cell.colSpan = 12;
    cell.textContent = text;
    line.append(cell);
    let last = row;
    while (last.nextElementSibling && last.nextElementSibling.dataset.for === key(row)) last = last.nextElementSibling;
    last.after(line);
    return cell;
  }

  function mark(row, kind, text) {
    const cell = row.querySelector(".g-mark");
    cell.replaceChildren();
    if (!kind) return;
    const outer = document.createElement("span");
    outer.className = `g-${kind}`;
    outer.title = text;
    outer.innerHTML = `<svg class="icon" aria-hidden="true"><use href="#g-${kind}"></use></svg>`;
    const hidden = document.createElement("span");
    hidden.className = "visually-hidden";
    hidden.textContent = text;
    outer.append(hidden);
    cell.append(outer);
  }

  function count() {
    const needed = lines.filter((row) => row.hasAttribute("data-need"));
    const filled = document.querySelector("[data-filled]");
    if (filled) filled.textContent = needed.filter((row) => !row.hasAttribute("data-missing")).length;
  }

  /* ---- saving ------------------------------------------------------------ */
  const waiting = new Set();
  const timers = new Map();
  let busy = null, attempt = 0, retryTimer = 0, leaving = false;
  const status = document.querySelector("[data-grid-state]");

  function tell(state, text) {
    if (!status) return;
    if (state) status.dataset.saveState = state;
    if (status.textContent !== text) status.textContent = text;
  }

  function enqueue(row) {
    clearTimeout(timers.get(row));
    timers.delete(row);
    if (!isDirty(row) || row.dataset.state === "conflict") return;
    waiting.add(row);
    pump();
  }

  async function pump() {
    if (busy || retryTimer || !waiting.size) return;
    const row = waiting.values().next().value;
    waiting.delete(row);
    if (!isDirty(row)) { pump(); return; }
    busy = row;
    say(row, "busy", words.tBusy);
    tell("saving", words.tBusy);
    const sent = typed(row);
    let again = false;
    try {
      again = await send(row, sent);
    } catch (error) {
      again = true;
      if (kept) await kept.keepNow(form).catch(() => {});
      tell("failed", kept ? kept.away(form) : words.tOffline);
    }
    busy = null;
    if (again) { say(row, "error", words.tError); waiting.add(row); retryLater(); return; }
    attempt = 0;
    if (row.dataset.state !== "conflict" && row.dataset.state !== "error" && isDirty(row)) waiting.add(row);
    pump();
  }

  /** True when it has to be tried again later. */
  async function send(row, sent) {
    const data = new URLSearchParams({ aantal: "1", versie: form.elements.versie.value, regel: token(row).value });
    NAMES.forEach((name, place) => data.set(name, sent[place]));
    const answer = await fetch(words.rowUrl, {
      method: "POST", body: data, credentials: "same-origin", redirect: "manual",
      headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value },
    });
    if (answer.status === 200) { saved(row, sent, await answer.json()); settled(); return false; }
    if (answer.status >= 500 || answer.status === 429) { tell("failed", words.tOffline); return true; }
    const said = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
    if (answer.status === 409 && said.conflict) { conflict(row, said); return false; }
    if (answer.status === 422 && said.errors) { refused(row, said.errors); return false; }
    if (answer.status === 400 || answer.status === 401 || answer.type === "opaqueredirect") {
      if (kept) await kept.keepNow(form).catch(() => {});
      tell("failed", words.tSession);
      /* waits for signing in aside; the form has the token of the new session then */
      if (window.loket && loket.session) await loket.session.alive();
      return true;
    }
    dropMessages(row);
    addMessage(row, "error", said.message || words.tError);
    say(row, "error", words.tError);
    tell("failed", said.message || words.tError);
    return false;
  }

  const settled = () => table.dispatchEvent(new CustomEvent("line-settled"));

  function retryLater() {
    const delay = RETRY[Math.min(attempt, RETRY.length - 1)];
    attempt += 1;
    retryTimer = setTimeout(retryNow, delay);
  }
  function retryNow() {
    clearTimeout(retryTimer);
    retryTimer = 0;
    pump();
  }
  window.addEventListener("online", retryNow);
  window.addEventListener("focus", () => { if (retryTimer) retryNow(); });

  function saved(row, sent, said) {
    const line = said.rows[0];
    if (!line) return;
    dropMessages(row);
    token(row).value = line.token;
    NAMES.forEach((name, place) => {
      const input = field(row, name);
      if (input.type !== "hidden" && input.value.trim() === sent[place]) input.value = line.values[place];
    });
    row.toggleAttribute("data-missing", line.missing);
    mark(row, line.mark, line.markText);
    line.messages.forEach(([kind, text]) => addMessage(row, kind, text));
    say(row, "saved", `${words.tSaved} ${said.at}`);
    const copy = row.querySelector(".g-copy");
    if (copy) copy.hidden = line.values.some(Boolean);
    count();
    if (!waiting.size) tell("saved", `${words.tSaved} ${said.at}`);
  }

  function refused(row, errors) {
    dropMessages(row);
    addMessage(row, "error", Array.from(new Set(Object.values(errors))).join(" "));
    const names = { paid_days: NAMES[0], unpaid_days: NAMES[1], paid_hours: NAMES[2] };
    Object.keys(errors).forEach((name) => {
      const input = names[name] && field(row, names[name]);
      if (!input) return;
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", `m-${key(row)}`);
    });
    say(row, "error", words.tError);
    tell("failed", `${row.querySelector(".g-name").textContent}: ${Object.values(errors)[0]}`);
  }

  function conflict(row, said) {
    dropMessages(row);
    const { theirs, yours, days, version } = said.conflict;
    const text = (values) => (days ? values.slice(0, 2) : values.slice(2)).map((one) => one || "–").join(" / ");
    const cell = addMessage(row, "conflict", `${said.message} ${words.tNow}: ${text(theirs)} · ${words.tYours}: ${text(yours)} `);
    const choose = (label, act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-outline-primary btn-sm";
      button.textContent = label;
      button.addEventListener("click", () => {
        dropMessages(row);
        token(row).value = [key(row), version, ...theirs].join(":");
        act();
        (cells(row)[0] || row).focus();
      });
      cell.append(button, " ");
    };
    choose(words.tMine, () => { say(row, "", ""); enqueue(row); });
    choose(words.tTheirs, () => {
      NAMES.forEach((name, place) => { const input = field(row, name); if (input.type !== "hidden") input.value = theirs[place]; });
      const empty = !theirs.some(Boolean);
      say(row, "", empty ? words.tEmpty : "");
      row.toggleAttribute("data-missing", empty);
      count();
      settled();
    });
    say(row, "conflict", words.tConflict);
    tell("failed", said.message);
  }

  if (form) {
    body.addEventListener("input", (event) => {
      const row = event.target.closest("tr");
      if (!row || !token(row)) return;
      if (row.dataset.state === "saved" || row.dataset.state === "error") say(row, "", "");
      clearTimeout(timers.get(row));
      timers.set(row, setTimeout(() => enqueue(row), IDLE));
    });
    body.addEventListener("focusout", (event) => {
      const row = event.target.closest("tr");
      if (row && token(row) && (!event.relatedTarget || event.relatedTarget.closest("tr") !== row)) enqueue(row);
    });
    body.addEventListener("click", (event) => {
      const button = event.target.closest(".g-copy");
      if (!button) return;
      event.preventDefault();
      const row = button.closest("tr");
      const values = button.dataset.values.split("|");
      NAMES.forEach((name, place) => { const input = field(row, name); if (input.type !== "hidden") input.value = values[place]; });
      cells(row)[0].focus();
      enqueue(row);
    });
    form.addEventListener("submit", () => { leaving = true; });
    document.addEventListener("thrown-away", (event) => { if (event.detail === form) leaving = true; });
    window.addEventListener("pageshow", () => { leaving = false; });
    window.addEventListener("beforeunload", (event) => {
      if (!leaving && lines.some((row) => token(row) && isDirty(row))) event.preventDefault();
    });
  }

  /* ---- keys: Esc puts the saved value back, left and right go to the next cell ---- */
  body.addEventListener("keydown", (event) => {
    const input = event.target;
    if (input.tagName !== "INPUT" || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const row = input.closest("tr");
    if (event.key === "Escape" && row.dataset.state !== "conflict") {
      input.value = shownTexts(row)[NAMES.indexOf(input.name)];
      input.select();
      dropMessages(row);
      clearTimeout(timers.get(row));
      waiting.delete(row);
      if (!isDirty(row)) say(row, "", row.hasAttribute("data-missing") ? words.tEmpty : "");
      settled();
      event.preventDefault();
      return;
    }
    const left = event.key === "ArrowLeft", right = event.key === "ArrowRight";
    if (!left && !right) return;
    const whole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    const edge = left ? input.selectionEnd === 0 : input.selectionStart === input.value.length;
    if (!whole && !edge) return;
    const own = cells(row), other = own[own.indexOf(input) + (left ? -1 : 1)];
    if (!other) return;
    event.preventDefault();
    other.focus();
    other.select();
  });

  /* ---- filters: at once on the loaded rows, kept in the address (the form does it without this script) ---- */
  const bar = document.querySelector("form.filter-bar");
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  /* looked up once for all lines: of 2,000 each keystroke counts */
  let folded = null;
  function applyFilter() {
    const data = new FormData(bar);
    const types = new Set(data.getAll("contracttype")), qualifications = new Set(data.getAll("kwalificatie"));
    const search = fold(String(data.get("zoek") || "")).split(/\s+/).filter(Boolean);
    let shown = 0;
    folded = folded || new Map(lines.map((row) => [row, fold(row.querySelector(".g-name").textContent)]));
    const hiddenKeys = new Set();
    lines.forEach((row) => {
      const name = folded.get(row);
      const pass = (!types.size || types.has(row.dataset.t)) && (!qualifications.size || qualifications.has(row.dataset.k))
        && search.every((word) => name.includes(word));
      row.hidden = !pass && row.dataset.state !== "error" && row.dataset.state !== "conflict";
      shown += row.hidden ? 0 : 1;
      if (row.hidden) hiddenKeys.add(key(row));
    });
    body.querySelectorAll("tr.g-message").forEach((one) => { one.hidden = hiddenKeys.has(one.dataset.for); });
    const query = new URLSearchParams();
    data.forEach((value, name) => { if (value) query.append(name, value); });
    const text = query.toString() ? `?${query}` : "";
    history.replaceState(null, "", location.pathname + text + location.hash);
    if (form) {
      form.action = form.action.split("?")[0] + text;
      form.querySelectorAll("[formaction]").forEach((button) => { button.formAction = button.formAction.split("?")[0] + text; });
    }
    result(text ? `${shown} ${bar.dataset.shown || words.tShown || ""}` : "");
  }
  function result(text) {
    let line = bar.querySelector("[role='status']");
    if (!line) {
      const box = document.createElement("div");
      box.className = "filter-bar__result";
      line = document.createElement("p");
      line.setAttribute("role", "status");
      box.append(line);
      bar.append(box);
    }
    if (line.textContent !== text) line.textContent = text;
  }
  if (bar) {
    bar.addEventListener("input", applyFilter);
    bar.addEventListener("submit", (event) => { event.preventDefault(); applyFilter(); });
  }

  /* ---- a link to a row: show it, and start typing ---- */
  function openTarget() {
    const row = location.hash.startsWith("#l-") ? document.getElementById(location.hash.slice(1)) : null;
    if (!row) return;
    row.hidden = false;
    const input = cells(row)[0];
    if (input) input.focus({ preventScroll: true });
    row.scrollIntoView({ block: "center" });
  }
  window.addEventListener("hashchange", openTarget);
  openTarget();
})();
