// Runs before the page's own scripts, in every frame. Notices click listeners, and knows when the page is quiet.
// State is kept outside the DOM (weak maps), so that the page's markup stays as its author wrote it.
const CLICKS = new Set(["click", "mousedown", "mouseup", "pointerdown", "pointerup", "touchstart"]);
const SHORT_TIMER = 350;   // ms; a longer timer is a clock or a toast, not the answer to an action
const NESTED_TIMERS = 3;   // timers set by timers: beyond this it is a loop, not a chain
const FAST_INTERVAL = 60;  // ms; intervals at this pace animate

const now = performance.now.bind(performance);
const later = window.setTimeout.bind(window);
const stringify = JSON.stringify.bind(JSON);
const listeners = new WeakMap();  // element -> Map(type -> Set(listener))
const shadows = new WeakMap();    // host -> its shadow root, closed ones too
const work = { mutated: 0, animated: 0, busy: 0, requests: new Set(), timers: new Map(), frames: 0, intervals: new Set(), leaving: 0 };

const mutations = new MutationObserver(() => { work.mutated = work.busy = now(); });
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

let timerDepth = 0;
const nativeTimeout = window.setTimeout, nativeClear = window.clearTimeout;
window.setTimeout = function setTimeout(callback, delay, ...rest) {
  const wait = Math.max(0, Number(delay) || 0), depth = timerDepth;
  if (typeof callback !== "function" || wait > SHORT_TIMER || depth >= NESTED_TIMERS) {
    return nativeTimeout.call(window, callback, delay, ...rest);
  }
  const id = nativeTimeout.call(window, function () {
    work.timers.delete(id);
    const before = timerDepth;
    timerDepth = depth + 1;
    try { return callback.apply(this, arguments); } finally { timerDepth = before; work.busy = now(); }
  }, delay, ...rest);
  work.timers.set(id, now() + wait);
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

const nativeFrame = window.requestAnimationFrame;
window.requestAnimationFrame = function requestAnimationFrame(callback) {
  work.frames++;
  return nativeFrame.call(window, function () { work.frames--; return callback.apply(this, arguments); });
};

// A request is under way until its promise is settled; so is the reading of an answer's body, which comes after it.
function underWay(promise) {
  const token = {};
  const done = () => { work.requests.delete(token); work.busy = now(); };
  work.requests.add(token);
  promise.then(done, done);
  return promise;
}
const nativeFetch = window.fetch;
if (nativeFetch) {
  window.fetch = function fetch() { return underWay(nativeFetch.apply(this, arguments)); };
  for (const kind of ["arrayBuffer", "blob", "formData", "json", "text"]) {
    const read = Response.prototype[kind];
    Response.prototype[kind] = function () { return underWay(read.apply(this, arguments)); };
  }
}
const send = XMLHttpRequest.prototype.send;
XMLHttpRequest.prototype.send = function () {
  const token = {};
  work.requests.add(token);
  addListener.call(this, "loadend", () => { work.requests.delete(token); work.busy = now(); });
  return send.apply(this, arguments);
};

if (window.navigation) {
  addListener.call(window.navigation, "navigate", (event) => {
    if (event.hashChange || event.downloadRequest !== null || event.destination.sameDocument) work.busy = now();
    else work.leaving = now();
  });
  for (const end of ["navigateerror", "navigatesuccess"]) {
    addListener.call(window.navigation, end, () => { work.leaving = 0; work.busy = now(); });
  }
}

function stay() { work.leaving = 0; work.busy = now(); }

function childWindows(win) {
  const found = [];
  for (let i = 0; i < win.frames.length && i < 50; i++) {
    try { if (win.frames[i][KEY]) found.push(win.frames[i]); } catch (_) { /* another origin */ }
  }
  return found;
}

// The time at which this window will have been quiet for `quiet` ms if nothing else happens. Requests that were
// under way before the action (long polls) do not count.
function quietAt(begin, quiet, ignored) {
  const time = now();
  let due = Math.max(begin, work.busy) + quiet;
  if (document.readyState !== "complete" || work.leaving) due = Math.max(due, time + quiet);
  for (const token of work.requests) if (!ignored.has(token)) { due = Math.max(due, time + quiet); break; }
  for (const [, at] of work.timers) due = Math.max(due, at + quiet);
  const moved = work.intervals.size ? Math.max(work.mutated, work.animated) : work.mutated;  // the first tick is to come
  if (moved > begin - 50 && (work.frames || work.intervals.size)) due = Math.max(due, moved + FAST_INTERVAL);
  for (const child of childWindows(window)) due = Math.max(due, child[KEY].quietIn(begin - time, quiet) + time);
  return due;
}

const beforeAction = new Set();
function markAction() {
  beforeAction.clear();
  for (const token of work.requests) beforeAction.add(token);
}

async function settle(quiet, cap) {
  const begin = now();
  for (;;) {
    const time = now(), due = quietAt(begin, quiet, beforeAction);
    if (time >= due) return "quiet";
    if (time - begin >= cap) return work.leaving ? "leaving" : document.readyState === "loading" ? "loading" : "capped";
    await new Promise((wake) => later(wake, Math.max(1, Math.min(due - time, begin + cap - time))));
  }
}
