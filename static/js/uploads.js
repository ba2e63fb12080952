/* Files of a draft: several at once, dropped or chosen, with progress, to be stopped or tried again (templates/macros/attachments.html).
   Each file is the body of a request of its own. Without this script the form sends them all. */
(function () {
  "use strict";
  const AT_ONCE = 2;
  const LOOK_AGAIN = 4000;

  function start(box) {
    const form = box.querySelector("form.uploads__form");
    const input = form.querySelector("input[type=file]");
    const drop = box.querySelector("[data-uploads-drop]");
    const queue = box.querySelector("[data-uploads-queue]");
    const status = box.querySelector("[data-uploads-status]");
    const list = box.querySelector("[data-uploads-list]");
    const words = box.dataset;
    const waiting = [];
    let running = 0;

    /* the text is kept by itself: without this script it goes along with the files */
    [input, box.querySelector("[data-uploads-submit]")].forEach((one) => one.removeAttribute("form"));
    box.querySelector("[data-uploads-submit]").hidden = true;
    box.querySelector("[data-uploads-drop-hint]").hidden = false;

    function element(name, className, text) {
      const made = document.createElement(name);
      if (className) made.className = className;
      if (text) made.textContent = text;
      return made;
    }
    function button(text, name, act) {
      const made = element("button", "btn btn-link", text);
      made.type = "button";
      made.append(element("span", "visually-hidden", `: ${name}`));
      made.addEventListener("click", act);
      return made;
    }

    function add(file) {
      const slot = form.elements.slot ? form.elements.slot.value : "";
      const item = { file, slot, row: element("li", "uploads__sending"), request: null };
      item.bar = element("progress");
      item.bar.max = 100;
      item.bar.value = 0;
      item.bar.setAttribute("aria-label", `${words.sending}: ${file.name}`);
      item.text = element("span", "uploads__progress", words.waiting);
      item.acts = element("span", "uploads__acts");
      item.row.append(element("span", "uploads__name", file.name), item.bar, item.text, item.acts);
      queue.append(item.row);
      enqueue(item);
    }
    function enqueue(item) {
      const limit = Number(words.largest);
      if (!item.file.size || item.file.size > limit) { failed(item, item.file.size ? words.tooBig : words.empty, false); return; }
      item.row.className = "uploads__sending";
      item.bar.hidden = false;
      item.bar.value = 0;
      item.text.textContent = words.waiting;
      item.acts.replaceChildren(button(words.cancel, item.file.name, () => cancel(item)));
      waiting.push(item);
      next();
    }
    function next() {
      while (running < AT_ONCE && waiting.length) { running += 1; send(waiting.shift()); }
    }
    function cancel(item) {
      const place = waiting.indexOf(item);
      if (place >= 0) { waiting.splice(place, 1); stopped(item); } else if (item.request) item.request.abort();
    }
    function stopped(item) {
      failed(item, words.cancelled, true);
    }

    function send(item) {
      const address = new URL(words.address, location.href);
      address.searchParams.set("naam", item.file.name);
      if (item.slot) address.searchParams.set("slot", item.slot);
      const request = new XMLHttpRequest();
      item.request = request;
      request.open("PUT", address);
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.setRequestHeader("X-CSRFToken", form.elements.csrf_token.value);
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        const done = Math.floor((100 * event.loaded) / event.total);
        item.bar.value = done;
        item.text.textContent = done < 100 ? `${done} %` : words.checking;
      });
      request.addEventListener("load", () => answered(item, request));
      request.addEventListener("error", () => failed(item, words.failed, true));
      request.addEventListener("abort", () => stopped(item));
      request.addEventListener("loadend", () => { item.request = null; running -= 1; next(); });
      request.send(item.file);
    }
    function answered(item, request) {
      let said = {};
      try { said = JSON.parse(request.responseText); } catch (error) { /* a page instead of an answer */ }
      if (request.status === 201) {
        status.textContent = said.message || `${said.name} ${words.added}`;
        item.row.remove();
        item.again = false;
        if (item.slot && form.elements.slot.value === item.slot) form.elements.slot.value = "";
        refresh();
      } else if ([400, 401].includes(request.status) && !item.again && window.loket && loket.session) {
        /* the file waits here for signing in aside, then goes with the token of the new session */
        item.again = true;
        item.text.textContent = words.signedOut;
        loket.session.alive().then((alive) => { if (alive) enqueue(item); else failed(item, words.failed, true); });
      } else {
        const message = said.message || (request.status === 401 ? words.signedOut : request.status === 413 ? words.tooBig : words.failed);
        failed(item, message, request.status >= 500 || request.status === 429);
      }
    }
    function failed(item, message, again) {
      item.row.className = "uploads__sending uploads__sending--failed";
      item.bar.hidden = true;
      item.text.textContent = message;
      status.textContent = `${item.file.name}: ${message}`;
      const acts = [button(words.dismiss, item.file.name, () => { item.row.remove(); input.focus(); })];
      if (again) acts.unshift(button(words.retry, item.file.name, () => enqueue(item)));
      item.acts.replaceChildren(...acts);
    }

    async function refresh() {
      const address = new URL(words.address, location.href);
      address.searchParams.set("terug", words.back);
      const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" }).catch(() => null);
      if (!answer || !answer.ok || answer.redirected) return;
      const made = new DOMParser().parseFromString((await answer.json()).html, "text/html");
      const held = list.contains(document.activeElement) ? document.activeElement.closest("li") : null;
      if (list.innerHTML === made.body.innerHTML) { lookAgain(); return; }
      list.replaceChildren(...Array.from(made.body.childNodes, (node) => document.importNode(node, true)));
      if (held) { const same = document.getElementById(held.id); if (same) { const first = same.querySelector("a, button"); if (first) first.focus(); } }
      lookAgain();
    }
    let timer = 0;
    function lookAgain() {
      clearTimeout(timer);
      if (list.querySelector(".uploads__file--received")) timer = setTimeout(refresh, LOOK_AGAIN);
    }

    function addChosen() { Array.from(input.files).forEach(add); input.value = ""; }
    input.addEventListener("change", addChosen);
    form.addEventListener("submit", (event) => { event.preventDefault(); addChosen(); });
    for (const name of ["dragenter", "dragover"]) {
      drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("uploads__drop--over"); });
    }
    drop.addEventListener("dragleave", (event) => { if (!drop.contains(event.relatedTarget)) drop.classList.remove("uploads__drop--over"); });
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("uploads__drop--over");
      Array.from(event.dataTransfer.files).forEach(add);
    });
    window.addEventListener("beforeunload", (event) => { if (running || waiting.length) event.preventDefault(); });
    lookAgain();
    // Who is quick chose files before this script was there.
    addChosen();
  }

  document.querySelectorAll("[data-uploads]").forEach(start);
})();
