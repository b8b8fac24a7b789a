// Small kindnesses of forms: counted words, a readable password, files weighed before they travel, focus on what is wrong.
"use strict";
{
  const say = (key, values = {}) =>
    Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), document.body.dataset[key] || "");

  document.querySelector("[data-focus]")?.focus();

  for (const area of document.querySelectorAll("textarea[data-words]")) {
    const counter = document.getElementById(`${area.id}-words`);
    if (!counter) continue;
    const limit = Number(area.dataset.words);
    const live = document.createElement("span");
    live.className = "visually-hidden";
    live.setAttribute("role", "status");
    counter.after(live);
    let later;
    const count = () => {
      const left = limit - (area.value.match(/\S+/g) || []).length;
      counter.textContent = left < 0 ? say("wordsOver", { n: -left }) : say("wordsLeft", { n: left });
      counter.classList.toggle("is-over", left < 0);
      clearTimeout(later);
      later = setTimeout(() => { live.textContent = counter.textContent; }, 1500);
    };
    area.addEventListener("input", count);
    if (area.value) count();
  }

  // Between so many characters and so many: how many are missing, or left, or too many.
  for (const area of document.querySelectorAll("textarea[data-most]")) {
    const counter = document.getElementById(`${area.id}-characters`);
    if (!counter) continue;
    const least = Number(area.dataset.least);
    const most = Number(area.dataset.most);
    const count = () => {
      const written = [...area.value.trim()].length;
      counter.textContent = written > most ? say("charactersOver", { n: written - most }) : written && written < least ? say("charactersMissing", { n: least - written }) : written > most * 0.8 ? say("charactersLeft", { n: most - written }) : "";
      counter.classList.toggle("is-over", written > most);
    };
    area.addEventListener("input", count);
    count();
  }

  // What only follows from another answer on this page is shown once that answer is given; without this script it stays in
  // sight and says when it is to be answered.
  const dependent = [...document.querySelectorAll("[data-when]")];
  const unfold = () => {
    for (const part of dependent) {
      const form = part.closest("form"), wanted = JSON.parse(part.dataset.in);
      const answer = new FormData(form).get(part.dataset.when);
      const source = form.querySelector(`[name="${CSS.escape(part.dataset.when)}"]`);
      part.hidden = !wanted.includes(answer) || Boolean(source?.closest("[data-when][hidden]"));
    }
  };
  if (dependent.length) {
    unfold();
    for (const kind of ["input", "change"]) document.addEventListener(kind, unfold);
  }

  for (const input of document.querySelectorAll("input[data-show-password]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-secondary";
    const draw = () => {
      button.textContent = input.type === "password" ? say("show") : say("hide");
      button.setAttribute("aria-label", `${button.textContent}: ${input.labels[0]?.textContent.trim() || ""}`);
    };
    button.addEventListener("click", () => { input.type = input.type === "password" ? "text" : "password"; draw(); });
    input.form?.addEventListener("submit", () => { input.type = "password"; });
    input.after(button);
    draw();
  }

  for (const input of document.querySelectorAll("input[type=file][data-max-bytes]")) {
    const note = document.createElement("p");
    note.className = "error";
    note.id = `${input.id}-weight`;
    note.setAttribute("role", "alert");
    input.after(note);
    const described = input.getAttribute("aria-describedby");
    input.addEventListener("change", () => {
      const limit = Number(input.dataset.maxBytes);
      const heavy = [...input.files].find((file) => file.size > limit);
      note.textContent = heavy ? say("tooBig", { name: heavy.name, limit: Math.round(limit / 1e5) / 10 }) : "";
      input.setAttribute("aria-describedby", [described, heavy && note.id].filter(Boolean).join(" "));
      input.toggleAttribute("aria-invalid", Boolean(heavy));
      if (heavy) input.value = "";
    });
  }

  let leaving = false;
  let touched = false;
  for (const form of document.querySelectorAll("form[data-unsaved]:not([data-autosave])")) {
    form.addEventListener("input", (event) => { if (!("piecewise" in event.target.dataset)) touched = true; }); // those files are kept
    form.addEventListener("submit", () => { leaving = true; });
  }
  window.puente.typed.push(() => touched && !leaving);
  addEventListener("beforeunload", (event) => { if (touched && !leaving && !window.puente.leaving) event.preventDefault(); });
}
