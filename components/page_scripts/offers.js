// What a page offers, for a map of its site: where its links lead, what its forms send, how it is built.
const MOST_WORDS = 120, MOST_LINKS = 400, MOST_FORMS = 60, MOST_FIELDS = 40, MOST_CHOICES = 40, MOST_TABLES = 8, MOST_ROWS = 60;
const MOST_CELLS = 12, MOST_BUILT = 5000, MOST_CLASS = 60;
const PRESSED = "button:not([type=button]):not([type=reset]), input[type=submit], input[type=image]";
const UNSAID = among("submit button image reset"), ASKED = among("INPUT SELECT TEXTAREA");
const ofLink = take(bare({}), HTMLAnchorElement.prototype, "href"), ofArea = take(bare({}), HTMLAreaElement.prototype, "href");
const ofForm = take(bare({}), HTMLFormElement.prototype, "action elements method");
const ofTable = take(take(bare({}), HTMLTableElement.prototype, "rows"), HTMLTableRowElement.prototype, "cells");
const DRAWN = bare({ visibilityProperty: true });

const short = (text) => slice(tidy(textOf(text)), 0, MOST_WORDS);
const onScreen = (el) => dom.checkVisibility(el, DRAWN) && rectsLength(dom.getClientRects(el)) > 0;
const calledFor = (el, tag) => short(dom.getAttribute(el, "aria-label")) || short(labelsOf(el, tag).map(innerText).join(" ")) ||
  short(prop(el, tag, "placeholder")) || short(prop(el, tag, "title"));

function saidOf(el, tag) {
  const said = short(dom.getAttribute(el, "aria-label")) || short(innerText(el));
  if (said) return said;
  const picture = dom.querySelector(el, "img[alt]");
  return (picture && short(prop(picture, "IMG", "alt"))) || short(prop(el, tag, "alt")) || short(prop(el, tag, "title"));
}

function offeredLink(el) {
  const tag = tagOf(el);
  return bare({ url: tag === "AREA" ? ofArea.href(el) : ofLink.href(el), name: saidOf(el, tag), shown: onScreen(el) });
}

function offeredField(el) {
  const tag = tagOf(el), options = tag === "SELECT" ? itemsOf(prop(el, tag, "options"), MOST_CHOICES) : list();
  return bare({
    name: textOf(dom.getAttribute(el, "name")), label: calledFor(el, tag), kind: tag === "INPUT" ? prop(el, tag, "type") : lower(tag),
    value: short(prop(el, tag, "value")), required: dom.hasAttribute(el, "required"), shown: onScreen(el),
    options: options.map((each) => bare({ value: slice(textOf(prop(each, "OPTION", "value")), 0, MOST_WORDS), label: slice(optionName(each), 0, MOST_WORDS) })),
  });
}

function offeredForm(el) {
  const button = dom.querySelector(el, PRESSED), tag = button && tagOf(button);
  const asks = (field) => ASKED[tagOf(field)] && dom.getAttribute(field, "name") && !UNSAID[prop(field, tagOf(field), "type")];
  const asked = itemsOf(ofForm.elements(el), 4 * MOST_FIELDS).filter(asks);
  return bare({
    method: upper(ofForm.method(el)), url: ofForm.action(el), shown: onScreen(button || el),
    button: button ? saidOf(button, tag) || short(prop(button, tag, "value")) : "",
    fields: copy(asked, asked.length, MOST_FIELDS).map(offeredField),
  });
}

function offeredTable(el) {
  const cells = (row) => itemsOf(ofTable.cells(row), MOST_CELLS).map((cell) => short(innerText(cell)));
  return itemsOf(ofTable.rows(el), MOST_ROWS).map(cells);
}

// Each kind of element in its kind of parent, once.
function builtOf() {
  const body = ofDocument.body(document), seen = new Bag(), found = new List();
  const kind = (el) => (el ? slice(dom.tagName(el) + "." + wordsOf(textOf(dom.getAttribute(el, "class")), 2).join("."), 0, MOST_CLASS) : "");
  const all = body ? within(body, "*", MOST_BUILT) : list();
  for (let i = 0; i < all.length; i++) {
    const told = kind(dom.parentElement(all[i])) + ">" + kind(all[i]);
    if (!seen.has(told)) { seen.add(told); found.push(told); }
  }
  return found;
}

function offers() {
  const all = (selector, most) => nodesOf(ofDocument.querySelectorAll(document, selector), most);
  const heading = ofDocument.querySelector(document, "h1, h2, [role=heading]");
  return answer({
    title: short(ofDocument.title(document)), heading: heading ? short(innerText(heading)) : "", built: builtOf(),
    links: all("a[href], area[href]", MOST_LINKS).filter((el) => dom.namespaceURI(el) === HTML).map(offeredLink),
    forms: all("form", MOST_FORMS).map(offeredForm), tables: all("table", MOST_TABLES).filter(onScreen).map(offeredTable),
  });
}
