// Who a click is meant for: handlers that a container holds for what is in it, labels that stand for a control that
// cannot be seen.
const sourceOf = unbound(Function.prototype.toString);
const SELECTORS = /(!\s*[\w.$?]*)?\.(?:closest|matches|webkitMatchesSelector)\(\s*(?:"([^"\\]{1,200})"|'([^'\\]{1,200})'|`([^`\\$]{1,200})`)|\.classList\.contains\(\s*["'`]([\w-]{1,60})["'`]|(?:tagName|nodeName)(?:\.to(?:Lower|Upper)Case\(\))?\s*={2,3}\s*["'](\w{1,20})["']/g;
const ASKS_TARGET = /\btarget\b|\bsrcElement\b|\bcomposedPath\b/;
const MOST_CODE = 20000, MOST_TARGETS = 2000, MOST_SELECTORS = 20;
const NO_HANDLERS = () => undefined;
const read = new Notes();  // handler -> what its code says

function heardIn(win) {
  try { return win[KEY] ? win[KEY].heard : NO_HANDLERS; } catch (_) { return NO_HANDLERS; }
}

// The selectors that a handler's code names for its targets, and whether it asks what was hit at all.
function codeOf(handler) {
  let known = read.get(handler);
  if (known) return known;
  const code = slice(sourceOf(handler), 0, MOST_CODE), selectors = new List();
  SELECTORS.lastIndex = 0;
  for (let m; selectors.length < MOST_SELECTORS && (m = exec(SELECTORS, code));) {
    if (m[1] === undefined) selectors.push(m[2] || m[3] || m[4] || (m[5] ? "." + m[5] : m[6]));
  }
  known = bare({ selectors, asks: says(ASKS_TARGET, code) });
  read.set(handler, known);
  return known;
}

function inlineOf(el, tag) {
  const read = readers[tag] || anyElement;
  try { return read.onclick(el) || read.onmousedown(el) || read.onmouseup(el) || read.onpointerdown(el) || read.onpointerup(el); } catch (_) { return prop(el, tag, "onclick"); }
}

// False where the handlers of an element are for others in it, which become targets.
function byCode(el, scope, inline, targets) {
  const root = el === scope.win ? scope.doc : el, before = targets.size;
  const whole = root === scope.doc || dom.parentNode(root) === scope.doc || root === ofDocument.body(scope.doc);
  let asks = false;
  const ask = (given) => {
    const handler = typeof given === "function" ? given : methodOf(given);
    if (typeof handler !== "function") return;
    const code = codeOf(handler);
    asks = asks || code.asks;
    code.selectors.map((selector) => mark(root, scope, selector, targets));
  };
  const heard = scope.heard(el);
  if (heard) heard.forEach((handlers) => handlers.forEach(ask));
  if (inline) ask(inline);
  if (targets.size === before && asks && !whole) alike(root).map((item) => targets.add(item));
  return targets.size === before;
}

function methodOf(listener) { try { return listener.handleEvent; } catch (_) { return undefined; } }

function mark(root, scope, selector, targets) {
  try {
    const found = root === scope.doc ? ofDocument.querySelectorAll(root, selector) : dom.querySelectorAll(root, selector);
    nodesOf(found, MOST_TARGETS).map((target) => targets.add(target));
  } catch (_) { /* not a selector */ }
}

// The elements in a container that are all of one form, if there are several.
function alike(container) {
  let first = dom.firstElementChild(container);
  while (first && !dom.nextElementSibling(first) && dom.firstElementChild(first)) first = dom.firstElementChild(first);
  const items = new List(), form = (el) => dom.localName(el) + "." + (dom.getAttribute(el, "class") || "");
  for (let el = first; el; el = dom.nextElementSibling(el)) {
    if (items.length && dom.localName(el) !== dom.localName(items[0])) return list();
    if (items.length === 1 && form(el) !== form(items[0])) return list();
    items.push(el);
  }
  return items.length > 1 ? items : list();
}

// jQuery's delegated handlers: the elements their selectors match are the targets, not the container.
function byJQuery(el, scope, targets) {
  let direct = true;
  try {
    const { jQuery } = scope.win, events = jQuery && jQuery._data ? jQuery._data(el, "events") : bundled(el);
    if (!events) return true;
    direct = false;
    const types = keys(events);
    for (let t = 0; t < types.length; t++) {
      const handlers = CLICKS[types[t]] ? events[types[t]] : list();
      for (let i = 0; i < handlers.length && i < 50; i++) {
        if (handlers[i].selector) mark(el === scope.win ? scope.doc : el, scope, `${handlers[i].selector}`, targets); else direct = true;
      }
    }
  } catch (_) { /* not the real jQuery */ }
  return direct;
}

// Where a page keeps its jQuery to itself, the handlers still hang on the element.
const JQUERY = /^jQuery\d{10,}$/;
function bundled(el) {
  const names = keys(el), name = copy(names, names.length, 20).find((key) => says(JQUERY, key));
  return name ? el[name].events : undefined;
}

// Handlers that a page's framework keeps on the element itself, for one listener further out: Svelte's, Solid's and Vue's
// functions or lists of them, Blazor's by their names; since 5.51 Svelte's under a symbol of its own.
const { getOwnPropertySymbols } = Object, MOST_KEPT = 20;
const calls = (kept) => typeof kept === "function" || (typeof kept === "object" && kept !== null && typeof kept[0] === "function");
function listed(handlers) {
  const names = typeof handlers === "object" && handlers !== null ? keys(handlers) : "";
  for (let i = 0; i < names.length && i < MOST_KEPT; i++) if (CLICKS[names[i]]) return true;
  return false;
}
function keeps(el) {
  if (calls(el.__click) || calls(el.$$click) || calls(el.$evtclick)) return true;
  const blazors = el._blazorEvents_1 || el._blazorEvents_2 || el._blazorEvents_3;
  if (blazors && listed(blazors.handlers)) return true;
  const symbols = getOwnPropertySymbols(el);
  for (let i = 0; i < symbols.length && i < MOST_KEPT; i++) if (listed(el[symbols[i]])) return true;
  return false;
}

// A control that has no place where it could be hit: hidden, shrunk, clipped, moved off the page, or not to be hit.
function outOfReach(el) {
  if (!dom.checkVisibility(el, VISIBLE)) return true;
  const box = boxOf(el), style = styleOf(el);
  if (box.width <= 1 || box.height <= 1 || style.pointerEvents === "none") return true;
  if (style.clip !== "auto" || says(CLIPPED, style.clipPath)) return true;
  const win = ofDocument.defaultView(dom.ownerDocument(el));
  return box.right + ofWindow.scrollX(win) <= 0 || box.bottom + ofWindow.scrollY(win) <= 0;
}
const CLIPPED = /^inset\((?:50|100)%/;
const drawn = (el) => { const box = boxOf(el); return dom.checkVisibility(el, VISIBLE) && box.width > 1 && box.height > 1; };

// The role of the control that a label stands for, where that cannot be seen; a label of a visible one is its name.
function standsFor(label) {
  const control = prop(label, "LABEL", "control"), type = control && prop(control, tagOf(control), "type");
  return type && STANDS_FOR[type] && outOfReach(control) ? roleOf(control, "INPUT") : "";
}
const named = (label) => { const control = prop(label, "LABEL", "control"); return control ? !outOfReach(control) : false; };
const replaced = (el, tag) => labelsOf(el, tag).some(drawn) && outOfReach(el);
