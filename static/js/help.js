/* The button "Hulp nodig?" opens its choices in place. Without this script it is a link to the same choices. */
(() => {
  "use strict";
  const button = document.querySelector("a.help-button[data-help]");
  if (!button || !window.HTMLDialogElement || document.querySelector("[data-help-content]")) return;
  const texts = (window.loket && window.loket.words) || {};
  let dialog, content;

  function build() {
    dialog = document.createElement("dialog");
    dialog.className = "help-window";
    dialog.id = "hulp-venster";
    dialog.setAttribute("aria-labelledby", "hulp-venster-titel");
    const bar = document.createElement("div");
    bar.className = "help-window__bar";
    const title = document.createElement("h2");
    title.id = "hulp-venster-titel";
    title.tabIndex = -1;
    title.textContent = button.textContent;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn btn-link";
    close.textContent = texts.close;
    close.addEventListener("click", shut);
    bar.append(title, close);
    content = document.createElement("div");
    content.className = "help-window__content";
    content.setAttribute("aria-live", "polite");
    dialog.append(bar, content);
    button.closest("aside").append(dialog);
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      shut();
    });
    dialog.addEventListener("close", () => button.setAttribute("aria-expanded", "false"));
  }

  function shut() {
    dialog.close();
    button.focus();
  }

  async function open() {
    if (!dialog) build();
    dialog.show();
    button.setAttribute("aria-expanded", "true");
    dialog.querySelector("h2").focus();
    if (content.dataset.loaded) return;
    try {
      const answer = await fetch(button.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.querySelectorAll("[data-help-content]");
      if (!answer.ok || !found.length) throw new Error("no help");
      content.replaceChildren(...Array.from(found, (part) => document.importNode(part, true)));
      const all = document.createElement("p");
      const link = document.createElement("a");
      link.href = button.href;
      link.textContent = texts.allHelp;
      all.append(link);
      content.append(all);
      content.dataset.loaded = "1";
    } catch (error) {
      const failed = document.createElement("p");
      failed.textContent = texts.helpFailed;
      content.replaceChildren(failed);
    }
  }

  button.setAttribute("role", "button");
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (dialog && dialog.open) shut();
    else open();
  });
  button.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    button.click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && dialog && dialog.open && event.target === button) shut();
  });
})();
