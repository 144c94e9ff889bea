// Runs before the page's own scripts, in every frame. Notices click listeners, and what the page has begun and not ended.
// State is kept outside the DOM (weak maps), so that the page's markup stays as its author wrote it.
const CLICKS = new Set(["click", "mousedown", "mouseup", "pointerdown", "pointerup", "touchstart"]);
const SHORT_TIMER = 350;   // ms; a longer timer is a clock or a toast, not the answer to an action
const NESTED_TIMERS = 3;   // timers set by timers: beyond this it is a loop, not a chain
const FAST_INTERVAL = 60;  // ms; intervals at this pace animate
const SLOW_TIMER = 100;    // ms; above, it is worth to remember whether the timers of one place ever do anything

const now = performance.now.bind(performance);
const later = window.setTimeout.bind(window);
const stringify = JSON.stringify.bind(JSON);
const listeners = new WeakMap();  // element -> Map(type -> Set(listener))
const shadows = new WeakMap();    // host -> its shadow root, closed ones too
// `changes` counts what can have changed the page or may yet; `unseen` is when something began whose end cannot be
// seen from here (a worker, a database, a form on its way); times are those of now().
const work = {
  changes: 0, mutated: 0, animated: 0, unseen: now(), requests: new Set(), timers: new Map(), frames: 0,
  intervals: new Set(), leaving: 0, watchers: 0, framed: 0,
};
const changed = () => { work.changes++; };
const unseen = () => { work.changes++; work.unseen = now(); };

const mutations = new MutationObserver(() => { work.changes++; work.mutated = now(); });
const WATCHED = { subtree: true, childList: true, attributes: true, characterData: true };
mutations.observe(document, WATCHED);

const addListener = EventTarget.prototype.addEventListener;
const removeListener = EventTarget.prototype.removeEventListener;
EventTarget.prototype.addEventListener = function addEventListener(type, listener) {
  if (listener && CLICKS.has(type) && this && this !== window) {
    let kinds = listeners.get(this);
    if (!kinds) listeners.set(this, (kinds = new Map()));
    if (!kinds.has(type)) kinds.set(type, new Set());
    kinds.get(type).add(listener);
  }
  return addListener.apply(this, arguments);
};
EventTarget.prototype.removeEventListener = function removeEventListener(type, listener) {
  const kinds = this && this !== window && listeners.get(this);
  if (kinds && kinds.has(type)) {
    kinds.get(type).delete(listener);
    if (!kinds.get(type).size) kinds.delete(type);
    if (!kinds.size) listeners.delete(this);
  }
  return removeListener.apply(this, arguments);
};

const attachShadow = Element.prototype.attachShadow;
Element.prototype.attachShadow = function () {
  const root = attachShadow.apply(this, arguments);
  shadows.set(this, root);
  mutations.observe(root, WATCHED);
  return root;
};

// The places in the page's code whose slow timers never did anything (jQuery UI sets one at every click): how often they
// did nothing, or NaN once they did something. Only after two such does a click not wait for them; typing always waits.
const idle = new Map();
function placeOf() {
  return new Error().stack.split("\n", 10).slice(3).join("\n");
}
function fieldsOf() {
  const fields = Array.from(document.querySelectorAll("input, select, textarea")).slice(0, 300);
  return [location.href, scrollX, scrollY, ...fields.map((el) => el.value + el.checked)].join("\n");
}
// Records of mutations that left everything as it was, as of an attribute that was set to what it is.
const vain = (records) => records.every((r) => r.type === "attributes" && r.target.getAttributeNS(r.attributeNamespace, r.attributeName) === r.oldValue);
const unjudged = new Set();
const judge = () => { for (const look of unjudged) look(); unjudged.clear(); };
function learn(place, run) {
  const changes = work.changes, fields = fieldsOf(), focus = document.activeElement;
  const witness = new MutationObserver(() => {});
  witness.observe(document, { ...WATCHED, attributeOldValue: true });
  try { return run(); } finally {
    const records = witness.takeRecords(), nothing = vain(records);
    witness.disconnect();
    const expected = changes + (records.length ? 1 : 0);  // `mutations` counts them once
    unjudged.add(() => {
      const same = nothing && work.changes === expected && focus === document.activeElement && fields === fieldsOf();
      if (idle.size < 1000) idle.set(place, same ? (idle.has(place) ? idle.get(place) : 0) + 1 : NaN);
    });
    later(judge, 20);  // or when the page is quiet, or before the next action: what it began may take a moment
  }
}

