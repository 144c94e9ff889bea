// Readies the element behind a reference for the mouse and the keyboard, and says what came of it. Answers are JSON:
// {x, y} in CSS pixels of the top window, or {error} in words for the agent, to stand behind "element [3] ".
const SET = bare({  // fields whose value is set as their picker does, and a value that such a field takes
  date: "2026-01-31", time: "13:45", month: "2026-01", week: "2026-W05", "datetime-local": "2026-01-31T13:45", color: "#ff0000", range: "",
});
const UNTYPED = among("checkbox radio button submit reset image file hidden");
const DECIMAL = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const MOST_KEYS = 64;  // characters that are typed one by one
let acted = null;      // the element that was acted on last: what is around it is scrolled

const failed = (error) => answer({ error });
function elementOf(ref) {
  const held = known[ref], el = held && held.deref();
  if (!held) return bare({ error: `there is no element [${ref}]` });
  if (!el || !dom.isConnected(el)) return bare({ error: `element [${ref}] is no longer on the page` });
  acted = new Weak(el);
  const control = tagOf(el) === "LABEL" ? prop(el, "LABEL", "control") : null;
  const off = dom.matches(el, ":disabled") || dom.getAttribute(el, "aria-disabled") === "true" || (control && dom.matches(control, ":disabled"));
  if (off) return bare({ error: `element [${ref}] is disabled` });
  return bare(dom.closest(el, "[inert]") ? { error: `element [${ref}] is inactive while something else is open` } : { el, control });
}

function aimedAt(el, ref, kind) {
  markAction(kind);
  const point = bare(pointOf(el));
  if (point.error) return bare({ error: `element [${ref}] ${point.error}` });
  expect(el, false);
  return bare({ x: point.x, y: point.y });
}

function locate(ref, looking) {
  const { el, error } = elementOf(ref), point = error ? { error } : aimedAt(el, ref, "click");
  if (looking) meant = null;  // no press follows
  return answer(point);
}

// --- Frames that could not be looked into at the last look: the n-th, and a point in it as a point of this window ---
const frameElement = (n) => frames[n] || null;

function showFrame(n) {
  if (frames[n] && !contained(boxOf(frames[n]))) dom.scrollIntoView(frames[n], bare({ block: "nearest", inline: "nearest", behavior: "instant" }));
}
const contained = (box) => box.left >= 0 && box.top >= 0 && box.right <= ofWindow.innerWidth(window) && box.bottom <= ofWindow.innerHeight(window);
const visible = (at) => at.x >= 0 && at.y >= 0 && at.x < ofWindow.innerWidth(window) && at.y < ofWindow.innerHeight(window);

function throughFrame(n, x, y) {
  const el = frames[n], win = el && windowOf(el);
  if (!el || !dom.isConnected(el)) return failed("the frame is no longer on the page");
  let hit = null, at = null;
  for (let i = -1; i < PLACES.length; i++) {
    if (i >= 0) dom.scrollIntoView(el, PLACES[i]);
    const inner = outwards(el, x, y);
    at = inner && toTop(win, inner.x, inner.y);
    if (at && !visible(at)) {  // a frame larger than the view
      dom.scrollBy(viewportOf(win), bare({ left: at.x - ofWindow.innerWidth(win) / 2, top: at.y - ofWindow.innerHeight(win) / 2, behavior: "instant" }));
      const moved = outwards(el, x, y);
      at = moved && toTop(win, moved.x, moved.y);
    }
    if (!at) return failed("the frame is turned so that it cannot be clicked");
    hit = visible(at) ? under(at.x, at.y) : null;
    if (reaches(el, hit)) { expect(el, true); return answer({ x: at.x, y: at.y }); }
  }
  return failed(hit ? `the frame is covered by ${brief(layer(hit, el))}` : "the frame cannot be scrolled into view");
}

// --- Typing ---
let writing = null;  // the field that is typed into

const takesText = (el) => { const tag = tagOf(el); return tag === "TEXTAREA" || (tag === "INPUT" ? !UNTYPED[prop(el, tag, "type")] : editable(el)); };

