// Pages that move on by themselves: a job's progress, one key to open the next thing of a desk, digits that score.
"use strict";
{
  const RUNNING = "[data-job=running], [data-job=waiting]";
  let pause = 2000;

  const refresh = async () => {
    const job = document.querySelector(RUNNING);
    if (!job) return;
    try {
      const answer = await fetch(location.href, { headers: { "X-Progress": "1" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-job]");
      // What the finished job made may stand anywhere on the page, so the whole page comes anew.
      if (!answer.ok || !fresh || !fresh.matches(RUNNING)) { location.reload(); return; }
      if (job.innerHTML !== fresh.innerHTML) job.replaceWith(fresh);
    } catch { /* no connection: try again later */ }
    pause = Math.min(pause * 1.25, 15000);
    setTimeout(refresh, pause);
  };
  if (document.querySelector(RUNNING)) setTimeout(refresh, pause);

  // What several people move on at once comes anew when it changed; what somebody is writing on it is left, and they are told.
  const followed = document.querySelector("[data-follows]");
  const follow = async () => {
    try {
      if (document.visibilityState === "visible") {
        const answer = await fetch(location.href, { headers: { "X-Progress": "1" } });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector("[data-follows]");
        if (answer.ok && fresh?.dataset.follows !== followed.dataset.follows) {
          if (!window.puente.typed.some((typed) => typed())) { location.reload(); return; }
          followed.textContent = followed.dataset.changed;
        }
      }
    } catch { /* no connection: try again later */ }
    setTimeout(follow, 5000);
  };
  if (followed) setTimeout(follow, 5000);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
    document.querySelector(`a[data-next-key="${CSS.escape(event.key)}"]`)?.click();
  });

  // A digit scores the criterion one is in; once more, the next value that begins with it (4, then 4.5; 1, then 10).
  for (const form of document.querySelectorAll("form[data-digits]")) {
    for (const option of form.querySelectorAll("[role=radiogroup] input[type=radio]")) option.setAttribute("aria-keyshortcuts", option.value[0]);
    // Where fingers are what there is, a hint about keys is in the way.
    for (const help of form.querySelectorAll("[data-keys-help]")) help.hidden = matchMedia("(pointer: coarse)").matches;
    form.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !/^[0-9]$/.test(event.key) || !event.target.matches("input[type=radio]")) return;
      const fitting = [...event.target.closest("[role=radiogroup]").querySelectorAll("input[type=radio]")].filter((one) => one.value.startsWith(event.key));
      if (!fitting.length) return;
      event.preventDefault();
      const next = fitting[(fitting.findIndex((one) => one.checked) + 1) % fitting.length];
      next.focus();
      next.click();
    });
  }

  for (const details of document.querySelectorAll("details.chart-data")) addEventListener("beforeprint", () => { details.open = true; });
}
