// Runs before the page's own scripts, in every frame. Notices click listeners, and what the page has begun and not ended.
// State is kept outside the DOM (weak maps), so that the page's markup stays as its author wrote it.
const CLICKS = among("click mousedown mouseup pointerdown pointerup touchstart");
const SHORT_TIMER = 350;   // ms; a longer timer is a clock or a toast, not the answer to an action
const NESTED_TIMERS = 3;   // timers set by timers: beyond this it is a loop, not a chain
const FAST_INTERVAL = 60;  // ms; intervals at this pace animate
const SLOW_TIMER = 100;    // ms; above, it is worth to remember whether the timers of one place ever do anything

const listeners = new Notes();  // element -> Table(type -> Bag(listener))
const shadows = new Notes();    // host -> its shadow root, closed ones too
// `changes` counts what can have changed the page or may yet; `unseen` is when something began whose end cannot be
// seen from here (a worker, a database, a form on its way); times are those of now().
const work = {
  changes: 0, mutated: 0, animated: 0, unseen: now(), requests: new Bag(), timers: new Table(), frames: 0,
  intervals: new Bag(), leaving: 0, watchers: 0, framed: 0, acted: false,
};
const changed = () => { work.changes++; };
const unseen = () => { work.changes++; work.unseen = now(); };

const Observer = window.MutationObserver;
const [observeNode, disconnect, takeRecords] = ["observe", "disconnect", "takeRecords"].map((name) => unbound(Observer.prototype[name]));
const record = take(bare({}), MutationRecord.prototype, "type target attributeName attributeNamespace oldValue");
const mutations = new Observer(() => { work.changes++; work.mutated = now(); });
const WATCHED = bare({ subtree: true, childList: true, attributes: true, characterData: true });
const WITH_VALUES = bare({ ...WATCHED, attributeOldValue: true });

const addListener = EventTarget.prototype.addEventListener;
const removeListener = EventTarget.prototype.removeEventListener;
EventTarget.prototype.addEventListener = function addEventListener(type, listener, options) {
  const target = this || window;
  if (listener && CLICKS[type]) {
    let kinds = listeners.get(target);
    if (!kinds) listeners.set(target, (kinds = new Table()));
    if (!kinds.has(type)) kinds.set(type, new Bag());
    kinds.get(type).add(listener);
    if (typeof options === "object" && options) unheardLater(target, type, listener, options);
  }
  return apply(addListener, this, arguments);
};
// Listeners that the browser itself takes away: at the first event, or by a signal.
function unheardLater(target, type, listener, options) {
  const gone = () => unheard(target, type, listener), { once, signal } = options;
  if (once) apply(addListener, target, list(type, gone, bare({ once: true, capture: true })));
  if (signal instanceof Signal) {
    if (abortedOf(signal)) gone(); else apply(addListener, signal, list("abort", gone, bare({ once: true })));
  }
}
const Signal = window.AbortSignal, abortedOf = take(bare({}), Signal.prototype, "aborted").aborted;
function unheard(target, type, listener) {
  const kinds = listeners.get(target);
  if (!kinds || !kinds.has(type)) return;
  kinds.get(type).delete(listener);
  if (!kinds.get(type).size) kinds.delete(type);
  if (!kinds.size) listeners.delete(target);
}
EventTarget.prototype.removeEventListener = function removeEventListener(type, listener) {
  unheard(this || window, type, listener);
  return apply(removeListener, this, arguments);
};

const attachShadow = Element.prototype.attachShadow;
Element.prototype.attachShadow = function () { return keepShadow(this, apply(attachShadow, this, arguments)); };
function keepShadow(host, root) {
  shadows.set(host, root);
  observeNode(mutations, root, WATCHED);
  return root;
}
// A closed root that stands in the markup is attached by nobody; its custom element's internals know it.
const innerShadow = take(bare({}), ElementInternals.prototype, "shadowRoot").shadowRoot;
function shadowOf(host) {
  const known = dom.shadowRoot(host) || shadows.get(host);
  if (known || !anyInternals || !internals.has(host)) return known || null;
  const root = innerShadow(internals.get(host));
  return root ? keepShadow(host, root) : null;
}

const internals = new Notes();  // custom element -> what its class says of it
let anyInternals = false;
const attachInternals = HTMLElement.prototype.attachInternals;
HTMLElement.prototype.attachInternals = function () {
  const made = apply(attachInternals, this, arguments);
  internals.set(this, made);
  anyInternals = true;
  return made;
};

