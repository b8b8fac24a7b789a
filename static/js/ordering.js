// Things put in order by dragging their handle, with a finger, a pen or a mouse, or with the arrows. What was moved and
// by how many places goes to the same address as the buttons: the server keeps the order and says who was faster.
"use strict";
{
  const form = document.querySelector("[data-order-form]");
  const said = document.querySelector("[data-order-said]");
  const siblings = (item) => [...item.parentElement.children].filter((one) => one.matches("[data-order-item]"));
  const place = (item) => siblings(item).indexOf(item);

  const say = (item) => {
    const words = { name: item.dataset.orderName, place: place(item) + 1, total: siblings(item).length };
    said.textContent = said.dataset.place.replace(/\{(\w+)\}/g, (_all, word) => words[word]);
  };
  // A question may go to another step: there it is sent to, at the place where it was let go.
  const lists = [...document.querySelectorAll("[data-order-into]")];
  const across = (item, list, at) => {
    form.action = item.dataset.orderAcross;
    form.elements.destino.value = list.dataset.orderInto;
    form.elements.lugar.value = at;
    form.submit();
  };
  const send = (item, places) => {
    if (!places) return;
    form.action = item.dataset.orderItem;
    form.elements.lugares.value = places;
    form.submit();
  };

  // The others pass by: a thing that left its place in the page, even for a moment, would let go of the finger.
  const put = (item, wanted) => {
    let at = place(item);
    if (at === wanted) return;
    for (; at < wanted; at += 1) item.before(siblings(item)[at + 1]);
    for (; at > wanted; at -= 1) item.after(siblings(item)[at - 1]);
    say(item);
  };

  const drag = (handle, item, down) => {
    const from = place(item), stop = new AbortController(), edge = 60;
    const elsewhere = item.dataset.orderAcross ? lists.filter((list) => list !== item.parentElement) : [];
    let into = null;
    const end = (wanted, at = null) => {
      stop.abort();
      item.classList.remove("is-dragged");
      into?.classList.remove("is-wanted");
      put(item, wanted);
      if (into && at !== null) across(item, into, at); else send(item, wanted - from);
    };
    const above = (things, event) => things.filter((one) => { const box = one.getBoundingClientRect(); return event.clientY > box.top + box.height / 2; }).length;
    const follow = (event) => {
      into?.classList.remove("is-wanted");
      into = elsewhere.find((list) => { const box = list.closest("[data-order-item]").getBoundingClientRect(); return event.clientY > box.top && event.clientY < box.bottom; }) || null;
      into?.classList.add("is-wanted");
      put(item, into ? from : above(siblings(item).filter((one) => one !== item), event));
      if (event.clientY < edge) scrollBy(0, -12);
      else if (event.clientY > innerHeight - edge) scrollBy(0, 12);
    };
    handle.setPointerCapture(down.pointerId);
    item.classList.add("is-dragged");
    const until = { signal: stop.signal };
    handle.addEventListener("pointermove", follow, until);
    handle.addEventListener("pointerup", (event) => end(place(item), into && above([...into.children], event)), until);
    handle.addEventListener("pointercancel", () => end(from), until); // given up: back to where it was
    addEventListener("keydown", (event) => { if (event.key === "Escape") end(from); }, until);
  };

  for (const handle of document.querySelectorAll("[data-order-handle]")) {
    const item = handle.closest("[data-order-item]");
    handle.hidden = false;
    handle.addEventListener("pointerdown", (event) => { if (event.button === 0) { event.preventDefault(); handle.focus(); drag(handle, item, event); } });
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      const next = item.dataset.orderAcross && lists[lists.indexOf(item.parentElement) + step];
      if (!step || (!siblings(item)[place(item) + step] && !next)) return;
      event.preventDefault();
      if (siblings(item)[place(item) + step]) send(item, step); else across(item, next, step > 0 ? 0 : next.children.length);
    });
  }
  for (const help of document.querySelectorAll("[data-order-help]")) help.hidden = false;
  // After a move the page comes anew at the thing that was moved: its handle has the focus again, and its place is said.
  // It waits for the browser, which gives the focus to what the address names.
  const moved = location.hash && document.getElementById(location.hash.slice(1))?.closest("[data-order-item]");
  if (moved) addEventListener("load", () => setTimeout(() => { moved.querySelector("[data-order-handle]")?.focus({ preventScroll: true }); say(moved); }));
}
