// Finds the element behind a reference and readies it for the mouse and the keyboard. Answers are JSON:
// {x, y} in CSS pixels of the top window, or {error} in words for the agent.
const VALUE_INPUTS = new Set(["date", "time", "month", "week", "datetime-local", "range", "color", "number"]);
const UNTYPED = new Set(["checkbox", "radio", "button", "submit", "reset", "image", "file", "hidden"]);

function elementOf(ref) {
  const held = known[ref], el = held && held.deref();
  if (!held) return { error: `there is no element [${ref}]` };
  if (!el || !el.isConnected) return { error: `element [${ref}] is no longer on the page` };
  return { el };
}

function brief(el) {
  const text = tidy(el.getAttribute("aria-label") || el.innerText || el.value || "");
  return el.tagName.toLowerCase() + (text ? ` "${clip(text, 40)}"` : hintOf(el) ? " " + hintOf(el) : "");
}

// Element under a point of the top window, through frames and shadow roots.
function under(x, y, doc = document) {
  let hit = doc.elementFromPoint(x, y);
  for (let i = 0; hit && i < 20; i++) {
    const shadow = hit.shadowRoot || shadows.get(hit);
    const inner = shadow && shadow.elementFromPoint(x, y);
    if (!inner || inner === hit) break;
    hit = inner;
  }
  if (hit && hit.tagName === "IFRAME") {
    let inside = null;
    try { inside = hit.contentDocument; } catch (_) { inside = null; }
    if (inside) { const box = frameBox(hit); return under(x - box.left, y - box.top, inside) || hit; }
  }
  return hit;
}

function frameBox(frame) {
  const box = frame.getBoundingClientRect(), style = getComputedStyle(frame);
  return { left: box.left + frame.clientLeft + parseFloat(style.paddingLeft), top: box.top + frame.clientTop + parseFloat(style.paddingTop) };
}

function offsetOf(el) {
  let x = 0, y = 0, win = el.ownerDocument.defaultView;
  while (win && win !== window && win.frameElement) {
    const box = frameBox(win.frameElement);
    x += box.left; y += box.top;
    win = win.parent;
  }
  return { x, y };
}

function holds(outer, inner) {
  for (let node = inner; node; node = node.parentNode || node.host) if (node === outer) return true;
  return false;
}

function reaches(el, hit) {
  if (!hit) return false;
  if (holds(el, hit)) return true;
  if (el.labels && Array.from(el.labels).some((label) => holds(label, hit))) return true;
  return holds(hit, el) && getComputedStyle(el).pointerEvents === "none";
}

function pointOf(el) {
  if (el.scrollIntoViewIfNeeded) el.scrollIntoViewIfNeeded(true);
  for (let win = el.ownerDocument.defaultView; win && win !== window && win.frameElement; win = win.parent) win.frameElement.scrollIntoViewIfNeeded(true);
  const offset = offsetOf(el);
  let boxes = Array.from(el.getClientRects()).filter((b) => b.width > 0 && b.height > 0);
  if (!boxes.length) boxes = Array.from(el.querySelectorAll("*")).slice(0, 50).flatMap((e) => Array.from(e.getClientRects())).filter((b) => b.width > 0 && b.height > 0);
  if (!boxes.length) return { error: "has no area on the page that could be clicked" };
  let cover = null;
  for (const box of boxes.slice(0, 3)) {
    for (const [fx, fy] of [[0.5, 0.5], [0.25, 0.5], [0.75, 0.5], [0.5, 0.2], [0.5, 0.8], [0.1, 0.1], [0.9, 0.9]]) {
      const x = offset.x + box.left + box.width * fx, y = offset.y + box.top + box.height * fy;
      if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) continue;
      const hit = under(x, y);
      if (reaches(el, hit)) return { x, y };
      cover = cover || hit;
    }
  }
  return { error: cover ? `is covered by ${brief(cover)}` : "cannot be scrolled into view" };
}

// The n-th frame of the last look that could not be looked into; and a point in it as a point of this window.
const frameElement = (n) => frames[n] || null;

function showFrame(n) {
  if (frames[n]) frames[n].scrollIntoViewIfNeeded(false);
}

function throughFrame(n, x, y) {
  const el = frames[n];
  if (!el || !el.isConnected) return stringify({ error: "the frame is no longer on the page" });
  const box = frameBox(el), offset = offsetOf(el);
  const at = { x: offset.x + box.left + x, y: offset.y + box.top + y };
  if (at.x < 0 || at.y < 0 || at.x >= innerWidth || at.y >= innerHeight) return stringify({ error: "the frame cannot be scrolled into view" });
  const hit = under(at.x, at.y);
  return stringify(reaches(el, hit) ? at : { error: hit ? `the frame is covered by ${brief(hit)}` : "the frame cannot be reached" });
}

function locate(ref) {
  const found = elementOf(ref);
  if (found.error) return stringify(found);
  const { el } = found;
  if (el.matches(":disabled") || el.getAttribute("aria-disabled") === "true") return stringify({ error: `element [${ref}] is disabled` });
  markAction("click");
  const point = pointOf(el);
  return stringify(point.error ? { error: `element [${ref}] ${point.error}` } : point);
}

