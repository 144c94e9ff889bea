// The browser's own functions, kept before the page's scripts run: a page may replace every built-in and every getter,
// and give a form fields called "tagName" or "parentNode". What is injected reads pages through these alone, keeps its
// data in lists and tables whose prototypes are its own, and never in literals that are iterated or sent.
const { getOwnPropertyDescriptor: descriptor, defineProperty: define, setPrototypeOf, keys, freeze } = Object;
const { apply, ownKeys } = Reflect;
const { max, min, abs, ceil, round } = Math;
const unbound = Function.prototype.bind.bind(Function.prototype.call);  // f -> (self, ...args) => f.call(self, ...args)
const now = performance.now.bind(performance);
const later = window.setTimeout.bind(window);
const stringify = JSON.stringify.bind(JSON);
const bare = (object) => setPrototypeOf(object, null);
const answer = (object) => stringify(bare(object));  // JSON of an object of strings, numbers, truths and lists

class List extends Array {
  push(item) { this[this.length] = item; }
  add(items) { for (let i = 0; i < items.length; i++) this[this.length] = items[i]; }
  map(f) { const made = new List(); for (let i = 0; i < this.length; i++) made[i] = f(this[i]); return made; }
  filter(f) { const made = new List(); for (let i = 0; i < this.length; i++) if (f(this[i])) made.push(this[i]); return made; }
  find(f) { for (let i = 0; i < this.length; i++) if (f(this[i])) return this[i]; return undefined; }
  some(f) { for (let i = 0; i < this.length; i++) if (f(this[i])) return true; return false; }
  join(between) { let text = ""; for (let i = 0; i < this.length; i++) text += (i ? between : "") + this[i]; return text; }
}
bare(List.prototype);
const list = (...items) => setPrototypeOf(items, List.prototype);
function copy(items, length, most = Infinity) {
  const made = new List();
  for (let i = 0; i < length && i < most; i++) made[i] = items[i];
  return made;
}
const among = (words) => { const found = bare({}); for (const word of words.split(" ")) found[word] = true; return found; };

// A kind of map or set whose methods no page can reach.
function own(Kind) {
  class Own extends Kind {}
  for (const key of ownKeys(Kind.prototype)) if (key !== "constructor") define(Own.prototype, key, descriptor(Kind.prototype, key));
  define(Own, Symbol.species, { value: Own });
  bare(Own.prototype);
  return Own;
}
const Table = own(Map), Bag = own(Set), Notes = own(WeakMap), Weak = own(WeakRef), Vow = own(Promise);
// What an async function of ours returns, so that awaiting it asks nothing of the page's promises.
const AS_MADE = bare({ value: Promise });
const promised = (promise) => define(promise, "constructor", AS_MADE);

// --- Texts ---
const exec = unbound(RegExp.prototype.exec);
const [slice, charCodeAt, lower, upper, trim, startsWith, includes] =
  ["slice", "charCodeAt", "toLowerCase", "toUpperCase", "trim", "startsWith", "includes"].map((name) => unbound(String.prototype[name]));
const says = (pattern, text) => exec(pattern, text) !== null;
const ROUGH = /\s\s|[^\S ]/, SPACES = /\s+/g, WORD = /\S+/g;
// Every run of spaces and line breaks as one space.
function squeeze(text) {
  if (!says(ROUGH, text)) return text;
  let squeezed = "", from = 0;
  SPACES.lastIndex = 0;
  for (let found; (found = exec(SPACES, text));) { squeezed += slice(text, from, found.index) + " "; from = SPACES.lastIndex; }
  return squeezed + slice(text, from);
}
const tidy = (text) => trim(squeeze(text));
function wordsOf(text, most = Infinity) {
  const words = new List();
  WORD.lastIndex = 0;
  for (let found; words.length < most && (found = exec(WORD, text));) words.push(found[0]);
  return words;
}
function clip(text, most) {
  if (text.length <= most) return text;
  const last = charCodeAt(text, most - 2);
  return slice(text, 0, last >= 0xd800 && last < 0xdc00 ? most - 2 : most - 1) + "…";  // no half of a character
}
const textOf = (value) => (typeof value === "string" ? value : "");

// --- The DOM: dom.firstChild(node), dom.getAttribute(el, "role"), dom.rect.top(box) ---
const none = () => undefined;
function take(into, owner, names) {
  for (const name of names.split(" ")) {
    const found = owner && descriptor(owner, name);
    into[name] = found ? unbound(found.get || found.value) : none;
  }
  return into;
}
const dom = bare({});
take(dom, Node.prototype, "nodeType firstChild nextSibling parentNode parentElement isConnected ownerDocument textContent getRootNode contains compareDocumentPosition");
take(dom, CharacterData.prototype, "data");
take(dom, Attr.prototype, "name value");
take(dom, Element.prototype, `tagName localName namespaceURI attributes shadowRoot assignedSlot firstElementChild nextElementSibling
  getAttribute getAttributeNS hasAttribute setAttribute removeAttribute matches closest querySelector querySelectorAll checkVisibility getBoundingClientRect
  getClientRects scrollIntoView scrollIntoViewIfNeeded scrollBy scrollTo scrollTop scrollLeft scrollHeight scrollWidth
  clientHeight clientWidth clientTop clientLeft`.replace(/\s+/g, " "));
