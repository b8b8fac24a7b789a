// What this browser keeps until the server has it: texts and files on their way, each under whoever wrote it. A session that ends by
// itself loses nothing, and who signs in after somebody else never sees theirs. Who signs out is asked about what the server lacks.
"use strict";
{
  const NOBODY = "0"; // who has no account yet: what they write goes along into one
  const KEPT = 30 * 24 * 3600 * 1000;
  const PATIENCE = 4000;
  const { owner } = document.body.dataset; // a page that is the same for everybody names nobody
  const under = (who) => `puente:${who}:`;
  const here = (window.puente = {
    key: (name) => `${under(name.startsWith("sketch-") ? NOBODY : owner || NOBODY)}${name}`,
    saving: [], // what each form does to have its text saved now
    typed: [], // whether a form that is not saved while one writes has something typed in it
    leaving: false, // signed out: nothing is kept any more, nor asked
  });

  const texts = () => { try { return Object.keys(localStorage).filter((key) => key.startsWith("puente:")); } catch { return []; } };
  const said = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
  const drop = (key) => { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } };
  const note = (key, value) => { try { if (value === null) sessionStorage.removeItem(key); else sessionStorage.setItem(key, value); } catch { /* forbidden */ } };
  const noted = (key) => { try { return sessionStorage.getItem(key); } catch { return null; } };

  // A file waits in this browser until it has arrived, so that a reload need not ask for it again.
  here.shelf = (mode, act) =>
    new Promise((resolve) => {
      try {
        const open = indexedDB.open("puente", 1);
        open.onupgradeneeded = () => open.result.createObjectStore("uploads");
        open.onerror = () => resolve();
        open.onsuccess = () => {
          const deal = open.result.transaction("uploads", mode);
          const asked = act(deal.objectStore("uploads"));
          const end = (value) => { open.result.close(); resolve(value); };
          deal.oncomplete = () => end(asked.result);
          deal.onerror = deal.onabort = () => end();
        };
      } catch { resolve(); }
    });
  const files = async () => (await here.shelf("readonly", (all) => all.getAllKeys())) || [];

  const isOf = (who) => (key) => String(key).startsWith(under(who)) || String(key).startsWith(under(NOBODY));
  const lacking = async () => {
    const found = here.typed.filter((typed) => typed()).map(() => document.title);
    for (const key of texts().filter(isOf(owner))) if (!key.endsWith(":sent")) found.push(said(key)?.title || document.title);
    for (const key of (await files()).filter(isOf(owner))) found.push((await here.shelf("readonly", (all) => all.get(key)))?.file?.name);
    return [...new Set(found.filter(Boolean))];
  };
  const erase = async (who) => {
    texts().filter(isOf(who)).forEach(drop);
    for (const key of (await files()).filter(isOf(who))) await here.shelf("readwrite", (all) => all.delete(key));
  };

  const dialog = document.querySelector("[data-sign-out-question]");
  const agreed = (things) =>
    new Promise((resolve) => {
      dialog.querySelector("ul").replaceChildren(...things.map((thing) => Object.assign(document.createElement("li"), { textContent: thing })));
      for (const button of dialog.querySelectorAll("button")) button.onclick = () => dialog.close(button.value);
      dialog.onclose = () => resolve(dialog.returnValue === "salir");
      dialog.returnValue = "";
      dialog.showModal();
    });
  let asking = false;
  const signOut = async (form) => {
    await Promise.race([Promise.allSettled(here.saving.map((save) => save())), new Promise((late) => { setTimeout(late, PATIENCE); })]);
    const things = await lacking();
    if (things.length && !(await agreed(things))) return;
    const others = [...texts(), ...(await files())].some((key) => !isOf(owner)(key));
    if (others) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "otros", value: "si" })); // not ours to erase
    here.leaving = true;
    note("puente:leaving", owner);
    form.submit();
  };
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[action$='/cuenta/salir']") || !dialog?.showModal) return;
    event.preventDefault();
    if (asking) return;
    asking = true;
    signOut(event.target).finally(() => { asking = false; });
  }, true);

  // The page after says whether the session ended; until it says so nothing is erased.
  const channel = window.BroadcastChannel && new BroadcastChannel("puente");
  if (owner !== undefined) {
    const left = noted("puente:leaving");
    note("puente:leaving", null);
    note("puente:whose", owner);
    if (left !== null && left !== owner) { erase(left); channel?.postMessage(left); }
    for (const key of texts()) if (!/^puente:\d+:/.test(key) || (!key.endsWith(":sent") && !(said(key)?.at > Date.now() - KEPT))) drop(key);
  }
  const leave = () => { here.leaving = true; location.reload(); };
  // Another window of somebody who signed out, or their page brought back with the browser's arrow, shows it no longer.
  if (channel && owner > NOBODY) channel.onmessage = (event) => { if (event.data === owner) leave(); };
  addEventListener("pageshow", (event) => { if (event.persisted && owner !== undefined && noted("puente:whose") !== owner) leave(); });
}
