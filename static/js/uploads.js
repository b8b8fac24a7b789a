// Sends the files of a form piece by piece as soon as they are chosen. A line that breaks costs the last piece: the file
// waits in this browser and goes on where the server has it, after a pause, a reload or a day. Without this the form sends it whole.
"use strict";
{
  const { shelf, key: keyOf } = window.puente;
  const form = document.querySelector("form[data-uploads]");
  const words = document.querySelector("[data-upload-words]")?.dataset;
  const LEAST = 64 * 1024;
  const FIRST = 256 * 1024;
  const MOST = 1024 * 1024;
  const PATIENCE = 60000;
  const LONGEST_WAIT = 30000;
  const KEPT = 3 * 24 * 3600 * 1000;
  const BEGINNINGS = ["25504446", "ffd8ff", "89504e470d0a1a0a"]; // PDF, JPEG, PNG

  const say = (key, values = {}) => Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words[key] || "");
  const weight = (bytes) => {
    const [unit, most] = bytes < 1e6 ? [1e3, 0] : [1e6, 1];
    const number = (bytes / unit).toLocaleString(document.documentElement.lang, { maximumFractionDigits: most, minimumFractionDigits: most });
    return `${number} ${unit === 1e3 ? "kB" : "MB"}`;
  };
  const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const element = (name, attributes = {}) => Object.assign(document.createElement(name), attributes);

  const post = (address, body, upload, onProgress) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", address);
      request.timeout = PATIENCE;
      request.setRequestHeader("X-CSRFToken", form.elements.csrf_token.value);
      request.setRequestHeader("Accept", "application/json");
      if (body instanceof ArrayBuffer) request.setRequestHeader("Content-Type", "application/octet-stream");
      if (onProgress) request.upload.onprogress = (event) => onProgress(event.loaded);
      request.onload = () => {
        let told = null;
        try { told = JSON.parse(request.responseText); } catch { /* a page for people: its status says enough */ }
        resolve({ status: request.status, told });
      };
      request.onerror = request.ontimeout = request.onabort = () => reject(new Error("line"));
      if (upload) upload.request = request;
      request.send(body);
    });

  // Two files travel at once; those chosen after them wait their turn.
  const AT_ONCE = 2;
  const queue = [];
  let travelling = 0;
  const turn = () => new Promise((go) => { if (travelling < AT_ONCE) { travelling += 1; go(); } else queue.push(go); });
  const next = () => { const go = queue.shift(); if (go) go(); else travelling -= 1; };

  const going = new Set(); // what is under way, or waits its turn
  const safe = new WeakSet(); // of it, what goes on by itself on the page that comes
  let leaving = null;
  const stay = () => {
    leaving = null;
    const note = form.querySelector("[data-upload-note]");
    if (note) note.textContent = "";
  };

  // One file on its way, and what is seen of it.
  const row = (input, slot, key, endOfRow) => {
    const box = element("div", { className: "upload", hidden: true });
    const text = element("p", { className: "upload-text" });
    const bar = element("progress", { max: 1, value: 0 });
    const actions = element("div", { className: "upload-actions" });
    const spoken = element("p", { className: "visually-hidden" });
    spoken.setAttribute("role", "status");
    box.setAttribute("role", "group");
    bar.setAttribute("aria-label", say("bar"));
    const hold = element("button", { type: "button", className: "btn btn-secondary" });
    const stop = element("button", { type: "button", className: "btn btn-quiet", textContent: say("cancel") });
    actions.append(hold, stop);
    box.append(text, bar, actions);
    endOfRow.before(box, spoken);
    let upload = null;
    let said = "";

    // What is seen changes with every byte; what is read aloud only with what matters.
    const show = (message, { aloud = message, tone = "", moving = false, shut = false } = {}) => {
      box.hidden = false;
      if (upload) box.setAttribute("aria-label", upload.name);
      box.className = `upload${tone ? ` upload-${tone}` : ""}`;
      text.textContent = message;
      bar.hidden = !moving;
      actions.hidden = shut;
      hold.hidden = !upload?.file;
      hold.textContent = upload?.paused ? say("resume") : say("pause");
      stop.hidden = !upload;
      if (aloud && aloud !== said) spoken.textContent = said = aloud;
    };
    const amount = (sent) => ({ name: upload.name, sent: weight(sent), whole: weight(upload.bytes) });
    const draw = (sent) => {
      if (!upload) return;
      bar.value = sent / upload.bytes;
      const seconds = (performance.now() - upload.since) / 1000;
      const rate = seconds > 1 ? (sent - upload.from) / seconds : 0;
      const left = rate > 0 ? Math.ceil((upload.bytes - sent) / rate) : 0;
      const time = left > 90 ? say("minutes", { n: Math.ceil(left / 60) }) : left > 2 ? say("seconds", { n: left }) : "";
      const quarter = Math.floor((sent / upload.bytes) * 4) * 25;
      show(`${say("sending", amount(sent))}${time && ` ${time}`}`, { aloud: say("aloud", { name: upload.name, share: quarter }), moving: true });
    };
    const settle = () => {
      going.delete(box);
      if (leaving && !going.size) { const { button } = leaving; stay(); form.requestSubmit(button); }
    };
    const end = (message, tone) => {
      shelf("readwrite", (files) => files.delete(key));
      upload = null;
      show(message, { tone, shut: true });
      if (tone === "bad") stay();
      settle();
    };
    const keep = async (mine) => { if (await shelf("readwrite", (files) => files.put({ file: mine.file, paused: mine.paused, at: Date.now() }, key))) safe.add(box); };

    const holdOn = (told) => {
      const held = form.querySelector(`[data-held="${CSS.escape(slot)}"]`);
      const unwanted = [...held.querySelectorAll("input:checked")].map((one) => one.id);
      held.innerHTML = told.held;
      for (const id of unwanted) { const one = document.getElementById(id); if (one) one.checked = true; }
    };
    const answerWith = (told) => {
      const link = element("a", { href: told.file, textContent: told.name });
      let kept = document.getElementById(`${input.id}-kept`);
      if (!kept) {
        kept = element("p", { className: "kept small", id: `${input.id}-kept` });
        input.before(kept);
        input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") || ""} ${kept.id}`.trim());
      }
      kept.replaceChildren(`${say("kept")} `, link, `. ${say("replace")}`);
    };
    const arrived = (told) => {
      if ("held" in told) holdOn(told); else answerWith(told);
      input.removeAttribute("aria-invalid");
      end(say("done", { name: told.name, whole: weight(told.bytes) }), "good");
    };

    const wait = (mine) => {
      const pause = Math.min(1000 * 2 ** mine.tries++, LONGEST_WAIT) * (0.75 + Math.random() / 2);
      const offline = !navigator.onLine;
      show(say(offline ? "offline" : "again", { ...amount(mine.offset), n: Math.max(1, Math.round(pause / 1000)) }), { aloud: say(offline ? "offlineAloud" : "againAloud"), tone: "warning", moving: true });
      return new Promise((resolve) => { const timer = setTimeout(resolve, pause); mine.wake = () => { clearTimeout(timer); resolve(); }; });
    };

    const begin = async (mine) => {
      if (mine.sha256 === undefined) {
        show(say("preparing", { name: mine.name }), { moving: true });
        try { mine.sha256 = hex(await crypto.subtle.digest("SHA-256", await mine.file.arrayBuffer())); } catch { mine.sha256 = ""; }
      }
      const body = new FormData();
      for (const [name, value] of Object.entries({ para: form.dataset.uploadFor, pregunta: slot, nombre: mine.name, bytes: mine.bytes, sha256: mine.sha256 })) body.set(name, value);
      return post(form.dataset.uploads, body, mine);
    };
    const piece = async (mine) => {
      let data;
      try { data = await mine.file.slice(mine.offset, mine.offset + mine.step).arrayBuffer(); } catch { return { status: 422, told: { message: say("unreadable", { name: mine.name }) } }; }
      const began = performance.now();
      const answer = await post(`${mine.part}?desde=${mine.offset}`, data, mine, (loaded) => draw(Math.min(mine.offset + loaded, mine.offset + data.byteLength)));
      mine.step = performance.now() - began < 1000 ? Math.min(mine.step * 2, MOST) : mine.step;
      return answer;
    };

    const run = async () => {
      const mine = upload;
      show(say("preparing", { name: mine.name }), { moving: true });
      const still = (mine.run = () => upload === mine && !mine.paused && mine.run === still); // paused and resumed, it is another
      await turn();
      try { await send(mine, still); } finally { next(); }
    };
    const send = async (mine, still) => {
      Object.assign(mine, { since: performance.now(), from: mine.offset, tries: 0 });
      while (still()) {
        let answer = null;
        try { answer = await (mine.part ? piece(mine) : begin(mine)); } catch { /* the line broke */ }
        if (!still()) return;
        const { status, told } = answer || { status: 0 };
        if (told?.done) { arrived(told); return; }
        if (told && "offset" in told) {
          if (told.part && !mine.part) Object.assign(mine, { part: told.part, cancel: told.cancel, since: performance.now(), from: told.offset });
          if (told.offset !== mine.offset || status === 200) mine.tries = 0;
          mine.offset = told.offset;
          draw(mine.offset);
          if (status === 409 && mine.tries++ > 3) await wait(mine);
        } else if (told?.message && status < 500) { end(told.message, "bad"); return; } // the server says no, and why
        else if (status === 404 && mine.part) mine.part = null; // given up meanwhile: from the beginning
        else if (status >= 400 && status < 500 && ![408, 429].includes(status)) {
          mine.paused = true;
          stay();
          show(say("session", { name: mine.name }), { tone: "bad" });
          settle();
          return;
        } else {
          mine.step = Math.max(LEAST, mine.step / 2);
          await wait(mine);
          Object.assign(mine, { since: performance.now(), from: mine.offset });
        }
      }
    };
    const take = (file, paused = false, offset = 0) => {
      upload = { file, name: file.name, bytes: file.size, offset, step: FIRST, paused };
      going.add(box);
      if (paused) { rest(); } else run();
    };
    const rest = () => {
      going.delete(box);
      show(say("paused", amount(upload.offset)), { tone: "", moving: true });
      bar.value = upload.offset / upload.bytes;
    };

    hold.addEventListener("click", () => {
      upload.paused = !upload.paused;
      keep(upload);
      if (upload.paused) { upload.request?.abort(); upload.wake?.(); rest(); } else { going.add(box); run(); }
    });
    stop.addEventListener("click", () => {
      const mine = upload;
      if (mine.cancel) post(mine.cancel, new FormData()).catch(() => { /* it is forgotten by itself in three days */ });
      upload = null;
      mine.request?.abort();
      mine.wake?.();
      stay();
      end(say("cancelled", { name: mine.name }), "");
      input.focus();
    });
    const choose = async (file) => {
      if (!file.size) { show(say("empty", { name: file.name }), { tone: "bad", shut: true }); return; }
      let beginning = "";
      try { beginning = hex(await file.slice(0, 8).arrayBuffer()); } catch { /* said when it is read */ }
      if (beginning && !BEGINNINGS.some((known) => beginning.startsWith(known))) { show(say("kind", { name: file.name }), { tone: "bad", shut: true }); return; }
      if (upload) { upload.request?.abort(); upload.wake?.(); upload = null; }
      take(file);
      keep(upload);
    };
    addEventListener("online", () => upload?.wake?.());
    addEventListener("offline", () => { if (upload && !upload.paused) upload.request?.abort(); }); // it would hang until somebody gives up

    // Half of it is on the server, and the file itself on another device: chosen again, it goes on.
    const offer = (waiting) => {
      upload = { ...waiting, paused: true };
      show(say("elsewhere", amount(waiting.offset)), { moving: true });
      bar.value = waiting.offset / waiting.bytes;
    };
    const is = (file) => upload && !upload.file && upload.name === file.name && upload.bytes === file.size;
    const resume = (...what) => { safe.add(box); take(...what); };
    return { choose, resume, offer, is, isBusy: () => Boolean(upload) };
  };

  const start = (input) => {
    const slot = input.dataset.slot || input.name;
    const prefix = keyOf(`${form.dataset.uploadKey}:${slot}`);
    const endOfRows = element("span", { hidden: true });
    const rows = [];
    const add = (key) => { const made = row(input, slot, key, endOfRows); rows.push(made); return made; };
    input.after(endOfRows);
    const only = input.multiple ? null : add(prefix);
    let made = 0;
    const another = () => only || add(`${prefix}:${Date.now()}-${(made += 1)}`);
    input.dataset.piecewise = "";
    input.addEventListener("change", () => {
      const files = [...input.files];
      input.value = ""; // they travel by themselves: the form must not send them a second time
      for (const file of files) (rows.find((one) => one.is(file)) || another()).choose(file);
    });

    const mine = (key) => key === prefix || key.startsWith(`${prefix}:`);
    const here = async () => {
      const taken = [];
      const halves = JSON.parse(form.dataset.waiting || "[]").filter((one) => one.slot === slot);
      const isHalf = (half, file) => file.name === half.name && file.size === half.bytes;
      for (const key of ((await shelf("readonly", (files) => files.getAllKeys())) || []).filter(mine)) {
        const kept = await shelf("readonly", (files) => files.get(key));
        if (!kept?.file || Date.now() - kept.at > KEPT) shelf("readwrite", (files) => files.delete(key));
        else if (!only?.isBusy()) { (only || add(key)).resume(kept.file, kept.paused, halves.find((half) => isHalf(half, kept.file))?.offset); taken.push(kept.file); }
      }
      for (const half of halves) {
        const known = taken.some((file) => isHalf(half, file));
        if (!known && !rows.some((one) => one.isBusy() && !input.multiple)) another().offer(half);
      }
    };
    here();
  };

  if (form && words && window.indexedDB && window.XMLHttpRequest) {
    for (const input of form.querySelectorAll("input[type=file]")) start(input);
    // Leaving the page would stop what is under way: it waits for the last byte, and goes on by itself.
    document.addEventListener("submit", (event) => {
      if (event.target !== form || !going.size) return;
      if (event.submitter?.value === "agregar" && [...going].every((one) => safe.has(one))) return; // the same page comes, one line longer
      event.preventDefault();
      event.stopImmediatePropagation();
      leaving = { button: event.submitter };
      const note = form.querySelector("[data-upload-note]");
      if (note) note.textContent = say("leaving");
    }, true);
  }
}
