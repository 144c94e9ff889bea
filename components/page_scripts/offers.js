// What a page offers, for a map of its site: where its links lead, what its forms send, how it is built.
// Runs in the page's own world like everything here; whoever asks checks what comes back.
() => {
  const LONGEST = 120, MOST_LINKS = 400, MOST_FORMS = 60, MOST_FIELDS = 40, MOST_OPTIONS = 40, MOST_ROWS = 60;
  const tidy = (text) => (text || "").replace(/\s+/g, " ").trim().slice(0, LONGEST);
  const first = (list, most) => Array.prototype.slice.call(list, 0, most);
  const shown = (el) => el.checkVisibility({ visibilityProperty: true }) && el.getClientRects().length > 0;
  const named = (el) =>
    tidy(el.getAttribute("aria-label")) || tidy(el.innerText) || tidy(el.querySelector("img[alt]")?.alt) || tidy(el.title);
  const labelled = (el) =>
    tidy(el.getAttribute("aria-label")) || tidy(first(el.labels || [], 3).map((label) => label.innerText).join(" ")) ||
    tidy(el.placeholder) || tidy(el.title);
  const links = first(document.links, MOST_LINKS).map((el) => ({ url: el.href, name: named(el), shown: shown(el) }));
  const field = (el) => ({
    name: el.name, label: labelled(el), kind: el.tagName === "INPUT" ? el.type : el.tagName.toLowerCase(), value: tidy(el.value),
    required: !!el.required, shown: shown(el),
    options: el.options ? first(el.options, MOST_OPTIONS).map((o) => ({ value: o.value.slice(0, LONGEST), label: tidy(o.label) })) : [],
  });
  const BUTTON = "button:not([type=button]):not([type=reset]), input[type=submit], input[type=image]";
  const forms = first(document.forms, MOST_FORMS).map((el) => {
    const button = el.querySelector(BUTTON);
    return {
      method: (el.getAttribute("method") || "get").toUpperCase(), url: new URL(el.getAttribute("action") || "", document.baseURI).href,
      button: button ? named(button) || tidy(button.value) : "", shown: shown(button || el),
      fields: first(el.elements, MOST_FIELDS).filter((e) => e.name && !/^(submit|button|image|reset)$/.test(e.type)).map(field),
    };
  });
  const cells = (row) => first(row.cells, 12).map((cell) => tidy(cell.innerText));
  const tables = first(document.querySelectorAll("table"), 8).filter(shown).map((el) => first(el.rows, MOST_ROWS).map(cells));
  const skeleton = new Set();
  for (const el of first(document.body ? document.body.querySelectorAll("*") : [], 5000))
    skeleton.add([el.parentElement, el].map((e) => e.tagName + "." + (e.getAttribute("class") || "").split(/\s+/).slice(0, 2).join(".")).join(">"));
  const heading = tidy(document.querySelector("h1, h2, [role=heading]")?.innerText);
  return { title: tidy(document.title), heading, links, forms, tables, skeleton: [...skeleton].sort().join(" ").slice(0, 60000) };
}