// The places in the page's code whose slow timers never did anything (jQuery UI sets one at every click): how often they
// did nothing, or NaN once they did something. Only after two such does a click not wait for them; typing always waits.
const idle = new Table(), PlainError = window.Error, LINE = /[^\n]+/g;
function placeOf() {
  let stack = "", place = "", line;
  try { stack = textOf(new PlainError().stack); } catch (_) { /* the page says how stacks are told */ }
  LINE.lastIndex = 0;
  for (let i = 0; i < 10 && (line = exec(LINE, stack)); i++) if (i > 2) place += line[0] + "\n";
  return place;
}
function fieldsOf() {
  const fields = nodesOf(ofDocument.querySelectorAll(document, "input, select, textarea"), 300);
  const held = fields.map((el) => { const tag = dom.tagName(el); return `${prop(el, tag, "value")}${prop(el, tag, "checked")}`; });
  return `${location.href} ${ofWindow.scrollX(window)} ${ofWindow.scrollY(window)} ${held.join("\n")}`;
}
const focused = () => ofDocument.activeElement(document);
// Records of mutations that left everything as it was, as of an attribute that was set to what it is.
const vain = (records) => !records.some((r) => record.type(r) !== "attributes" ||
  dom.getAttributeNS(record.target(r), record.attributeNamespace(r), record.attributeName(r)) !== record.oldValue(r));
const unjudged = new Bag();
const judge = () => { unjudged.forEach((look) => look()); unjudged.clear(); };
function learn(place, run) {
  const changes = work.changes, fields = fieldsOf(), focus = focused();
  const witness = new Observer(() => {});
  observeNode(witness, document, WITH_VALUES);
  try { return run(); } finally {
    const records = takeRecords(witness), some = records.length, nothing = vain(copy(records, some));
    disconnect(witness);
    const expected = changes + (some ? 1 : 0);  // `mutations` counts them once
    unjudged.add(() => {
      const same = nothing && work.changes === expected && focus === focused() && fields === fieldsOf();
      if (idle.size < 1000) idle.set(place, same ? (idle.has(place) ? idle.get(place) : 0) + 1 : NaN);
    });
    later(judge, 20);  // or when the page is quiet, or before the next action: what it began may take a moment
  }
}

let timerDepth = 0;
const nativeTimeout = window.setTimeout, nativeClear = window.clearTimeout;
const delayOf = (delay) => (typeof delay === "number" || typeof delay === "string" ? +delay || 0 : 0);
window.setTimeout = function setTimeout(callback, delay) {
  const wait = max(0, delayOf(delay)), depth = timerDepth;
  if (typeof callback !== "function" || wait > SHORT_TIMER || depth >= NESTED_TIMERS) return apply(nativeTimeout, window, arguments);
  const place = wait > SLOW_TIMER ? placeOf() : "";
  const watched = function () {
    work.timers.delete(id);
    const before = timerDepth, given = arguments;
    timerDepth = depth + 1;
    const run = () => apply(callback, this, given);
    try { return place ? learn(place, run) : run(); } finally { timerDepth = before; if (!place) changed(); }
  };
  arguments[0] = watched;
  const id = apply(nativeTimeout, window, arguments);
  work.timers.set(id, { at: now() + wait, idle: place !== "" && idle.get(place) >= 2 });
  if (!place || !(idle.get(place) >= 2)) changed();
  return id;
};
window.clearTimeout = function clearTimeout(id) { work.timers.delete(id); return apply(nativeClear, window, arguments); };

const nativeInterval = window.setInterval, nativeClearInterval = window.clearInterval;
window.setInterval = function setInterval(callback, delay) {
  const id = apply(nativeInterval, window, arguments);
  if (delayOf(delay) <= FAST_INTERVAL) { work.intervals.add(id); work.animated = now(); }
  return id;
};
window.clearInterval = function clearInterval(id) { work.intervals.delete(id); return apply(nativeClearInterval, window, arguments); };

const nativeFrame = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = function requestAnimationFrame(callback) {
  work.frames++;
  changed();
  return nativeFrame(function () { work.frames--; return apply(callback, this, arguments); });
};

// What watches sizes and visibility is called with the next frame.
for (const kind of ["ResizeObserver", "IntersectionObserver"]) {
  const observe = window[kind] && window[kind].prototype.observe;
  if (observe) window[kind].prototype.observe = function () { work.watchers++; return apply(observe, this, arguments); };
}