// Says how a field takes text: {x, y} to click it first, whether it has the keyboard, and whether it takes a whole text
// or key by key; or {done} where its value was set here (dates, ranges, colours).
function field(ref, text) {
  const { el: given, control, error } = elementOf(ref);
  if (error) return failed(error);
  const target = control || given, tag = tagOf(target);
  const el = takesText(target) ? target : tag === "INPUT" ? null : within(target, "input, textarea, [contenteditable]", 50).find(takesText);
  if (!el) return failed(`element [${ref}] takes no text; ${tag === "SELECT" ? "use select" : "use click"}`);
  if (dom.getAttribute(el, "aria-readonly") === "true") return failed(`element [${ref}] is read-only`);
  const type = prop(el, tagOf(el), "type");
  if (SET[type] !== undefined) {
    if (prop(el, tagOf(el), "readOnly")) return failed(`element [${ref}] is read-only`);
    markAction();
    return answer(setValue(el, ref, text, type));
  }
  if (type === "number" && text && !says(DECIMAL, text)) return failed(`element [${ref}] does not take ${stringify(clip(text, 40))}; it wants a number`);
  writing = new Weak(el);
  const here = ofDocument.hasFocus(document) && deepFocus() === el && takesText(el);
  const point = aimedAt(el, ref);
  if (here && !point.error) meant = null;  // no click is needed
  return answer(point.error ? point : { x: point.x, y: point.y, focused: here, keys: text.length <= MOST_KEYS && byKey(el, text) });
}

// Whether a field is one of several for one text (one-time codes), or holds less than the text: keys go on where the
// page moves the focus.
function byKey(el, text) {
  const most = +dom.getAttribute(el, "maxlength") || Infinity;
  return text.length > 1 && (text.length > most || most === 1 || dom.getAttribute(el, "size") === "1" || dom.getAttribute(el, "autocomplete") === "one-time-code");
}

const Key = window.KeyboardEvent;
function setValue(el, ref, text, type) {
  const before = prop(el, "INPUT", "value"), key = bare({ key: text ? slice(text, -1) : "Delete", bubbles: true, composed: true, cancelable: true });
  const typed = type !== "range" && type !== "color";
  prop(el, "INPUT", "focus");
  assign(el, "INPUT", "value", text);
  const got = prop(el, "INPUT", "value"), taken = type === "range" ? text !== "" && +text === +text : type === "color" ? isColor(text, got) : got !== "" || text === "";
  assign(el, "INPUT", "value", before);
  if (!taken) {
    const wanted = type === "range" ? `wants a number from ${prop(el, "INPUT", "min") || 0} to ${prop(el, "INPUT", "max") || 100}` : `wants a value like ${SET[type]}`;
    return { error: `element [${ref}] does not take ${stringify(clip(text, 40))}; it ${wanted}` };
  }
  if (typed) dom.dispatchEvent(el, new Key("keydown", key));
  assign(el, "INPUT", "value", text);
  fire(el, "input");
  if (typed) dom.dispatchEvent(el, new Key("keyup", key));
  fire(el, "change");
  const held = prop(el, "INPUT", "value");
  return held === got && (type !== "range" || +got === +text) ? { done: true } : { done: true, note: `element [${ref}] now holds ${stringify(clip(held, 40))}` };
}
const isColor = (text, got) => got === lower(text) || got !== "#000000";

const BUBBLING = bare({ bubbles: true, composed: true });
function fire(el, type) { dom.dispatchEvent(el, new PlainEvent(type, BUBBLING)); }

function deepFocus() {
  let el = ofDocument.activeElement(document);
  for (let i = 0; el && i < 20; i++) {
    const shadow = shadowOf(el), content = contentOf(el);
    const inner = shadow ? ofRoot.activeElement(shadow) : content ? ofDocument.activeElement(content) : null;
    if (!inner) break;
    el = inner;
  }
  return el;
}

const ranges = take(take(bare({}), Range.prototype, "selectNodeContents getClientRects"), Selection.prototype, "removeAllRanges addRange");
// Selects what the field holds, so that typing replaces it: {full}; an error where the keyboard is not its.
async function grasp() {
  await promised(landed());
  const stray = told(), el = writing && writing.deref();
  if (stray) return failed(`was not clicked: ${stray}`);
  if (!el || !dom.isConnected(el)) return answer({ full: false, lost: true });
  if (prop(el, tagOf(el), "readOnly")) return failed("is read-only");  // it was clicked: some fields open then
  if (!grasped(el)) prop(el, tagOf(el), "focus");
  if (!grasped(el)) {
    const other = deepFocus();
    return failed(other && takesText(other) ? `gave the keyboard to ${brief(other)}; nothing was typed` : "did not take the keyboard");
  }
  const tag = tagOf(el);
  if (tag === "INPUT" || tag === "TEXTAREA") { prop(el, tag, "select"); return answer({ full: prop(el, tag, "value") !== "" || tag === "INPUT" }); }
  const range = ofDocument.createRange(dom.ownerDocument(el)), selection = ofWindow.getSelection(windowOf(el));
  ranges.selectNodeContents(range, el);
  ranges.removeAllRanges(selection);
  ranges.addRange(selection, range);
  return answer({ full: dom.textContent(el) !== "" });
}
function grasped(el) { const focus = deepFocus(); return focus !== null && (focus === el || (editable(el) && (holds(el, focus) || holds(focus, el)) && editable(focus))); }

