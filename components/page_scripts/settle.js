// Knows when the page has done what an action made it do. Nothing waits for a fixed time: while something is known to be
// under way it is waited for, and where nothing is, a few turns of the event loop without a change are enough.
const TURNS = 3;       // tasks that were queued by the last change, and by those, have had their turn
const LATE = 50;       // ms; a timer that is so late is frozen, not due
const MOST_FRAME = 60; // ms; a page that is not drawn has no frames
const POLL = 4;        // ms between looks at an animation
const PATIENCE = 10000; // ms; a request that is older is a long poll

function childWindows(win) {
  const children = new List(), count = min(ofWindow.length(win), 50);
  for (let i = 0; i < count; i++) {
    try { if (win[i][KEY]) children.push(win[i]); } catch (_) { /* another origin */ }
  }
  return children;
}

const beforeAction = new Bag();
let patient = true, looping = false;
// Requests that were under way before the first action, and those that no action's wait saw end (long polls), are not
// waited for; those that an action began are waited for by the next ones too.
function markAction(kind) {
  trustStyles();
  attend();
  meant = null;
  judge();
  const time = now();
  work.requests.forEach((token) => { if (!work.acted || time - token.at > PATIENCE) beforeAction.add(token); });
  beforeAction.forEach((token) => { if (!work.requests.has(token)) beforeAction.delete(token); });
  work.acted = true;
  patient = kind !== "click";
  looping = work.frames > 0;
  childWindows(window).map((child) => child[KEY].markAction(kind));
}

function changesIn() {
  let sum = work.changes;
  childWindows(window).map((child) => { sum += child[KEY].changesIn(); });
  return sum;
}

const waited = (token) => !beforeAction.has(token);
// Whether a request is under way that an action began.
function asking() {
  let some = false;
  work.requests.forEach((token) => { some = some || waited(token); });
  return some || childWindows(window).some((child) => child[KEY].asking());
}

// The time until which something is known to be under way, as far as one can tell now; 0 where nothing is.
function busyUntil(begin, quiet, wait = patient) {
  const time = now();
  let due = work.unseen + quiet > time ? work.unseen + quiet : 0;
  if (ofDocument.readyState(document) !== "complete" || work.leaving) { work.unseen = time; due = time + quiet; }
  if (work.requests.size) work.requests.forEach((token) => { if (waited(token)) due = max(due, time + quiet); });
  if (work.timers.size) {
    work.timers.forEach((timer) => { if ((wait || !timer.idle) && time < timer.at + LATE) due = max(due, timer.at, time + 1); });
  }
  const moved = work.intervals.size ? max(work.mutated, work.animated) : work.mutated;  // the first tick is to come
  if (moved > begin - 50 && (work.frames || work.intervals.size) && moved + FAST_INTERVAL > time) due = max(due, time + POLL);
  childWindows(window).map((child) => {
    const until = child[KEY].busyIn(begin - time, quiet, wait);
    if (until) due = max(due, until + time);
  });
  return due;
}

// For the window around: times are given and returned from now on, because every window has a clock of its own.
function busyIn(shift, quiet, wait) {
  const until = max(busyUntil(now() + shift, quiet, wait), movingUntil(1000));
  return until ? max(until - now(), 0.1) : 0;
}

const animated = take(bare({}), Animation.prototype, "playState effect playbackRate");
const timingOf = take(bare({}), AnimationEffect.prototype, "getComputedTiming").getComputedTiming;
// The end of the transitions and animations that end within `most` ms; an endless one is decoration.
function movingUntil(most) {
  const time = now();
  let end = 0;
  arrayOf(ofDocument.getAnimations(document)).map((animation) => {
    const timing = animated.playState(animation) === "running" && animated.effect(animation) && timingOf(animated.effect(animation));
    if (!timing || typeof timing.endTime !== "number") return;
    const left = (timing.endTime - (+timing.localTime || 0)) / (abs(animated.playbackRate(animation)) || 1);
    if (left >= 0 && left < most) end = max(end, time + left + 1);
  });
  return end;
}

// A task behind those that are queued now.
const Channel = window.MessageChannel, ports = take(bare({}), MessageChannel.prototype, "port1 port2");
const startPort = take(bare({}), MessagePort.prototype, "start").start;
const post = unbound(plainPost);
let hop = null, hopped = null;
function turn() {
  if (!hop) {
    const channel = new Channel(), port = ports.port1(channel);
    hop = ports.port2(channel);
    listen(port, "message", () => hopped());
    startPort(port);
  }
  return new Vow((done) => { hopped = done; post(hop, 0); });
}
const frame = () => new Vow((done) => { nativeFrame(done); later(done, MOST_FRAME); });
const sleep = (ms) => new Vow((done) => later(done, max(1, ms)));

// A document whose scripts the browser does not run (a sandbox) has no timers either, and nothing that a wait could see.
const Target = window.EventTarget, PlainEvent = window.Event;
function mute() {
  const heard = new Target();
  let runs = false;
  listen(heard, "x", () => { runs = true; });
  dom.dispatchEvent(heard, new PlainEvent("x"));
  return !runs;
}

// "quiet", "leaving" or "loading" (ask again), "asking" (the cap was hit with a request under way), "capped" (with
// something else that moves), "mute" (nothing can be seen from here).
async function settle(quiet, cap) {
  if (mute()) return "mute";
  const begin = now();
  let calm = 0, changes = changesIn(), frames = looping ? 1 : 3;  // a loop of frames that runs anyway gets one
  for (;;) {
    const time = now(), left = begin + cap - time;
    if (left <= 0) return work.leaving ? "leaving" : ofDocument.readyState(document) === "loading" ? "loading" : asking() ? "asking" : "capped";
    const due = busyUntil(begin, quiet) || (calm === TURNS ? movingUntil(left) : 0);
    if (due > time) { await sleep(min(due - time, left)); calm = 0; continue; }
    if ((work.frames && frames-- > 0) || (work.watchers && work.mutated > work.framed)) {
      work.framed = time;
      await frame();
      calm = 0;
      continue;
    }
    const seen = changesIn();
    if (seen !== changes) { changes = seen; calm = 0; }
    if (calm++ >= TURNS) { judge(); return "quiet"; }
    await turn();
  }
}
