/* Makes pages pleasanter; everything works without it. No dependencies. Behaviour hangs on data-attributes. */
(function () {
  "use strict";
  const texts = (window.loket && window.loket.words) || {};
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  /* -- menus (details): close with Escape, or by a click or focus elsewhere -- */
  function closeMenus(except) {
    all("details[data-menu][open]").forEach((menu) => { if (!menu.contains(except)) menu.open = false; });
  }
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("focusin", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest && event.target.closest("details[data-menu][open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  /* -- messages that can be put away -- */
  function enhanceFlashes() {
    all("[data-flash]").forEach((flash) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "icon-button flash__close";
      button.setAttribute("aria-label", texts.closeMessage || "");
      button.textContent = "×";
      button.addEventListener("click", () => flash.remove());
      flash.append(button);
    });
  }

  /* -- codes: copy -- */
  function enhanceCopy(root) {
    if (!navigator.clipboard) return;
    all("[data-copy]", root).forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(button.parentElement.querySelector("[data-copy-text]").textContent.trim());
        const said = document.createElement("span");
        said.setAttribute("role", "status");
        said.className = "copy-code__said";
        button.after(said);
        said.textContent = button.dataset.copied;
        setTimeout(() => said.remove(), 3000);
      });
    });
  }

  /* -- unsaved changes: ask before leaving -- */
  const dirty = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.hasAttribute("data-unsaved") && !dirty.has(form)) { dirty.add(form); setSaveState(form, "unsaved"); }
  });
  document.addEventListener("submit", (event) => dirty.delete(event.target));
  document.addEventListener("thrown-away", (event) => dirty.delete(event.detail));
  window.addEventListener("beforeunload", (event) => { if (dirty.size) event.preventDefault(); });

  /* -- 'Bewaard om 10:42': form.dispatchEvent(new CustomEvent("save-state", {bubbles: true, detail: {state: "saved", time: "10:42"}})) -- */
  function setSaveState(form, state, time) {
    const line = form.querySelector("[data-save-state]") || document.querySelector(`[data-save-state][data-for="${form.id}"]`);
    if (!line) return;
    line.dataset.saveState = state;
    const words = { saved: `${line.dataset.saved} ${time || ""}`, saving: line.dataset.saving, failed: line.dataset.failed, unsaved: line.dataset.dirty };
    line.textContent = (words[state] || "").trim();
    if (state === "saved") dirty.delete(form);
  }
  document.addEventListener("save-state", (event) => setSaveState(event.target, event.detail.state, event.detail.time));

  /* -- side panel: the linked page's [data-panel-content] in a dialog; any doubt means following the link -- */
  async function openPanel(link) {
    let page;
    try {
      const answer = await fetch(link.href, { headers: { "X-Requested-With": "panel" }, credentials: "same-origin" });
      page = answer.ok && !answer.redirected ? readPanel(await answer.text()) : null;
    } catch (error) { page = null; }
    if (!page) { location.href = link.href; return; }
    const dialog = document.createElement("dialog");
    dialog.className = "panel";
    dialog.innerHTML = '<div class="panel__bar"><button type="button" class="btn btn-link" data-panel-close></button></div><div class="panel__body"></div>';
    dialog.querySelector("[data-panel-close]").textContent = texts.close || "";
    const body = dialog.querySelector(".panel__body");
    fillPanel(dialog, body, page, link.href);
    document.body.append(dialog);
    dialog.addEventListener("click", (event) => {
      if (event.target.closest("[data-panel-close]")) { event.preventDefault(); dialog.close(); }
    });
    dialog.addEventListener("close", () => { all("form", dialog).forEach((form) => dirty.delete(form)); dialog.remove(); link.focus(); });
    dialog.showModal();
  }
  function readPanel(html) {
    return new DOMParser().parseFromString(html, "text/html").querySelector("[data-panel-content]");
  }
  function fillPanel(dialog, body, content, address) {
    body.replaceChildren(document.importNode(content, true));
    const title = body.querySelector("h1");
    if (title) { title.id = "paneel-titel"; dialog.setAttribute("aria-labelledby", title.id); }
    all("form", body).forEach((form) => {
      if (!form.getAttribute("action")) form.action = address;
      form.addEventListener("submit", (event) => { event.preventDefault(); sendPanel(dialog, body, form, event.submitter); });
    });
    enhance(body);
    body.dispatchEvent(new CustomEvent("panel-filled", { bubbles: true }));
    focusSummary(body);
  }
  function sendAsPage(form, submitter) {
    if (submitter && submitter.name) {
      const pressed = document.createElement("input");
      pressed.type = "hidden";
      pressed.name = submitter.name;
      pressed.value = submitter.value;
      form.append(pressed);
    }
    dirty.clear();
    HTMLFormElement.prototype.submit.call(form);
  }
  async function sendPanel(dialog, body, form, submitter) {
    if (form.dataset.sending) return;
    form.dataset.sending = "1";
    try {
      /* a redirect means done; it is not followed, so that the next page shows the message: the one behind the panel, or that of data-after */
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form, submitter), headers: { "X-Requested-With": "panel" }, credentials: "same-origin", redirect: "manual" });
      if (answer.type === "opaqueredirect") { dirty.clear(); if (form.dataset.after) location.href = form.dataset.after; else location.reload(); return; }
      const content = readPanel(await answer.text());
      if (!content && answer.status === 401 && window.loket && loket.session && await loket.session.alive()) { delete form.dataset.sending; sendPanel(dialog, body, form, submitter); return; }
      /* a refusal with a page of its own (somebody else changed it, it is gone): nothing was saved, so send it again as a page */
      if (!content && [403, 404, 409].includes(answer.status)) { sendAsPage(form, submitter); return; }
      if (!content) throw new Error("no panel in the answer");
      dialog.dataset.answered = "";
      fillPanel(dialog, body, content, form.action);
      if (!body.querySelector("[data-focus]")) (body.querySelector("[autofocus]") || body.querySelector("input:not([type=hidden]), select, textarea, button")).focus();
    } catch (error) {
      delete form.dataset.sending;
      let message = body.querySelector("[data-panel-failed]");
      if (!message) {
        message = document.createElement("p");
        message.className = "form-error";
        message.dataset.panelFailed = "";
        message.setAttribute("role", "alert");
        form.prepend(message);
      }
      message.textContent = texts.noAnswer || "";
    }
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-panel]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || !window.HTMLDialogElement || link.closest("dialog")) return;
    event.preventDefault();
    openPanel(link);
  });

  /* -- lists: choose all rows, count the chosen ones -- */
  function enhanceSelection(root) {
    all("[data-select-all]", root).forEach((master) => {
      const id = master.dataset.selectAll;
      const boxes = () => all(`input[type="checkbox"][form="${id}"]`);
      const count = document.querySelector(`[data-selected-count="${id}"]`);
      const tell = () => {
        const chosen = boxes().filter((box) => box.checked).length;
        master.checked = chosen > 0 && chosen === boxes().length;
        master.indeterminate = chosen > 0 && !master.checked;
        if (count) count.textContent = `(${chosen})`;
      };
      master.hidden = false;
      master.addEventListener("change", () => { boxes().forEach((box) => { box.checked = master.checked; }); tell(); });
      document.addEventListener("change", (event) => { if (event.target.getAttribute("form") === id) tell(); });
      tell();
    });
  }

  /* -- filters: what is empty does not belong in the address -- */
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-drop-empty], form.filter-bar")) return;
    const empty = all("input, select", event.target).filter((input) => !input.disabled && input.value === "");
    empty.forEach((input) => { input.disabled = true; });
    setTimeout(() => empty.forEach((input) => { input.disabled = false; }));
  });

  /* -- errors first -- */
  function focusSummary(root) {
    const summary = (root || document).querySelector("[data-focus]");
    if (summary) summary.focus();
  }

  function enhance(root) { enhanceCopy(root); enhanceSelection(root); }
  enhanceFlashes();
  enhance(document);
  focusSummary(document);
})();
