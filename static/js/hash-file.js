/* The SHA-256 of a chosen or dropped file, in the browser: only the digest is sent. Any size, piece by piece. */
(function () {
  "use strict";

  const K = new Uint32Array([
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
  ]);
  const PIECE = 4 * 1024 * 1024;

  /* SHA-256 that takes its input in pieces; SubtleCrypto wants all of it at once. */
  class Sha256 {
    constructor() {
      this.state = new Uint32Array([0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]);
      this.words = new Uint32Array(64);
      this.block = new Uint8Array(64);
      this.held = 0;
      this.length = 0;
    }

    update(bytes) {
      this.length += bytes.length;
      let place = 0;
      if (this.held) {
        place = Math.min(64 - this.held, bytes.length);
        this.block.set(bytes.subarray(0, place), this.held);
        this.held += place;
        if (this.held < 64) return;
        this.compress(this.block, 0);
        this.held = 0;
      }
      for (; place + 64 <= bytes.length; place += 64) this.compress(bytes, place);
      this.block.set(bytes.subarray(place), 0);
      this.held = bytes.length - place;
    }

    compress(bytes, at) {
      const w = this.words, s = this.state;
      for (let i = 0; i < 16; i += 1, at += 4) w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
      for (let i = 16; i < 64; i += 1) {
        const x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ (x >>> 3)) + w[i - 7] + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ (y >>> 10));
      }
      let [a, b, c, d, e, f, g, h] = s;
      for (let i = 0; i < 64; i += 1) {
        const one = (h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
        const two = (((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
      }
      s[0] += a; s[1] += b; s[2] += c; s[3] += d; s[4] += e; s[5] += f; s[6] += g; s[7] += h;
    }

    hex() {
      const length = this.length, bits = length * 8;
      const padding = new Uint8Array((length % 64 < 56 ? 56 : 120) - (length % 64) + 8);
      padding[0] = 0x80;
      const view = new DataView(padding.buffer);
      view.setUint32(padding.length - 8, Math.floor(bits / 4294967296));
      view.setUint32(padding.length - 4, bits >>> 0);
      this.update(padding);
      return Array.from(this.state, (word) => word.toString(16).padStart(8, "0")).join("");
    }
  }

  function enhance(root) {
    const input = root.querySelector("input[type=file]"), target = root.querySelector("input[name=hash]");
    const status = root.querySelector("[data-hash-status]"), form = root.closest("form");
    let turn = 0;

    async function hash(file) {
      const mine = turn += 1, sha = new Sha256();
      input.value = "";
      target.value = "";
      for (let at = 0; at < file.size && mine === turn; at += PIECE) {
        sha.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
        status.textContent = `${root.dataset.hashing} ${file.name}, ${Math.min(100, Math.round((at + PIECE) * 100 / file.size))} %`;
      }
      if (mine !== turn) return;
      target.value = sha.hex();
      status.textContent = `${file.name}: ${root.dataset.hashed}`;
    }

    input.addEventListener("change", () => { if (input.files.length) hash(input.files[0]); });
    form.addEventListener("dragover", (event) => event.preventDefault());
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) hash(event.dataTransfer.files[0]);
    });
  }

  document.querySelectorAll("[data-hash-file]").forEach(enhance);
}());
