/* Where entries are kept on this device: IndexedDB, enciphered (AES-GCM) with the key of who is signed in, which only pages of that person hold.
   What lies there says nothing: an id (keyed digest of the address and the form), whose it is (a mark that names nobody), and when. No dependencies. */
(function () {
  "use strict";
  const loket = window.loket = window.loket || {};
  const meta = document.querySelector("meta[name='bewaren']");
  const able = meta && window.indexedDB && window.crypto && crypto.subtle && window.TextEncoder;
  const OLDEST = 7 * 24 * 3600 * 1000;
  const bytes = (text) => new TextEncoder().encode(text);
  const raw = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const owner = meta ? meta.content : "";

  let opening = null, keys = null;
  function database() {
    opening = opening || new Promise((resolve, reject) => {
      const asked = indexedDB.open("dossierloket", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("invoer", { keyPath: "id" }).createIndex("owner", "owner");
      asked.onsuccess = () => { asked.result.onversionchange = () => asked.result.close(); resolve(asked.result); };
      asked.onerror = () => reject(asked.error);
    });
    return opening;
  }
  async function inStore(mode, act) {
    const store = await database();
    return new Promise((resolve, reject) => {
      const work = store.transaction("invoer", mode);
      const asked = act(work.objectStore("invoer"));
      work.oncomplete = () => resolve(asked && asked.result);
      work.onabort = work.onerror = () => reject(work.error);
    });
  }
  function ownKeys() {
    keys = keys || Promise.all([
      crypto.subtle.importKey("raw", raw(meta.dataset.key), "AES-GCM", false, ["encrypt", "decrypt"]),
      crypto.subtle.importKey("raw", raw(meta.dataset.key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]),
    ]);
    return keys;
  }
  async function idOf(place) {
    const [, naming] = await ownKeys();
    return hex(await crypto.subtle.sign("HMAC", naming, bytes(place)));
  }
  async function open(row) {
    try {
      const [reading] = await ownKeys();
      const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv, additionalData: bytes(row.id) }, reading, row.sealed);
      return Object.assign(JSON.parse(new TextDecoder().decode(text)), { at: row.at, id: row.id });
    } catch (error) { await inStore("readwrite", (store) => store.delete(row.id)); return null; }
  }

  /** Writes go one after the other, so that the last one stays. */
  let line = Promise.resolve();
  const inLine = (act) => { line = line.then(act, act); return line; };

  loket.store = {
    able: Boolean(able),
    owner,
    /** Keep an entry under a place (address and name of a form); gives the moment, in milliseconds. */
    put: (place, entry) => inLine(async () => {
      const id = await idOf(place), at = entry.at || Date.now(), iv = crypto.getRandomValues(new Uint8Array(12));
      const [sealing] = await ownKeys();
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bytes(id) }, sealing, bytes(JSON.stringify(entry)));
      await inStore("readwrite", (store) => store.put({ id, owner, at, iv, sealed }));
      return at;
    }),
    get: (place) => inLine(async () => {
      const id = await idOf(place);
      const row = await inStore("readonly", (store) => store.get(id));
      return row && row.owner === owner ? open(row) : null;
    }),
    drop: (place) => inLine(async () => { const id = await idOf(place); await inStore("readwrite", (store) => store.delete(id)); }),
    /** All entries of who is signed in, newest first. */
    own: () => inLine(async () => {
      const rows = await inStore("readonly", (store) => store.index("owner").getAll(owner));
      return (await Promise.all(rows.map(open))).filter(Boolean).sort((one, other) => other.at - one.at);
    }),
    forget: (ids) => inLine(() => inStore("readwrite", (store) => ids.forEach((id) => store.delete(id)))),
    /** Whosever it is: after seven days it goes. */
    sweep: () => inLine(async () => {
      const rows = await inStore("readonly", (store) => store.getAll());
      const old = rows.filter((row) => !(row.at > Date.now() - OLDEST)).map((row) => row.id);
      if (old.length) await inStore("readwrite", (store) => old.forEach((id) => store.delete(id)));
    }),
  };
})();