// A request is under way until its promise is settled; so is the reading of an answer's body, which comes after it.
const then = unbound(Promise.prototype.then);
function underWay(promise, most) {
  const done = begun();
  try { then(promise, done, done); } catch (_) { done(); }
  if (most) later(done, most);
  return promise;
}
function begun() {
  const token = bare({ at: now() });
  work.requests.add(token);
  changed();
  return () => { if (work.requests.delete(token)) changed(); };
}
const nativeFetch = window.fetch;
if (nativeFetch) {
  window.fetch = function fetch() { return underWay(apply(nativeFetch, this, arguments)); };
}
const promising = [  // what answers with a promise, soon
  [window.Response, "arrayBuffer blob formData json text"], [window.Blob, "arrayBuffer text"],
  [window.SubtleCrypto, "decrypt deriveBits deriveKey digest encrypt exportKey generateKey importKey sign verify"],
  [window.Cache, "add addAll match matchAll keys put"], [window.CacheStorage, "match open keys has"],
];
for (const [kind, names] of promising) {
  for (const name of kind ? names.split(" ") : []) {
    const plain = kind.prototype[name];
    if (plain) kind.prototype[name] = function () { return underWay(apply(plain, this, arguments)); };
  }
}
const listen = unbound(addListener), ONCE = bare({ once: true }), CAPTURE = true;
const telling = [  // whose end is an event, of what the call returns or of what it was called on
  [window.IDBFactory, "open", "success error blocked"], [window.IDBDatabase, "transaction", "complete abort error"],
  [window.FileReader, "readAsText readAsDataURL readAsArrayBuffer", "loadend"], [window.XMLHttpRequest, "send", "loadend"],
  [window.Worker, "postMessage", "message", SHORT_TIMER], [window.WebSocket, "send", "message", SHORT_TIMER],
];
for (const [kind, names, ends, most] of telling) {
  for (const name of kind ? names.split(" ") : []) {
    const plain = kind.prototype[name], endings = list(...ends.split(" "));
    kind.prototype[name] = function () {
      const done = begun();
      if (most) later(done, most);  // it may not answer at all
      let made;
      try { made = apply(plain, this, arguments); } catch (error) { done(); throw error; }
      const from = typeof made === "object" && made ? made : this;
      for (let i = 0; i < endings.length; i++) listen(from, endings[i], done, ONCE);
      return made;
    };
  }
}
// A form that is posted into a new window, which is closed, would be lost: it is posted in the page itself. What is
// asked for by an address is told with the address instead.
const submitter = take(bare({}), SubmitEvent.prototype, "submitter").submitter, prevented = take(bare({}), Event.prototype, "defaultPrevented").defaultPrevented;
const targetOf = take(bare({}), Event.prototype, "target").target;
function keepHere(form, button) {
  const attribute = (name) => (button && dom.getAttribute(button, "form" + name)) || dom.getAttribute(form, name) || "";
  if (lower(attribute("method")) !== "post" || !opensWindow(attribute("target"))) return;
  const holder = button && dom.hasAttribute(button, "formtarget") ? button : form, name = holder === form ? "target" : "formtarget";
  const before = dom.getAttribute(holder, name);
  dom.setAttribute(holder, name, "_self");
  later(() => { if (before === null) dom.removeAttribute(holder, name); else dom.setAttribute(holder, name, before); }, 0);
}
function opensWindow(target) {
  if (!target || lower(target) === "_self" || lower(target) === "_parent" || lower(target) === "_top") return false;
  return lower(target) === "_blank" || !nodesOf(ofDocument.querySelectorAll(document, "iframe, frame, object"), 100).some((el) => dom.getAttribute(el, "name") === target);
}
listen(window, "submit", (event) => { if (!prevented(event)) keepHere(targetOf(event), submitter(event)); });
const nativeSubmit = HTMLFormElement.prototype.submit;
HTMLFormElement.prototype.submit = function submit() {
  if (this instanceof HTMLFormElement) keepHere(this, null);
  unseen();
  return apply(nativeSubmit, this, arguments);
};
const silent = [[window.BroadcastChannel, "postMessage"], [window.History, "back forward go"], [window.HTMLFormElement, "requestSubmit"]];
for (const [kind, names] of silent) {
  for (const name of names.split(" ")) {
    const plain = kind.prototype[name];
    kind.prototype[name] = function () { unseen(); return apply(plain, this, arguments); };
  }
}
const readPart = ReadableStreamDefaultReader.prototype.read;  // a stream may pause for ever
ReadableStreamDefaultReader.prototype.read = function () { return underWay(apply(readPart, this, arguments), SHORT_TIMER); };
const plainPost = MessagePort.prototype.postMessage;
MessagePort.prototype.postMessage = function () { changed(); return apply(plainPost, this, arguments); };

if (window.navigation) {
  const going = take(bare({}), NavigateEvent.prototype, "hashChange downloadRequest destination");
  take(going, NavigationDestination.prototype, "sameDocument");
  listen(window.navigation, "navigate", (event) => {
    if (going.hashChange(event) || going.downloadRequest(event) !== null || going.sameDocument(going.destination(event))) unseen();
    else work.leaving = now();
  });
  for (const end of ["navigateerror", "navigatesuccess"]) {
    listen(window.navigation, end, () => { work.leaving = 0; unseen(); });
  }
}

function stay() { work.leaving = 0; unseen(); }