// Says how a field takes text: {x, y} to click it first, or {done} when its value was set here (date, range, ...).
function field(ref, text) {
  const found = elementOf(ref);
  if (found.error) return stringify(found);
  let { el } = found;
  if (el.tagName === "LABEL" && el.control) el = el.control;
  const kind = el.tagName === "INPUT" ? el.type : "";
  if (el.matches(":disabled")) return stringify({ error: `element [${ref}] is disabled` });
  if (el.readOnly) return stringify({ error: `element [${ref}] is read-only` });
  if (UNTYPED.has(kind) || !(el.tagName === "INPUT" || el.tagName === "TEXTAREA" || el.isContentEditable)) {
    const inner = kind ? null : el.querySelector("input, textarea, [contenteditable]");
    if (!inner) return stringify({ error: `element [${ref}] takes no text; ${el.tagName === "SELECT" ? "use select" : "use click"}` });
    el = inner;
  }
  markAction();
  if (VALUE_INPUTS.has(el.type)) return stringify(setValue(el, ref, text));
  const point = pointOf(el);
  return stringify(point.error ? { error: `element [${ref}] ${point.error}` } : { ...point, focused: document.hasFocus() && deepFocus() === el });
}

function setValue(el, ref, text) {
  el.focus();
  const proto = el.ownerDocument.defaultView.HTMLInputElement.prototype;
  const before = el.value;
  Object.getOwnPropertyDescriptor(proto, "value").set.call(el, text);
  const same = el.value === text || (text !== "" && Number(el.value) === Number(text)) || el.value === text.toLowerCase();
  if (!same) {
    const got = el.value;
    if (el.type !== "range") Object.getOwnPropertyDescriptor(proto, "value").set.call(el, before);
    const want = { date: "2026-01-31", time: "13:45", month: "2026-01", week: "2026-W05", "datetime-local": "2026-01-31T13:45", color: "#ff0000" }[el.type];
    if (el.type !== "range") return { error: `element [${ref}] does not take "${clip(text, 40)}"; it wants ${want ? "a value like " + want : "a number"}` };
    if (Number.isNaN(Number(text))) { Object.getOwnPropertyDescriptor(proto, "value").set.call(el, before); return { error: `element [${ref}] wants a number from ${el.min || 0} to ${el.max || 100}` }; }
    fire(el);
    return { done: true, note: `the value became ${got}` };
  }
  fire(el);
  return { done: true };
}

function fire(el) {
  for (const type of ["input", "change"]) el.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
}

function deepFocus(doc = document) {
  let el = doc.activeElement;
  for (let i = 0; el && i < 20; i++) {
    const shadow = el.shadowRoot || shadows.get(el);
    if (shadow && shadow.activeElement) { el = shadow.activeElement; continue; }
    let inside = null;
    if (el.tagName === "IFRAME") try { inside = el.contentDocument; } catch (_) { inside = null; }
    if (!inside) break;
    el = inside.activeElement;
  }
  return el;
}

// Selects what the focused field holds, so that typing replaces it. True when there is something to replace.
function selectAll() {
  const el = deepFocus();
  if (!el) return "none";
  if (el.tagName === "INPUT" || el.tagName === "TEXTAREA") { el.select(); return el.value ? "full" : "empty"; }
  if (!el.isContentEditable) return "none";
  const range = el.ownerDocument.createRange();
  range.selectNodeContents(el);
  const selection = el.ownerDocument.defaultView.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  return el.textContent ? "full" : "empty";
}

function choose(ref, label) {
  const found = elementOf(ref);
  if (found.error) return stringify(found);
  const { el } = found;
  if (el.tagName !== "SELECT") return stringify({ error: `element [${ref}] is not a list of options; use click` });
  if (el.matches(":disabled")) return stringify({ error: `element [${ref}] is disabled` });
  const wanted = tidy(label), options = Array.from(el.options);
  const option = options.find((o) => tidy(o.label || o.text) === wanted) || options.find((o) => tidy(o.label || o.text).toLowerCase() === wanted.toLowerCase());
  if (!option) return stringify({ error: `element [${ref}] has no option "${clip(wanted, 60)}"` });
  if (option.disabled) return stringify({ error: `option "${clip(wanted, 60)}" is disabled` });
  markAction();
  el.scrollIntoViewIfNeeded(true);
  el.focus();
  if (el.multiple) option.selected = !option.selected;
  else if (el.selectedIndex === option.index) return stringify({ done: true });
  else el.selectedIndex = option.index;
  fire(el);
  return stringify({ done: true });
}

function scrollBy(direction) {
  markAction();
  const seen = (el) => el.scrollHeight > el.clientHeight + 4 && /auto|scroll/.test(getComputedStyle(el).overflowY);
  let area = document.scrollingElement || document.documentElement;
  if (area.scrollHeight <= area.clientHeight + 4) {
    for (let el = document.elementFromPoint(innerWidth / 2, innerHeight / 2); el; el = el.parentElement) if (seen(el)) { area = el; break; }
  }
  const before = area.scrollTop;
  area.scrollBy({ top: direction * area.clientHeight * 0.8, behavior: "instant" });
  return stringify(area.scrollTop === before ? { error: `the page does not scroll further ${direction > 0 ? "down" : "up"}` } : { done: true });
}
