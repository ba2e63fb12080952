/* Keeps what is typed in a form [data-keep] on this device until the server says that it has it (ADR 12), and sends only while the session lives.
   Needs keep-store.js and session.js. The grid brings its own way of reading (grid-keep.js). No dependencies. */
(function () {
  "use strict";
  const loket = window.loket || {};
  const store = loket.store, session = loket.session;
  const meta = document.querySelector("meta[name='bewaren']");
  const texts = document.querySelector("template[data-keep-texts]");
  if (!store || !session || !meta || !texts) return;
  const words = texts.dataset;
  const FORMS = "form[data-keep], form[data-autosave]";
  const IDLE = 300;
  const GLANCE = 120000;
  const RETRY = [2000, 4000, 8000, 15000, 30000];
  /* neither what is secret nor what names a person by number */
  const NEVER = /^(csrf_token|_ontvangst|_voor|version)$|national_number|rijksregister|insz|niss|password|wachtwoord|^pin$/i;
  const answered = meta.dataset.method === "POST";
  const states = new WeakMap();
  const passing = new WeakSet();

  /* ---- reading and writing a form ------------------------------------------ */
  const choice = (input) => input.type === "checkbox" || input.type === "radio";
  const fields = (form) => Array.from(form.elements).filter((input) => input.name && !NEVER.test(input.name) && !input.closest("[data-keep-never]")
    && !["hidden", "file", "password", "submit", "button", "reset", "image", "fieldset", "output"].includes(input.type) && !/password|one-time-code/.test(input.autocomplete || ""));
  function read(form, first) {
    const found = {};
    fields(form).forEach((input) => {
      const list = found[input.name] = found[input.name] || [];
      if (choice(input)) { if (first ? input.defaultChecked : input.checked) list.push(input.value); return; }
      if (!input.options || input.tagName === "INPUT") { list.push((first ? input.defaultValue : input.value).replace(/\r\n/g, "\n")); return; }
      const chosen = Array.from(input.options).filter((option) => (first ? option.defaultSelected : option.selected));
      if (first && !chosen.length && !input.multiple && input.options.length) chosen.push(input.options[0]);
      list.push(...chosen.map((option) => option.value));
    });
    return found;
  }
  function write(form, values) {
    const place = {};
    fields(form).forEach((input) => {
      const list = values[input.name];
      if (!list) return;
      if (choice(input)) input.checked = list.includes(input.value);
      else if (input.multiple && input.options) Array.from(input.options).forEach((option) => { option.selected = list.includes(option.value); });
      else { const at = place[input.name] = (place[input.name] || 0) + 1; if (at <= list.length) input.value = list[at - 1]; }
    });
    fields(form).forEach((input) => { if (values[input.name]) input.dispatchEvent(new Event("input", { bubbles: true })); });
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const names = (one, other) => Array.from(new Set([...Object.keys(one), ...Object.keys(other)]));
  const sameList = (one, other) => (one || []).join("\u0000") === (other || []).join("\u0000");
  const same = (one, other) => names(one, other).every((name) => sameList(one[name], other[name]));
  const version = (form) => { const input = form.elements.namedItem("version"); return input && "value" in input ? input.value : ""; };

  /* ---- the state of a form --------------------------------------------------- */
  function stateOf(form) {
    let state = states.get(form);
    if (state) return state;
    const action = new URL(form.getAttribute("action") || location.href, location.href);
    const address = form.dataset.keepAt || action.pathname + action.search;
    state = { place: `${form.dataset.keep || form.id} ${address}`, base: read(form, true), offered: null, at: 0, timer: 0, typed: false, sending: false, grid: null, attended: null, thrown: false };
    states.set(form, state);
    return state;
  }
  function entry(form, state) {
    if (state.grid) return state.grid.entry();
    const values = read(form);
    return same(values, state.base) ? null : { values, base: state.base, version: version(form) };
  }
  /** Put on this device what is not yet with the server; with a nonce: what is now being sent. */
  async function keepNow(form, nonce) {
    const state = stateOf(form);
    clearTimeout(state.timer);
    if (!store.able) return false;
    /* who is quick types before it was read what lies there */
    await state.attended;
    /* who signs out and throws it away means it: a line that is still being sent does not come back */
    if (state.thrown) return false;
    const made = entry(form, state);
    if (!made) { await (state.offered ? store.put(state.place, state.offered) : store.drop(state.place)); state.at = 0; delete form.dataset.kept; return false; }
    state.at = await store.put(state.place, Object.assign(made, { title: document.title, url: location.pathname + location.search, sent: nonce || null, earlier: state.offered }));
    form.dataset.kept = "";
    return true;
  }
  function soon(form) {
    const state = stateOf(form);
    clearTimeout(state.timer);
    state.timer = setTimeout(() => keepNow(form).catch(() => {}), IDLE);
  }
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || !form.matches(FORMS)) return;
    stateOf(form).typed = true;
    if (!stateOf(form).grid) soon(form);
    session.glance(GLANCE);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") forms().forEach((form) => { if (stateOf(form).typed) keepNow(form).catch(() => {}); });
  });
  const forms = () => Array.from(document.querySelectorAll(FORMS));
  /* on a slow line a page can be typed in before its scripts are there: once all are, they are told what they missed */
  function changed(input) {
    if (choice(input)) return input.checked !== input.defaultChecked;
    if (input.tagName !== "SELECT") return input.value !== input.defaultValue;
    const own = Array.from(input.options).some((option) => option.defaultSelected);
    return Array.from(input.options).some((option) => option.selected && !option.defaultSelected && (own || input.multiple || option.index > 0));
  }
  document.addEventListener("DOMContentLoaded", () => forms().forEach((form) => fields(form).filter(changed).forEach((input) => input.dispatchEvent(new Event("input", { bubbles: true })))));

  /* ---- what is said ------------------------------------------------------------ */
  const clock = (at) => {
    const moment = new Date(at), zone = { timeZone: "Europe/Brussels" }, lang = document.documentElement.lang;
    const day = (when) => when.toLocaleDateString("nl", zone);
    const time = moment.toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...zone });
    return day(moment) === day(new Date()) ? time : `${moment.toLocaleDateString(lang, { weekday: "long", day: "numeric", month: "long", ...zone })} ${time}`;
  };
  function line(form, text) {
    let place = form.querySelector("[data-save-state], [data-grid-state], [data-keep-state]");
    if (!place && text) {
      place = document.createElement("p");
      place.className = "save-state";
      place.dataset.keepState = "";
      place.setAttribute("role", "status");
      form.append(place);
    }
    if (!place || (!text && !("keepAway" in place.dataset))) return;
    if (text) place.dataset.keepAway = ""; else delete place.dataset.keepAway;
    if (place.textContent !== text) place.textContent = text;
  }
  const away = (form) => { const at = stateOf(form).at; return at ? words.away.replace("{time}", clock(at)) : words.awayNotKept; };
  window.addEventListener("offline", () => forms().forEach(async (form) => {
    if (await keepNow(form).catch(() => false)) line(form, away(form));
  }));
  window.addEventListener("online", () => forms().forEach((form) => { if (!stateOf(form).sending) line(form, ""); }));

  /* ---- sending ------------------------------------------------------------------- */
  const nonce = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  function carry(form, name, value) {
    let input = form.querySelector(`input[type=hidden][name='${name}']`);
    if (!input) { input = document.createElement("input"); input.type = "hidden"; input.name = name; form.append(input); }
    input.value = value;
  }
  const pause = (wait) => new Promise((resolve) => {
    const timer = setTimeout(resolve, wait);
    window.addEventListener("online", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
  async function send(form, submitter) {
    const state = stateOf(form), receipt = nonce();
    if (state.sending) return;
    state.sending = true;
    state.typed = false;
    form.setAttribute("aria-busy", "true");
    if (await keepNow(form, receipt).catch(() => false)) carry(form, "_ontvangst", receipt);
    for (let attempt = 0; form.isConnected && !(await session.alive()); attempt += 1) {
      line(form, away(form));
      await pause(RETRY[Math.min(attempt, RETRY.length - 1)]);
      if (state.typed) break;
    }
    form.removeAttribute("aria-busy");
    state.sending = false;
    if (!form.isConnected) return;
    /* who typed on while it waited, says again when it is to be sent */
    if (state.typed) { line(form, words.again); return; }
    line(form, "");
    pass(form, submitter);
  }
  function pass(form, submitter) {
    passing.add(form);
    try { form.requestSubmit(submitter && submitter.isConnected && submitter.form === form ? submitter : null); } finally { passing.delete(form); }
  }
  window.addEventListener("submit", (event) => {
    const form = event.target;
    if (passing.has(form) || !form.matches(`${FORMS}, form[data-sign-out]`)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.hasAttribute("data-sign-out")) signOut(form, event.submitter); else send(form, event.submitter);
  }, true);

  /* ---- the server has it ----------------------------------------------------------- */
  /** An answer to what a script sent: the values as they were sent are with the server. */
  async function acknowledged(form, sent) {
    const state = stateOf(form);
    state.base = sent;
    await keepNow(form).catch(() => {});
  }
  /** The answer to a form was a page that says it is done: the server left a cookie for it. */
  async function settleReceipts() {
    const received = document.cookie.split("; ").map((one) => (one.match(/^ontvangen-([\w-]{22})=1$/) || [])[1]).filter(Boolean);
    if (!received.length) return;
    const done = (await store.own()).filter((one) => received.includes(one.sent));
    await store.forget(done.map((one) => one.id));
    const secure = location.protocol === "https:" ? "; Secure" : "";
    received.forEach((one) => { document.cookie = `ontvangen-${one}=; Max-Age=0; Path=/; SameSite=Strict${secure}`; });
  }

  /* ---- what was not sent is offered -------------------------------------------------- */
  function label(form, name) {
    const input = fields(form).find((one) => one.name === name);
    if (!input) return name;
    const legend = choice(input) && input.closest("fieldset") && input.closest("fieldset").querySelector("legend");
    const own = input.labels && input.labels[0];
    return ((legend || own || {}).textContent || input.getAttribute("aria-label") || name).replace(/\*\s*$/, "").trim();
  }
  function told(form, name, list) {
    const inputs = fields(form).filter((one) => one.name === name);
    const text = (value) => {
      const input = inputs.find((one) => (choice(one) ? one.value === value : one.options));
      if (!input) return value;
      if (choice(input)) return (input.labels[0] || {}).textContent || value;
      const option = Array.from(input.options).find((one) => one.value === value);
      return option ? option.textContent : value;
    };
    return (list || []).map(text).map((one) => one.trim()).filter(Boolean).join(", ") || "–";
  }
  /** rows: [label, now, typed]; buttons act and the offer goes. putBack may give the field to go on in. */
  function offer(form, kept, rows, newer, putBack) {
    const state = stateOf(form);
    const box = document.importNode(texts.content, true).querySelector("[data-keep-offer]");
    box.querySelector("[data-newer]").hidden = !newer;
    const details = box.querySelector("details");
    details.open = newer;
    rows.forEach((cells) => {
      const row = document.createElement("tr");
      cells.forEach((text, place) => {
        const cell = document.createElement(place ? "td" : "th");
        if (place) cell.dataset.label = place === 1 ? words.now : words.typed; else cell.scope = "row";
        cell.textContent = text;
        row.append(cell);
      });
      details.querySelector("tbody").append(row);
    });
    const settle = async (act) => {
      state.offered = null;
      box.remove();
      act();
      await keepNow(form).catch(() => {});
      if (kept.earlier) consider(form, kept.earlier);
    };
    box.querySelector("[data-put-back]").addEventListener("click", () => settle(() => { const first = putBack(); if (first) first.focus(); else focusFirst(form); }));
    box.querySelector("[data-throw-away]").addEventListener("click", () => settle(() => focusFirst(form)));
    form.prepend(box);
    box.querySelector("[data-offer-text]").textContent = words.offer.replace("{time}", clock(kept.at));
    state.offered = kept;
  }
  const focusFirst = (form) => { const first = fields(form).find((input) => !input.disabled && input.offsetParent); if (first) first.focus(); };
  function consider(form, kept) {
    const state = stateOf(form);
    if (state.grid) { state.grid.consider(kept); return; }
    /* the page of a refusal shows what was typed: nothing to offer, and not yet with the server */
    if (answered || form.closest("dialog[data-answered]")) { state.base = kept.base || state.base; state.at = kept.at; return; }
    if (same(kept.values, state.base)) { store.drop(state.place); return; }
    if (same(kept.values, read(form))) { state.at = kept.at; return; }
    const rows = names(kept.values, state.base).filter((name) => !sameList(kept.values[name], state.base[name]))
      .map((name) => [label(form, name), told(form, name, state.base[name]), told(form, name, kept.values[name])]);
    offer(form, kept, rows, version(form) !== (kept.version || ""), () => { write(form, kept.values); });
  }
  /** Look whether something of this form lies on the device; once, before anything is put there. */
  async function attend(form, grid) {
    const state = stateOf(form);
    if (grid) state.grid = grid;
    if (!store.able) return;
    const found = ready.then(() => store.get(state.place)).catch(() => null);
    state.attended = found.then((kept) => { if (kept && form.isConnected) consider(form, kept); });
    await state.attended;
  }

  /* ---- signing out -------------------------------------------------------------------- */
  async function signOut(form, submitter) {
    await Promise.all(forms().map((one) => (stateOf(one).typed ? keepNow(one).catch(() => {}) : null)));
    const own = store.able ? await store.own().catch(() => []) : [];
    if (!own.length) { pass(form, submitter); return; }
    const dialog = document.importNode(texts.content, true).querySelector("[data-sign-out-question]");
    own.forEach((one) => {
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = one.url && one.url.startsWith("/") && !one.url.startsWith("//") ? one.url : "/";
      link.textContent = (one.title || "").replace(/ – Dossierloket$/, "");
      item.append(link, ` (${clock(one.at)})`);
      dialog.querySelector("ul").append(item);
    });
    document.body.append(dialog);
    dialog.addEventListener("close", () => dialog.remove());
    dialog.querySelector("[data-stay]").addEventListener("click", () => dialog.close());
    dialog.querySelector("[data-leave]").addEventListener("click", async () => {
      forms().forEach((one) => { Object.assign(stateOf(one), { typed: false, thrown: true }); document.dispatchEvent(new CustomEvent("thrown-away", { detail: one })); });
      await store.forget(own.map((one) => one.id)).catch(() => {});
      dialog.close();
      pass(form, submitter);
    });
    dialog.showModal();
  }

  const ready = store.able ? settleReceipts().then(store.sweep).catch(() => {}) : Promise.resolve();
  loket.keep = { read, attend, keepNow, soon, acknowledged, away, offer, line, state: stateOf };
  document.addEventListener("panel-filled", (event) => event.target.querySelectorAll(FORMS).forEach((form) => attend(form)));
  Promise.all(forms().filter((form) => !form.hasAttribute("data-grid-form")).map((form) => attend(form))).then(() => { document.documentElement.dataset.keepReady = ""; });
})();
