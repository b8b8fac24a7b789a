// Offers the cities of the chosen country while one is typed, in the browser's own list. Without it the field is plain text.
"use strict";
for (const form of document.querySelectorAll("form[data-cities]")) {
  const known = new Map();
  const ask = async (country, typed) => {
    const key = `${country} ${typed.toLowerCase()}`;
    if (!known.has(key)) {
      const url = new URL(form.dataset.cities, location.href);
      url.searchParams.set("pais", country);
      url.searchParams.set("q", typed);
      known.set(key, fetch(url).then((answer) => (answer.ok ? answer.json() : { cities: [] })).then((found) => found.cities).catch(() => { known.delete(key); return []; }));
    }
    return known.get(key);
  };
  for (const input of form.querySelectorAll("input[name$=city]")) {
    const country = form.elements[input.name.replace(/city$/, "country")];
    if (!country) continue;
    const list = document.createElement("datalist");
    list.id = `${input.id}-cities`;
    input.after(list);
    input.setAttribute("list", list.id);
    input.setAttribute("autocomplete", "off");
    let timer;
    const offer = () => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const typed = input.value.trim();
        if (typed.length < 2 || !country.value) { list.replaceChildren(); return; }
        const cities = await ask(country.value, typed);
        if (input.value.trim() !== typed) return;
        list.replaceChildren(...cities.map(({ name, spelled }) => Object.assign(document.createElement("option"), { value: name, label: spelled === name ? name : `${spelled} (${name})` })));
      }, 200);
    };
    input.addEventListener("input", offer);
    country.addEventListener("change", offer);
  }
}
