// Saves a form while it is written: to its own address with accion=borrador, and to this browser when there is no connection.
// Where somebody else changed the same form meanwhile, field by field: what only one of us changed is taken, and where both did,
// both texts stand side by side until a person chooses. Nothing is overwritten silently, and nothing typed is lost.
"use strict";
{
  const put = (words, values) => Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words || "");
  const say = (key, values = {}) => put(document.body.dataset[key], values);
  const PAUSE = 2500;
  const LOOK_EVERY = 20000;
  const UNSAVED = ["csrf_token", "version", "edition", "accion"];

  // What a form says, as name → list of values. Files are not part of it: they travel only when the person sends the form.
  const read = (form) => {
    const values = {};
    for (const input of form.elements) if (input.name && !UNSAVED.includes(input.name) && !["file", "submit", "button", "hidden"].includes(input.type)) values[input.name] = [];
    for (const [name, value] of new FormData(form)) if (!UNSAVED.includes(name) && typeof value === "string") values[name]?.push(value);
    return values;
  };
  const normal = (value) => {
    const text = value.replace(/\r\n?/g, "\n").trim();
    return /^[\d,]+(\.\d+)?$/.test(text) ? String(parseFloat(text.replaceAll(",", ""))) : text;
  };
  const written = (values, name) => (values[name] || []).map(normal).filter((value) => value !== "").join("\u0000");
  const same = (one, other) => [...new Set([...Object.keys(one), ...Object.keys(other)])].every((name) => written(one, name) === written(other, name));

  const controls = (form, name) => [...form.elements].filter((input) => input.name === name && !["file", "submit", "button", "password", "hidden"].includes(input.type));
  const write = (form, name, values) => {
    const left = [...(values || [])];
    for (const input of controls(form, name)) {
      if (input.type === "checkbox" || input.type === "radio") input.checked = left.includes(input.value);
      else if (input.multiple) for (const option of input.options) option.selected = left.includes(option.value);
      else input.value = left.length ? left.shift() : "";
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const asked = (form, name) => {
    const place = controls(form, name)[0]?.closest(".field");
    const said = [place?.closest("fieldset.group")?.querySelector("legend"), place?.querySelector("legend, label")];
    return `«${said.map((one) => one?.firstChild?.textContent.trim()).filter(Boolean).join(": ")}»`;
  };
  const spoken = (form, name, values) =>
    (values || []).map((value) => {
      const input = controls(form, name).find((one) => one.value === value && ["checkbox", "radio"].includes(one.type));
      if (input) return input.labels[0]?.textContent || value;
      const option = controls(form, name).find((one) => one.options)?.querySelector(`option[value="${CSS.escape(value)}"]`);
      return option ? option.textContent : value;
    }).join(", ") || "—";

  for (const form of document.querySelectorAll("form[data-autosave]")) {
    const key = window.puente.key(form.dataset.autosave);
    const words = document.querySelector("[data-merge-words]")?.dataset || {};
    const status = form.querySelector("[data-autosave-status]");
    const tell = (text, held = false) => { // what is not saved stays in sight, however far down one writes
      if (!status) return;
      status.textContent = text;
      status.toggleAttribute("data-held", held);
    };
    const undecided = new Map(); // name → what I wrote where somebody else wrote something else
    let base = read(form); // what the server has, as far as this page knows
    const refused = "refused" in form.dataset; // the server took nothing of what this page shows
    let timer;
    let busy = false;
    let leaving = false;
    let merging = false;
    let lost = false; // the server could not be reached the last time
    let going = null; // the button that was pressed meanwhile: the form goes on by it once there is a connection
    const note = document.createElement("p");
    note.className = "small";
    note.setAttribute("role", "status");
    form.append(note);

    const mine = () => ({ ...read(form), ...Object.fromEntries(undecided) });
    const keep = () => { try { if (!window.puente.leaving) localStorage.setItem(key, JSON.stringify({ base, mine: mine(), at: Date.now(), title: document.title })); } catch { /* full or forbidden: the server still saves */ } };
    const forget = () => { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } };
    const field = () => form.querySelector("input[name=version]");
    const version = () => field()?.value;
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

    const offer = (name) => {
      form.querySelector(`[data-choice="${CSS.escape(name)}"]`)?.remove();
      const place = controls(form, name)[0]?.closest(".field");
      if (!place || !words.mine) return;
      const box = document.createElement("div");
      box.className = "notice notice-warning merge-choice";
      box.dataset.choice = name;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", words.both);
      const text = document.createElement("div");
      text.className = "notice-body";
      for (const line of [words.both, `${words.mine} ${spoken(form, name, undecided.get(name))}`]) {
        const paragraph = document.createElement("p");
        paragraph.textContent = line;
        text.append(paragraph);
      }
      const actions = document.createElement("div");
      actions.className = "row-actions";
      text.append(actions);
      const answer = (label, decide) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "btn btn-secondary";
        button.textContent = label;
        button.addEventListener("click", () => {
          const kept = undecided.get(name);
          undecided.delete(name);
          box.remove();
          if (decide) write(form, name, kept);
          if (!undecided.size) tell("");
          controls(form, name)[0]?.focus();
          if (same(mine(), base)) forget(); else { keep(); clearTimeout(timer); timer = setTimeout(save, 0); }
        });
        actions.append(button);
      };
      answer(words.useMine, true);
      answer(words.keepTheirs, false);
      box.append(text);
      place.append(box);
    };

    // Three ways: what stood when I began, what I have, what the server has.
    const merge = (began, have, theirs) => {
      const taken = [];
      merging = true;
      for (const name of new Set([...Object.keys(began), ...Object.keys(have), ...Object.keys(theirs)])) {
        if (!controls(form, name).length || !(name in theirs)) continue; // a leg that is not on the server yet is mine alone
        const [old, my, their] = [began, have, theirs].map((values) => written(values, name));
        if (my === their) undecided.delete(name);
        else if (my === old) { write(form, name, theirs[name]); taken.push(asked(form, name)); }
        else if (their === old) write(form, name, have[name]);
        else { write(form, name, theirs[name]); undecided.set(name, have[name] || []); }
      }
      merging = false;
      base = { ...read(form), ...theirs };
      for (const name of Object.keys(base)) if (!(name in theirs)) base[name] = [];
      for (const name of undecided.keys()) offer(name);
      return taken;
    };

    const look = async () => {
      if (!form.dataset.theirs || busy || leaving || merging) return false;
      busy = true;
      try {
        const answer = await fetch(form.dataset.theirs, { headers: { Accept: "application/json" } });
        if (!answer.ok) return false;
        const theirs = await answer.json();
        const others = document.querySelector("[data-told]");
        if (others) others.textContent = theirs.told || "";
        if (String(theirs.version) === version()) return false;
        const known = (name) => controls(form, name).length || !(theirs.values[name] || []).some((value) => value !== "");
        if (!Object.keys(theirs.values).every(known)) { keep(); tell(words.reload, true); return false; } // another question, another leg: a new page
        const taken = merge(base, mine(), theirs.values);
        field().value = theirs.version;
        if (undecided.size) { keep(); tell(words.choose, true); }
        if (others && taken.length) others.textContent = put(theirs.who ? words.merged : words.mergedMine, { who: theirs.who, what: [...new Set(taken)].join(", ") });
        else if (others && others.dataset.files !== theirs.files) others.textContent = `${others.textContent} ${words.files}`.trim();
        return true;
      } catch {
        return false; // no connection: the copy in this browser waits
      } finally { busy = false; }
    };

    const save = async ({ keepalive = false } = {}) => {
      clearTimeout(timer);
      const now = read(form);
      if (busy || leaving || window.puente.leaving || same(now, base)) return;
      busy = true;
      if (!undecided.size) tell(say("saving"));
      const body = new FormData(form);
      for (const [name, value] of [...body]) if (typeof value !== "string") body.delete(name);
      body.set("accion", "borrador");
      let conflict = false;
      try {
        const answer = await fetch(form.getAttribute("action") || location.href, { method: "POST", body, headers: { "X-Autosave": "1" }, redirect: "manual", keepalive });
        lost = false;
        const why = !answer.ok && answer.headers.get("Content-Type")?.startsWith("text/plain") ? await answer.text() : "";
        if (!why && (answer.ok || answer.type === "opaqueredirect" || answer.status === 422)) {
          const saved = answer.headers.get("X-Draft-Version");
          if (saved && field()) field().value = saved;
          base = now;
          if (undecided.size) keep(); else {
            forget();
            const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
            tell(say("saved", { time }));
          }
        } else {
          keep();
          conflict = answer.status === 409 && !why;
          tell([why, say("notSaved")].filter(Boolean).join(" "), true);
        }
      } catch {
        lost = true;
        keep();
        tell(say("offline"), true);
      }
      busy = false;
      if (conflict && (await look())) timer = setTimeout(save, 0);
      else if (!conflict && !same(read(form), now)) timer = setTimeout(save, PAUSE);
    };

    form.addEventListener("input", () => { if (!merging) { keep(); clearTimeout(timer); timer = setTimeout(save, PAUSE); } });
    // A page that cannot come would be the browser's own, and what was typed behind it: the button waits here instead.
    const goOn = async () => {
      clearTimeout(timer);
      if (!going || !navigator.onLine) return;
      try { await fetch(location.href, { method: "HEAD", cache: "no-store" }); lost = false; } catch { setTimeout(goOn, PAUSE); return; }
      await save();
      const button = going;
      if (lost || !button) { setTimeout(goOn, PAUSE); return; }
      going = null;
      note.textContent = "";
      if (!undecided.size) form.requestSubmit(button); // else a person chooses first
    };
    form.addEventListener("submit", (event) => {
      if (navigator.onLine && !lost) { leaving = true; clearTimeout(timer); mark(); return; }
      event.preventDefault();
      keep();
      const waits = going !== null;
      going = event.submitter;
      note.textContent = say("goesOn");
      if (!waits) setTimeout(goOn, PAUSE);
    });
    for (const link of document.querySelectorAll("a[data-discard]")) link.addEventListener("click", () => { leaving = true; forget(); });
    window.puente.saving.push(async () => {
      while (busy) await new Promise((later) => { setTimeout(later, 50); });
      await save();
    });
    addEventListener("online", () => { tell(""); if (going) goOn(); else save(); });
    addEventListener("offline", () => { keep(); tell(say("offline"), true); });
    addEventListener("beforeunload", (event) => {
      if (!leaving && !window.puente.leaving && !same(mine(), base)) { keep(); event.preventDefault(); }
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") save({ keepalive: true }); else look();
    });
    if ("shared" in form.dataset) setInterval(() => { if (document.visibilityState === "visible" && same(read(form), base)) look(); }, LOOK_EVERY);

    const came = arrived();
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(key) || "null"); } catch { /* storage forbidden, or not ours */ }
    if (came && !refused) { forget(); kept = null; }
    if (refused) { base = kept?.base || {}; keep(); }
    else if (kept?.mine && kept.base && !same(kept.mine, base)) {
      merge(kept.base, kept.mine, base);
      if (undecided.size) { keep(); tell(words.choose || say("restored"), true); } else if (same(read(form), base)) forget();
      else { keep(); tell(say("restored")); timer = setTimeout(save, PAUSE); }
    } else if (kept) forget();
  }

  // Forms that the server takes only whole: what is typed waits in this browser until a page says that they were taken.
  for (const taken of document.querySelectorAll("[data-taken]")) {
    try { localStorage.removeItem(window.puente.key(taken.dataset.taken)); } catch { /* nothing was kept */ }
  }
  for (const form of document.querySelectorAll("form[data-kept]")) {
    const key = window.puente.key(form.dataset.kept);
    const status = form.querySelector("[data-autosave-status]");
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(key) || "null"); } catch { /* storage forbidden, or not ours */ }
    const rows = Math.max(-1, ...Object.keys(kept?.mine || {}).filter((name) => written(kept.mine, name)).map((name) => Number(/-(\d+)-/.exec(name)?.[1] ?? -1))) + 1;
    const address = new URL(location.href);
    if (form.dataset.rows && rows && !form.querySelector(`[name^="lines-${rows - 1}-"]`) && address.searchParams.get(form.dataset.rows) !== String(rows)) {
      address.searchParams.set(form.dataset.rows, rows); // the page comes again with as many rows as were written
      location.replace(address);
    } else if (kept?.mine && !same(kept.mine, read(form))) {
      for (const name of Object.keys(kept.mine)) if (controls(form, name).length) write(form, name, kept.mine[name]);
      if (status) status.textContent = say("restored");
    }
    form.addEventListener("input", (event) => {
      if (event.target.type === "file" || window.puente.leaving) return;
      try { localStorage.setItem(key, JSON.stringify({ mine: read(form), at: Date.now(), title: document.title })); } catch { /* full or forbidden */ }
    });
  }
}