take(dom, HTMLElement.prototype, "innerText isContentEditable editContext offsetParent offsetWidth offsetHeight click");
const lengthOf = take(bare({}), NodeList.prototype, "length").length;
const collectionLength = take(bare({}), HTMLCollection.prototype, "length").length;
const fileCount = take(bare({}), FileList.prototype, "length").length;
const nodesOf = (items, most) => copy(items, lengthOf(items), most);               // of a NodeList
const itemsOf = (items, most) => copy(items, collectionLength(items), most);       // of an HTMLCollection
const arrayOf = (items, most) => copy(items, items.length, most);                  // of an array that the browser made
take(dom, ShadowRoot.prototype, "host");
take(dom, HTMLSlotElement.prototype, "assignedNodes");
take(dom, EventTarget.prototype, "addEventListener removeEventListener dispatchEvent");
const ofDocument = take(bare({}), Document.prototype, `body documentElement title activeElement designMode readyState contentType
  defaultView scrollingElement querySelectorAll querySelector getElementById elementFromPoint elementsFromPoint hasFocus
  getAnimations createRange createElement onclick`.replace(/\s+/g, " "));
const ofRoot = take(bare({}), ShadowRoot.prototype, "activeElement elementFromPoint");
ofRoot.getElementById = unbound(DocumentFragment.prototype.getElementById);
ofRoot.querySelectorAll = unbound(DocumentFragment.prototype.querySelectorAll);
const ofWindow = take(bare({}), window, "innerWidth innerHeight devicePixelRatio scrollX scrollY length parent frameElement getSelection onclick");
const computed = window.getComputedStyle.bind(window);
// A style has its properties itself, but those of its prototype go before them: where a page has put some there, or
// another prototype behind it, the style (a new object each time) goes without one.
const { getPrototypeOf, hasOwn } = Object, Style = CSSStyleDeclaration.prototype, Plain = Object.prototype;
const READ = list("display", "visibility", "cursor", "position", "overflowX", "overflowY", "pointerEvents", "clip", "clipPath", "direction", "contentVisibility", "webkitTextSecurity", "content");
let plain = true;
function trustStyles() { plain = getPrototypeOf(Style) === Plain && !READ.some((name) => hasOwn(Style, name) || hasOwn(Plain, name)); }
const styleOf = (el) => (plain ? computed(el) : bare(computed(el)));
const rect = take(take(bare({}), DOMRect.prototype, "width height"), DOMRectReadOnly.prototype, "left top right bottom");
const plainBox = (box) => bare({ left: rect.left(box), top: rect.top(box), right: rect.right(box), bottom: rect.bottom(box), width: rect.width(box), height: rect.height(box) });
const boxOf = (el) => plainBox(dom.getBoundingClientRect(el));
const rectsLength = take(bare({}), DOMRectList.prototype, "length").length;
function boxesOf(el) { const boxes = dom.getClientRects(el); return copy(boxes, rectsLength(boxes)).map(plainBox); }
const within = (el, selector, most) => nodesOf(dom.querySelectorAll(el, selector), most);

// What only some kinds of elements have: prop(el, "INPUT", "value"); undefined where this one does not.
const KINDS = bare({
  INPUT: "type value checked indeterminate disabled readOnly placeholder alt labels list files min max multiple select",
  TEXTAREA: "type value disabled readOnly placeholder labels select", BUTTON: "type value disabled labels",
  SELECT: "type value disabled labels multiple size options selectedOptions selectedIndex",
  OPTION: "value selected disabled label text index", OPTGROUP: "disabled label", FIELDSET: "disabled", OUTPUT: "labels",
  LABEL: "control", METER: "value max labels", PROGRESS: "value max labels", IMG: "alt useMap", AREA: "alt", MAP: "areas name",
  DETAILS: "open", DIALOG: "open", DATALIST: "options", IFRAME: "contentDocument contentWindow name",
  FRAME: "contentDocument contentWindow name", OBJECT: "contentDocument contentWindow name",
});
const NAMES = { INPUT: "Input", TEXTAREA: "TextArea", OPTGROUP: "OptGroup", FIELDSET: "FieldSet", IMG: "Image", DATALIST: "DataList", IFRAME: "IFrame" };
const SHARED = "title tabIndex hidden focus onclick onmousedown onmouseup onpointerdown onpointerup";
const anyElement = take(bare({}), HTMLElement.prototype, SHARED), svgElement = take(bare({}), SVGElement.prototype, SHARED);
const readers = bare({}), writers = bare({});
for (const tag of keys(KINDS)) {
  const Kind = window[`HTML${NAMES[tag] || tag[0] + tag.slice(1).toLowerCase()}Element`];
  readers[tag] = take(take(bare({}), HTMLElement.prototype, SHARED), Kind.prototype, KINDS[tag]);
  writers[tag] = bare({});
  for (const name of ["value", "selected", "selectedIndex"]) {
    const property = descriptor(Kind.prototype, name);
    if (property && property.set) writers[tag][name] = unbound(property.set);
  }
}
function prop(el, tag, name) {
  const read = (readers[tag] || anyElement)[name];
  if (!read) return undefined;
  try { return read(el); } catch (_) { /* an element of another vocabulary */ }
  try { return (svgElement[name] || none)(el); } catch (_) { return undefined; }
}
function assign(el, tag, name, value) { writers[tag][name](el, value); }

// The tag in capitals. An element of another vocabulary that is only called like one of HTML has its name in brackets.
const HTML = "http://www.w3.org/1999/xhtml", ELSEWHERE = among("a title style script image text tspan");
const CAPITALS = bare({});
function tagOf(el) {
  const name = dom.localName(el);
  if (dom.namespaceURI(el) === HTML) return CAPITALS[name] || (CAPITALS[name] = upper(name));
  return ELSEWHERE[name] ? upper(name) : "<" + name + ">";
}