// What the field holds where it is not the text: {holds}, and whether typing key by key may help.
function written(text) {
  const el = writing && writing.deref();
  if (!el || !dom.isConnected(el)) return answer({});
  const tag = tagOf(el), type = prop(el, tag, "type"), own = tag === "INPUT" || tag === "TEXTAREA";
  const value = own ? textOf(prop(el, tag, "value")) : innerText(el);
  if (value === text || (type === "number" && text && +value === +text) || (!own && signs(value) === signs(text)) || spread(el, text)) return answer({});
  const shown = type === "password" ? `${value.length} characters` : stringify(clip(own ? value : trim(value), 80));
  const again = own && value !== "" && text.length <= MOST_KEYS && signs(value) !== signs(text) && (!grasped(el) || value.length < text.length);
  return answer({ holds: shown, again });
}
const SPACE = /[\s\u200b-\u200f\u2060\ufeff]+/g, APART = /[\s-]+/g;
function without(text, pattern) {
  let rest = "", from = 0;
  pattern.lastIndex = 0;
  for (let found; (found = exec(pattern, text));) { rest += slice(text, from, found.index); from = pattern.lastIndex; }
  return rest + slice(text, from);
}
const signs = (text) => without(text, SPACE);

// Whether the fields from this one on hold the text together.
function spread(el, text) {
  if (tagOf(el) !== "INPUT") return false;
  const wanted = without(text, APART);
  let box = el, fields = list();
  for (let i = 0; i < 5 && fields.length < 2 && box; i++) {
    box = dom.parentElement(box);
    if (box) fields = within(box, "input", 100).filter(takesText);
  }
  let held = "", begun = false;
  for (let i = 0; i < fields.length && held.length < wanted.length; i++) {
    begun = begun || fields[i] === el;
    if (begun) held += textOf(prop(fields[i], "INPUT", "value"));
  }
  return held === wanted;
}

// --- Lists ---
const label = (text) => lower(tidy(without(text, INVISIBLE)));
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]+/g;
function choose(ref, text) {
  const { el: given, control, error } = elementOf(ref);
  if (error) return failed(error);
  const target = control || given, el = tagOf(target) === "SELECT" ? target : dom.querySelector(target, "select");
  if (!el) return failed(`element [${ref}] is not a list of options; use ${takesText(target) ? "type" : "click"}`);
  const wanted = tidy(text), options = itemsOf(prop(el, "SELECT", "options"));
  const free = (o) => !dom.matches(o, ":disabled") && !dom.closest(o, "optgroup:disabled");
  const shown = optionNames(options, options), alike = new List(), same = new List(), meaning = new Bag();
  for (let i = 0; i < options.length; i++) {
    const plain = optionName(options[i]);
    if (label(shown[i]) === label(wanted) || label(plain) === label(wanted)) {
      alike.push(options[i]);
      if (free(options[i])) meaning.add(shown[i]);
    }
    if (shown[i] === wanted || plain === wanted) same.push(options[i]);
  }
  const several = alike.length > 1 && !alike.some((o) => optionName(o) !== optionName(alike[0])) && meaning.size > 1;
  if (several) return failed(`element [${ref}] has option ${stringify(clip(wanted, 60))} in several groups; name the group, as the page shows it`);
  const option = same.find(free) || alike.find(free);
  if (!option) return failed(alike.length ? `option ${stringify(clip(wanted, 60))} is disabled` : `element [${ref}] has no option ${stringify(clip(wanted, 60))}`);
  markAction();
  if (!contained(boxOf(el))) dom.scrollIntoView(el, PLACES[0]);
  prop(el, "SELECT", "focus");
  const multiple = prop(el, "SELECT", "multiple"), index = prop(option, "OPTION", "index"), was = prop(option, "OPTION", "selected");
  if (multiple) assign(option, "OPTION", "selected", !was);
  else if (was) return answer({ done: true });
  else assign(el, "SELECT", "selectedIndex", index);
  fire(el, "input");
  fire(el, "change");
  if (!dom.isConnected(el) || prop(option, "OPTION", "selected") !== was) return answer({ done: true });
  return failed(`element [${ref}] now holds ${stringify(clip(valueOf(el, "SELECT", ""), 80))}`);
}