let timerDepth = 0;
const nativeTimeout = window.setTimeout, nativeClear = window.clearTimeout;
window.setTimeout = function setTimeout(callback, delay, ...rest) {
  const wait = Math.max(0, Number(delay) || 0), depth = timerDepth;
  if (typeof callback !== "function" || wait > SHORT_TIMER || depth >= NESTED_TIMERS) {
    return nativeTimeout.call(window, callback, delay, ...rest);
  }
  const place = wait > SLOW_TIMER ? placeOf() : "";
  const id = nativeTimeout.call(window, function (...given) {
    work.timers.delete(id);
    const before = timerDepth;
    timerDepth = depth + 1;
    const run = () => callback.apply(this, given);
    try { return place ? learn(place, run) : run(); } finally { timerDepth = before; if (!place) changed(); }
  }, delay, ...rest);
  work.timers.set(id, { at: now() + wait, idle: place !== "" && idle.get(place) >= 2 });
  if (!place || !(idle.get(place) >= 2)) changed();
  return id;
};
window.clearTimeout = function clearTimeout(id) { work.timers.delete(id); return nativeClear.call(window, id); };

const nativeInterval = window.setInterval, nativeClearInterval = window.clearInterval;
window.setInterval = function setInterval(callback, delay, ...rest) {
  const id = nativeInterval.call(window, callback, delay, ...rest);
  if ((Number(delay) || 0) <= FAST_INTERVAL) { work.intervals.add(id); work.animated = now(); }
  return id;
};
window.clearInterval = function clearInterval(id) { work.intervals.delete(id); return nativeClearInterval.call(window, id); };

const nativeFrame = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = function requestAnimationFrame(callback) {
  work.frames++;
  changed();
  return nativeFrame(function () { work.frames--; return callback.apply(this, arguments); });
};

// What watches sizes and visibility is called with the next frame.
for (const kind of ["ResizeObserver", "IntersectionObserver"]) {
  const observe = window[kind] && window[kind].prototype.observe;
  if (observe) window[kind].prototype.observe = function () { work.watchers++; return observe.apply(this, arguments); };
}

// A request is under way until its promise is settled; so is the reading of an answer's body, which comes after it.
function underWay(promise, most) {
  const done = begun();
  promise.then(done, done);
  if (most) later(done, most);
  return promise;
}
function begun() {
  const token = {};
  work.requests.add(token);
  changed();
  return () => { if (work.requests.delete(token)) changed(); };
}
const nativeFetch = window.fetch;
if (nativeFetch) {
  window.fetch = function fetch() { return underWay(nativeFetch.apply(this, arguments)); };
}
const promising = [  // what answers with a promise, soon
  [window.Response, "arrayBuffer blob formData json text"], [window.Blob, "arrayBuffer text"],
  [window.SubtleCrypto, "decrypt deriveBits deriveKey digest encrypt exportKey generateKey importKey sign verify"],
  [window.Cache, "add addAll match matchAll keys put"], [window.CacheStorage, "match open keys has"],
];
for (const [kind, names] of promising) {
  for (const name of kind ? names.split(" ") : []) {
    const plain = kind.prototype[name];
    if (plain) kind.prototype[name] = function () { return underWay(plain.apply(this, arguments)); };
  }
}
const telling = [  // whose end is an event, of what the call returns or of what it was called on
  [window.IDBFactory, "open", "success error blocked"], [window.IDBDatabase, "transaction", "complete abort error"],
  [window.FileReader, "readAsText readAsDataURL readAsArrayBuffer", "loadend"], [window.XMLHttpRequest, "send", "loadend"],
  [window.Worker, "postMessage", "message", SHORT_TIMER], [window.WebSocket, "send", "message", SHORT_TIMER],
];
for (const [kind, names, ends, most] of telling) {
  for (const name of kind ? names.split(" ") : []) {
    const plain = kind.prototype[name];
    kind.prototype[name] = function () {
      const done = begun();
      if (most) later(done, most);  // it may not answer at all
      let made;
      try { made = plain.apply(this, arguments); } catch (error) { done(); throw error; }
      for (const end of ends.split(" ")) addListener.call(made instanceof EventTarget ? made : this, end, done, { once: true });
      return made;
    };
  }
}
const silent = [[window.BroadcastChannel, "postMessage"], [window.History, "back forward go"], [window.HTMLFormElement, "submit requestSubmit"]];
for (const [kind, names] of silent) {
  for (const name of names.split(" ")) {
    const plain = kind.prototype[name];
    kind.prototype[name] = function () { unseen(); return plain.apply(this, arguments); };
  }
}
const readPart = ReadableStreamDefaultReader.prototype.read;  // a stream may pause for ever
ReadableStreamDefaultReader.prototype.read = function () { return underWay(readPart.apply(this, arguments), SHORT_TIMER); };
const plainPost = MessagePort.prototype.postMessage;
MessagePort.prototype.postMessage = function () { changed(); return plainPost.apply(this, arguments); };
addListener.call(window, "submit", unseen, true);
addListener.call(window, "message", changed, true);

if (window.navigation) {
  addListener.call(window.navigation, "navigate", (event) => {
    if (event.hashChange || event.downloadRequest !== null || event.destination.sameDocument) unseen();
    else work.leaving = now();
  });
  for (const end of ["navigateerror", "navigatesuccess"]) {
    addListener.call(window.navigation, end, () => { work.leaving = 0; unseen(); });
  }
}

function stay() { work.leaving = 0; unseen(); }
