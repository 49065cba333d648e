"use strict";
(() => {
  const answer = document.getElementById("answer");
  const say = (text) => { answer.textContent = text; };
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const extra = new TextEncoder().encode("study-envelope-1");
  const gcm = (nonce) => ({ name: "AES-GCM", iv: bytes(nonce), additionalData: extra });

  async function keyOf(sealed, passphrase) {
    const typed = new TextEncoder().encode(passphrase.trim().normalize("NFKC"));
    const base = await crypto.subtle.importKey("raw", typed, "PBKDF2", false, ["deriveKey"]);
    for (const slot of sealed.slots) {
      const derived = await crypto.subtle.deriveKey(
        { name: "PBKDF2", hash: "SHA-256", salt: bytes(slot.salt), iterations: sealed.iterations },
        base, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
      try {
        const raw = await crypto.subtle.decrypt(gcm(slot.nonce), derived, bytes(slot.key));
        return await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
      } catch { /* another slot */ }
    }
    return null;
  }

  function show(inner) {
    const end = inner.indexOf(0);
    const { name } = JSON.parse(new TextDecoder().decode(inner.subarray(0, end)));
    const content = inner.subarray(end + 1);
    if (name.endsWith(".html")) {
      document.open();
      document.write(new TextDecoder().decode(content));
      document.close();
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content]));
    link.download = name;
    link.textContent = "Save " + name;
    answer.replaceChildren(link);
  }

  async function open(event) {
    event.preventDefault();
    say("Opening ...");
    let sealed;
    try {
      sealed = JSON.parse(document.getElementById("sealed").textContent);
      if (sealed.format !== "study-envelope-1" || sealed.iterations < 600000) { throw new Error(); }
    } catch {
      say("This file was changed or cut short. Ask for it again.");
      return;
    }
    try {
      const key = await keyOf(sealed, document.getElementById("passphrase").value);
      if (!key) {
        say("The passphrase does not open this file, or the file was changed.");
        return;
      }
      show(new Uint8Array(await crypto.subtle.decrypt(gcm(sealed.nonce), key, bytes(sealed.content))));
    } catch {
      say("This file was changed after it was sealed. Ask for it again.");
    }
  }

  if (!globalThis.crypto || !crypto.subtle) {
    say("This browser cannot open the file from here; use `study open FILE`.");
  } else {
    document.getElementById("form").addEventListener("submit", open);
  }
})();
