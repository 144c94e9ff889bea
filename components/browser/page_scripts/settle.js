// Knows when the page has done what an action made it do. Nothing waits for a fixed time: while something is known to be
// under way it is waited for, and where nothing is, a few turns of the event loop without a change are enough.
const TURNS = 3;       // tasks that were queued by the last change, and by those, have had their turn
const LATE = 50;       // ms; a timer that is so late is frozen, not due
const MOST_FRAME = 60; // ms; a page that is not drawn has no frames
const POLL = 4;        // ms between looks at an animation

function childWindows(win) {
  const found = [];
  for (let i = 0; i < win.frames.length && i < 50; i++) {
    try { if (win.frames[i][KEY]) found.push(win.frames[i]); } catch (_) { /* another origin */ }
  }
  return found;
}

const beforeAction = new Set();
let patient = true, looping = false;
// Requests that were under way before the action (long polls) are not waited for.
function markAction(kind) {
  judge();
  beforeAction.clear();
  for (const token of work.requests) beforeAction.add(token);
  patient = kind !== "click";
  looping = work.frames > 0;
  for (const child of childWindows(window)) child[KEY].markAction(kind);
}

const changesIn = () => childWindows(window).reduce((sum, child) => sum + child[KEY].changesIn(), work.changes);

// The time until which something is known to be under way, as far as one can tell now; 0 where nothing is.
function busyUntil(begin, quiet, wait = patient) {
  const time = now();
  let due = work.unseen + quiet > time ? work.unseen + quiet : 0;
  if (document.readyState !== "complete" || work.leaving) { work.unseen = time; due = time + quiet; }
  for (const token of work.requests) if (!beforeAction.has(token)) { due = Math.max(due, time + quiet); break; }
  for (const timer of work.timers.values()) {
    if ((wait || !timer.idle) && time < timer.at + LATE) due = Math.max(due, timer.at, time + 1);
  }
  const moved = work.intervals.size ? Math.max(work.mutated, work.animated) : work.mutated;  // the first tick is to come
  if (moved > begin - 50 && (work.frames || work.intervals.size) && moved + FAST_INTERVAL > time) due = Math.max(due, time + POLL);
  for (const child of childWindows(window)) {
    const until = child[KEY].busyIn(begin - time, quiet, wait);
    if (until) due = Math.max(due, until + time);
  }
  return due;
}

// For the window around: times are given and returned from now on, because every window has a clock of its own.
function busyIn(shift, quiet, wait) {
  const until = Math.max(busyUntil(now() + shift, quiet, wait), movingUntil(1000));
  return until ? Math.max(until - now(), 0.1) : 0;
}

// The end of the transitions and animations that end within `most` ms; an endless one is decoration.
function movingUntil(most) {
  const time = now();
  let end = 0;
  if (!document.getAnimations) return end;
  for (const animation of document.getAnimations()) {
    const timing = animation.playState === "running" && animation.effect && animation.effect.getComputedTiming();
    if (!timing || typeof timing.endTime !== "number") continue;
    const left = (timing.endTime - (Number(timing.localTime) || 0)) / (Math.abs(animation.playbackRate) || 1);
    if (left >= 0 && left < most) end = Math.max(end, time + left + 1);
  }
  return end;
}

// A task behind those that are queued now.
let hop = null;
const turn = () => new Promise((done) => {
  hop = hop || new MessageChannel();
  hop.port1.onmessage = done;
  plainPost.call(hop.port2, 0);
});
const frame = () => new Promise((done) => { nativeFrame(done); later(done, MOST_FRAME); });
const sleep = (ms) => new Promise((done) => later(done, Math.max(1, ms)));

async function settle(quiet, cap) {
  const begin = now();
  let calm = 0, changes = changesIn(), frames = looping ? 1 : 3;  // a loop of frames that runs anyway gets one
  for (;;) {
    const time = now(), left = begin + cap - time;
    if (left <= 0) return work.leaving ? "leaving" : document.readyState === "loading" ? "loading" : "capped";
    const due = busyUntil(begin, quiet) || (calm === TURNS ? movingUntil(left) : 0);
    if (due > time) { await sleep(Math.min(due - time, left)); calm = 0; continue; }
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
