// Sends the files of an application piece by piece as soon as they are chosen. A line that breaks costs the last piece: the file
// waits in this browser and goes on where the server has it, after a pause, a reload or a day. Without this the form sends it whole.
"use strict";
{
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

  // The file itself waits in this browser until it has arrived, so that a reload need not ask for it again.
  const shelf = (mode, act) =>
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

  const going = new Set();
  let leaving = null;
  const stay = () => {
    leaving = null;
    const note = form.querySelector("[data-upload-note]");
    if (note) note.textContent = "";
  };

  const start = (input) => {
    const key = `${form.dataset.autosave}:${input.dataset.question}`;
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
    input.after(box, spoken);
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
      going.delete(input);
      if (leaving && !going.size) { const { button } = leaving; stay(); form.requestSubmit(button); }
    };
    const end = (message, tone) => {
      shelf("readwrite", (files) => files.delete(key));
      upload = null;
      show(message, { tone, shut: true });
      if (tone === "bad") stay();
      settle();
    };
    const keep = (mine) => shelf("readwrite", (files) => files.put({ file: mine.file, paused: mine.paused, at: Date.now() }, key));

    const arrived = (told) => {
      const link = element("a", { href: told.file, textContent: told.name });
      let kept = document.getElementById(`${input.id}-kept`);
      if (!kept) {
        kept = element("p", { className: "kept small", id: `${input.id}-kept` });
        input.before(kept);
        input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") || ""} ${kept.id}`.trim());
      }
      kept.replaceChildren(`${say("kept")} `, link, `. ${say("replace")}`);
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
      for (const [name, value] of Object.entries({ pregunta: input.dataset.question, nombre: mine.name, bytes: mine.bytes, sha256: mine.sha256 })) body.set(name, value);
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
      Object.assign(mine, { since: performance.now(), from: mine.offset, tries: 0 });
      while (upload === mine && !mine.paused) {
        let answer = null;
        try { answer = await (mine.part ? piece(mine) : begin(mine)); } catch { /* the line broke */ }
        if (upload !== mine || mine.paused) return;
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
    const take = (file, paused = false) => {
      upload = { file, name: file.name, bytes: file.size, offset: 0, step: FIRST, paused };
      going.add(input);
      if (paused) { rest(); } else run();
    };
    const rest = () => {
      going.delete(input);
      show(say("paused", amount(upload.offset)), { tone: "", moving: true });
      bar.value = upload.offset / upload.bytes;
    };

    hold.addEventListener("click", () => {
      upload.paused = !upload.paused;
      keep(upload);
      if (upload.paused) { upload.request?.abort(); upload.wake?.(); rest(); } else { going.add(input); run(); }
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
    input.addEventListener("change", async () => {
      const file = input.files[0];
      if (!file) return;
      if (!file.size) { show(say("empty", { name: file.name }), { tone: "bad", shut: true }); input.value = ""; return; }
      let beginning = "";
      try { beginning = hex(await file.slice(0, 8).arrayBuffer()); } catch { /* said when it is read */ }
      if (beginning && !BEGINNINGS.some((known) => beginning.startsWith(known))) { show(say("kind", { name: file.name }), { tone: "bad", shut: true }); input.value = ""; return; }
      if (upload) { upload.request?.abort(); upload.wake?.(); upload = null; }
      take(file);
      keep(upload);
      input.value = ""; // it travels by itself: the form must not send it a second time
    });
    addEventListener("online", () => upload?.wake?.());
    addEventListener("offline", () => { if (upload && !upload.paused) upload.request?.abort(); }); // it would hang until somebody gives up

    const waiting = JSON.parse(form.dataset.waiting || "[]").find((one) => one.question === input.dataset.question);
    shelf("readonly", (files) => files.get(key)).then((kept) => {
      if (upload) return;
      if (kept?.file && Date.now() - kept.at < KEPT) { take(kept.file, kept.paused); return; }
      if (kept) shelf("readwrite", (files) => files.delete(key));
      if (!waiting) return;
      upload = { ...waiting, paused: true };
      show(say("elsewhere", amount(waiting.offset)), { moving: true });
      bar.value = waiting.offset / waiting.bytes;
    });
  };

  if (form && words && window.indexedDB && window.XMLHttpRequest) {
    for (const input of form.querySelectorAll("input[type=file][data-question]")) start(input);
    // Leaving the page would stop what is under way: it waits for the last byte, and goes on by itself.
    document.addEventListener("submit", (event) => {
      if (event.target !== form || !going.size) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      leaving = { button: event.submitter };
      const note = form.querySelector("[data-upload-note]");
      if (note) note.textContent = say("leaving");
    }, true);
  }
}
