// Saves a form while it is written: to its own address with accion=borrador, and to this browser when there is no connection.
"use strict";
{
  const say = (key, values = {}) =>
    Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), document.body.dataset[key] || "");
  const PAUSE = 2500;

  const snapshot = (form) =>
    [...new FormData(form)].filter(([name, value]) => !["csrf_token", "version"].includes(name) && typeof value === "string");

  const restore = (form, entries) => {
    const kept = new Map();
    for (const [name, value] of entries) kept.set(name, [...(kept.get(name) || []), value]);
    for (const input of form.elements) {
      if (!input.name || input.name === "csrf_token" || ["file", "submit", "button", "password", "hidden"].includes(input.type)) continue;
      const values = kept.get(input.name) || [];
      if (input.type === "checkbox" || input.type === "radio") input.checked = values.includes(input.value);
      else if (input.multiple) for (const option of input.options) option.selected = values.includes(option.value);
      else if (values.length) input.value = values.shift();
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  for (const form of document.querySelectorAll("form[data-autosave]")) {
    const key = `puente:${form.dataset.autosave}`;
    const status = form.querySelector("[data-autosave-status]");
    const tell = (text) => { if (status) status.textContent = text; };
    let clean = JSON.stringify(snapshot(form));
    let timer;
    let busy = false;
    let leaving = false;

    const keep = () => { try { localStorage.setItem(key, JSON.stringify(snapshot(form))); } catch { /* full or forbidden: the server still saves */ } };
    const forget = () => { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } };
    const version = () => form.querySelector("input[name=version]")?.value;
    // What was sent by hand is on the server once the page comes back with another version: the copy here is then old.
    const sent = `${key}:sent`;
    const mark = () => { try { if (navigator.onLine && version()) localStorage.setItem(sent, version()); } catch { /* as before */ } };
    const arrived = () => {
      try {
        const before = localStorage.getItem(sent);
        localStorage.removeItem(sent);
        return before !== null && before !== version();
      } catch { return false; }
    };

    const save = async () => {
      clearTimeout(timer);
      const now = JSON.stringify(snapshot(form));
      if (busy || leaving || now === clean) return;
      busy = true;
      tell(say("saving"));
      const body = new FormData(form);
      // Files travel only when the person sends the form: a draft every few seconds must stay light.
      for (const [name, value] of [...body]) if (typeof value !== "string") body.delete(name);
      body.set("accion", "borrador");
      try {
        const answer = await fetch(form.getAttribute("action") || location.href, { method: "POST", body, headers: { "X-Autosave": "1" }, redirect: "manual" });
        if (answer.ok || answer.type === "opaqueredirect" || answer.status === 422) {
          const version = answer.headers.get("X-Draft-Version");
          const field = form.querySelector("input[name=version]");
          if (version && field) field.value = version;
          clean = now;
          forget();
          const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
          tell(say("saved", { time }));
        } else {
          keep();
          tell(say("notSaved"));
        }
      } catch {
        keep();
        tell(say("offline"));
      }
      busy = false;
      if (JSON.stringify(snapshot(form)) !== now) timer = setTimeout(save, PAUSE);
    };

    form.addEventListener("input", () => { keep(); clearTimeout(timer); timer = setTimeout(save, PAUSE); });
    form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); mark(); });
    addEventListener("online", save);
    addEventListener("offline", () => { keep(); tell(say("offline")); });
    addEventListener("beforeunload", (event) => {
      if (!leaving && JSON.stringify(snapshot(form)) !== clean) { keep(); event.preventDefault(); }
    });

    if (arrived()) forget();
    let kept = null;
    try { kept = localStorage.getItem(key); } catch { /* storage forbidden */ }
    if (kept && kept !== clean) {
      try {
        restore(form, JSON.parse(kept));
        tell(say("restored"));
      } catch { forget(); }
    } else if (kept) forget();
  }
}
