// Where the mouse reaches an element, by the browser's own hit test in every frame, whatever a page does to its
// geometry; and whether it did: a press that comes to another element is held back and told.
const Pointer = window.PointerEvent;
const pointed = take(bare({}), MouseEvent.prototype, "offsetX offsetY clientX clientY");
const happened = take(bare({}), Event.prototype, "type target composedPath preventDefault stopImmediatePropagation");
take(happened, UIEvent.prototype, "detail");
const zoomOf = take(bare({}), Element.prototype, "currentCSSZoom").currentCSSZoom;
const pixels = (style, name) => +slice(style[name], 0, -2) || 0;
const spot = (x, y) => bare({ x, y });
const windowOf = (el) => ofDocument.defaultView(dom.ownerDocument(el));
function viewportOf(win) { return ofDocument.scrollingElement(win.document) || ofDocument.documentElement(win.document); }
function frameAround(win) { try { return ofWindow.frameElement(win); } catch (_) { return null; } }
function contentOf(el) { const tag = tagOf(el); return (FRAMES[tag] && prop(el, tag, "contentDocument")) || null; }

// A point of the window around a frame as a point of the window within: where an event there would be, says the browser.
function inwards(frame, x, y) {
  const scale = ofWindow.devicePixelRatio(windowOf(frame)), zoom = +zoomOf(frame) || 1, style = styleOf(frame);
  const probe = new Pointer(KEY, bare({ clientX: x * scale, clientY: y * scale }));  // made events are not scaled in frames that are
  dom.dispatchEvent(frame, probe);
  return spot(pointed.offsetX(probe) / zoom - pixels(style, "paddingLeft"), pointed.offsetY(probe) / zoom - pixels(style, "paddingTop"));
}

// The other way, by Newton's method: one step where the frame is moved, turned or scaled, a few in perspective. Null
// where there is no such point.
const NEAR = 0.3, STRIDE = 8, MOST_STRIDES = 12;
function outwards(frame, x, y) {
  const box = boxOf(frame), at = spot(box.left + box.width / 2, box.top + box.height / 2);
  for (let i = 0; i < MOST_STRIDES; i++) {
    const here = inwards(frame, at.x, at.y), dx = x - here.x, dy = y - here.y;
    if (abs(dx) < NEAR && abs(dy) < NEAR) return at;
    const right = inwards(frame, at.x + STRIDE, at.y), below = inwards(frame, at.x, at.y + STRIDE);
    const a = right.x - here.x, b = below.x - here.x, c = right.y - here.y, d = below.y - here.y, area = a * d - b * c;
    if (!(abs(area) > 1e-9)) return null;
    at.x += STRIDE * (d * dx - b * dy) / area;
    at.y += STRIDE * (a * dy - c * dx) / area;
  }
  return null;
}

// A point of a window within this one as a point of this one.
function toTop(win, x, y) {
  let at = spot(x, y);
  while (at && win !== window) {
    const frame = frameAround(win);
    if (!frame) return null;
    at = outwards(frame, at.x, at.y);
    win = windowOf(frame);
  }
  return at;
}

// The element under a point of this window, through frames and shadow roots.
function under(x, y, doc = document) {
  const hit = deepest(ofDocument.elementFromPoint(doc, x, y), x, y), content = hit && contentOf(hit);
  if (!content) return hit;
  const at = inwards(hit, x, y);
  return under(at.x, at.y, content) || hit;
}
function deepest(hit, x, y) {
  for (let i = 0; hit && i < 20; i++) {
    const shadow = shadowOf(hit), inner = shadow && ofRoot.elementFromPoint(shadow, x, y);
    if (!inner || inner === hit) break;
    hit = inner;
  }
  return hit;
}

// What is around a node where it is drawn: its slot, its parent, the host of its shadow.
function around(node) {
  const slot = dom.nodeType(node) === 1 ? dom.assignedSlot(node) : null;
  if (slot || dom.parentNode(node)) return slot || dom.parentNode(node);
  try { return dom.host(node); } catch (_) { return null; }
}
function holds(outer, inner) {
  for (let node = inner; node; node = around(node)) if (node === outer) return true;
  return false;
}

// Whether a press on `hit` is one on `el`: on what is in it, on its label, on the place where it lets presses through.
function reaches(el, hit) {
  if (!hit) return false;
  const tag = tagOf(el), control = tag === "LABEL" ? prop(el, tag, "control") : null;
  if (holds(el, hit) || (control && holds(control, hit)) || labelsOf(el, tag).some((label) => holds(label, hit))) return true;
  if (tag === "BODY" && hit === ofDocument.documentElement(dom.ownerDocument(el))) return true;
  return hostsShadow(hit, el) || (holds(hit, el) && !WHOLE[tagOf(hit)] && styleOf(el).pointerEvents === "none");
}
const WHOLE = among("HTML BODY");  // a press that falls through to these is on nothing
// A text that lies in a slot of `el` belongs to the host.
const hostsShadow = (hit, el) => dom.getRootNode(el) === shadowOf(hit) && dom.querySelector(el, "slot") !== null;

// Whether another target lies in between, as a button in a card: a press on it is for that one.
function between(el, hit) {
  for (let node = hit; node && node !== el; node = around(node)) if (refs.has(node)) return true;
  return false;
}

const CENTRE = list(list(0.5, 0.5));
const SPOTS = list(list(0.5, 0.5), list(0.25, 0.5), list(0.75, 0.5), list(0.5, 0.2), list(0.5, 0.8), list(0.1, 0.1), list(0.9, 0.9));
const GRID = new List();
for (let y = 0.05; y < 1; y += 0.18) for (let x = 0.05; x < 1; x += 0.18) GRID.push(list(x, y));
// Where to bring what cannot be hit where it is: what sticks to the edges leaves one of these places free.
const PLACES = list(list("center", "nearest"), list("center", "center"), list("end", "nearest"), list("start", "nearest"))
  .map((place) => bare({ block: place[0], inline: place[1], behavior: "instant" }));

// A part of a picture has no box of its own, but coordinates in the picture's.
function pictureOf(area) {
  const name = dom.getAttribute(dom.parentElement(area) || area, "name");
  const pictures = nodesOf(ofDocument.querySelectorAll(dom.ownerDocument(area), "img[usemap]"), 200);
  return pictures.find((img) => dom.getAttribute(img, "usemap") === "#" + name) || area;
}
const shownBy = (el) => (tagOf(el) === "AREA" ? pictureOf(el) : el);
const NUMBER = /-?\d+(?:\.\d+)?/g;
function partOf(area) {
  const box = boxOf(pictureOf(area)), at = new List(), coords = dom.getAttribute(area, "coords") || "";
  NUMBER.lastIndex = 0;
  for (let number; (number = exec(NUMBER, coords));) at.push(+number[0]);
  if (at.length < 3) return box;
  if (at.length === 3) { const r = at[2]; return bare({ left: box.left + at[0] - r, top: box.top + at[1] - r, width: 2 * r, height: 2 * r }); }
  let left = Infinity, top = Infinity, right = 0, bottom = 0;
  for (let i = 0; i + 1 < at.length; i += 2) { left = min(left, at[i]); right = max(right, at[i]); top = min(top, at[i + 1]); bottom = max(bottom, at[i + 1]); }
  return bare({ left: box.left + left, top: box.top + top, width: right - left, height: bottom - top });
}

function boxesOfText(el) {
  const range = ofDocument.createRange(dom.ownerDocument(el));
  ranges.selectNodeContents(range, el);
  const boxes = ranges.getClientRects(range);
  return copy(boxes, rectsLength(boxes)).map(plainBox);
}
const filled = (box) => box.width > 0 && box.height > 0;
function areasOf(el) {
  const tag = tagOf(el);
  if (tag === "BODY") { const win = windowOf(el); return list(bare({ left: 0, top: 0, width: ofWindow.innerWidth(win), height: ofWindow.innerHeight(win) })); }
  if (tag === "AREA") return list(partOf(el)).filter(filled);
  let boxes = boxesOf(el).filter(filled);
  if (!boxes.length) within(el, "*", 50).map((inner) => boxes.add(boxesOf(inner).filter(filled)));
  if (!boxes.length) boxes.add(boxesOfText(el).filter(filled));  // display: contents
  boxes = copy(boxes, boxes.length, 3);
  labelsOf(el, tag).map((label) => boxes.add(boxesOf(label).filter(filled)));
  return copy(boxes, boxes.length, 6);
}

// The first of the spots where a press reaches the element; else what is there instead.
function aim(el, spots) {
  const win = windowOf(el), found = bare({ at: null, second: null, cover: null, turned: false });
  const width = ofWindow.innerWidth(win), height = ofWindow.innerHeight(win);
  const areas = areasOf(el);
  for (let i = 0; i < areas.length && !found.at; i++) {
    const left = max(areas[i].left, 0), top = max(areas[i].top, 0);
    const wide = min(areas[i].left + areas[i].width, width) - left, high = min(areas[i].top + areas[i].height, height) - top;
    if (wide > 0 && high > 0) spots.map((part) => { if (!found.at) attempt(el, win, left + wide * part[0], top + high * part[1], found); });
  }
  return found;
}
function attempt(el, win, x, y, found) {
  const at = toTop(win, x, y);
  if (!at) { found.turned = true; return; }
  if (at.x < 0 || at.y < 0 || at.x >= ofWindow.innerWidth(window) || at.y >= ofWindow.innerHeight(window)) return;
  const hit = under(at.x, at.y);
  if (!reaches(el, hit)) found.cover = found.cover || hit;
  else if (between(el, hit)) found.second = found.second || at;
  else found.at = at;
}

// A point of this window where a press reaches the element, which is brought into view where it must be; or an error.
function pointOf(el) {
  if (!areasOf(el).length) return { error: "has no area on the page that could be clicked" };
  const inView = aim(el, CENTRE);
  if (inView.at) return inView.at;
  let found = inView, second = null;
  for (let i = 0; i < PLACES.length; i++) {
    dom.scrollIntoView(shownBy(el), PLACES[i]);
    found = aim(el, SPOTS);
    second = found.second || second;
    if (found.at) return found.at;
    if (!found.cover) break;
  }
  dom.scrollIntoView(shownBy(el), PLACES[0]);
  found = aim(el, GRID);
  if (found.at || found.second) return found.at || found.second;
  if (found.cover && !holds(found.cover, el)) return { error: `is covered by ${brief(layer(found.cover, el))}` };
  if (found.cover) return { error: styleOf(el).pointerEvents === "none" ? "takes no clicks now: the page lets them through" : "is cut off or lies where it cannot be clicked" };
  return { error: found.turned ? "lies in a frame that is turned so that it cannot be clicked" : "cannot be scrolled into view" };
}

// The whole of what lies over an element, of which `hit` is a part.
function layer(hit, el) {
  let whole = hit;
  for (let node = hit; node && !holds(node, el); node = around(node)) if (dom.nodeType(node) === 1) whole = node;
  return whole;
}

function brief(el) {
  const tag = tagOf(el), text = givenName(el, tag, roleOf(el, tag)) || tidy(innerText(el) || ""), hint = text ? "" : hintOf(el);
  return lower(tag) + (text ? ` ${stringify(clip(text, 40))}` : hint ? " " + hint : "");
}

// --- Whether the press came to what it was meant for ---
// The page's own listeners come after this one. Only the first press counts: what it does to the page is its effect.
const PRESSES = among("pointerdown mousedown"), GUARDED = list("pointerdown", "mousedown", "pointerup", "mouseup", "click");
const MOST_LATE = 10000;  // ms
let meant = null;
// Where no script runs, nothing can be heard of a press either.
function expect(el, through) { meant = mute() ? null : bare({ el, through, at: now(), pressed: false, box: null, told: false, stopped: false, word: "" }); }

function strays(target, type) {
  if (!meant || now() - meant.at > MOST_LATE || !dom.isConnected(meant.el)) return false;
  const missed = !reaches(meant.el, target);
  if (!meant.pressed && PRESSES[type]) {
    meant.pressed = true;
    meant.box = boxOf(meant.el);
    meant.stopped = missed;
    if (missed) meant.word = `it came to ${brief(layer(target, meant.el))}, which was not clicked either`;
  } else if (type === "click" && missed && meant.box && !meant.word && shifted(meant.box, boxOf(meant.el))) {
    meant.word = "it moved away while it was pressed";
  }
  return meant.stopped;
}
const shifted = (before, after) => abs(before.left - after.left) > 1 || abs(before.top - after.top) > 1;

function guard(event) {
  const type = happened.type(event);
  if (!event.isTrusted || (type === "click" && happened.detail(event) === 0)) return;  // made by the page, or by a key
  const target = deepest(happened.composedPath(event)[0], pointed.clientX(event), pointed.clientY(event));
  if (!target || dom.nodeType(target) !== 1) return;
  for (let win = window; win;) {
    let astray = false;
    try { astray = win[KEY].strays(target, type); } catch (_) { return; }
    if (astray) { happened.stopImmediatePropagation(event); happened.preventDefault(event); return; }
    const frame = frameAround(win);
    win = frame && windowOf(frame);
  }
}

// A frame's window lives on when its first, empty document is replaced; the new one knows of no listener that is not
// added anew. A document that is opened and written (many editors' frames) forgets its own.
const unlisten = unbound(removeListener), heardAlways = list(list("submit", unseen), list("message", changed));
GUARDED.map((type) => heardAlways.push(list(type, guard)));
let attended = null;
function attend() {
  const fresh = attended !== document;
  attended = document;
  if (fresh) observeNode(mutations, document, WATCHED);
  heardAlways.map((heard) => { if (fresh) unlisten(window, heard[0], heard[1], CAPTURE); listen(window, heard[0], heard[1], CAPTURE); });
}
attend();

// The browser may answer before the press has come.
const MOST_AWAITED = 300;  // ms
async function landed() {
  while (meant && !meant.pressed && !meant.through && dom.isConnected(meant.el) && now() - meant.at < MOST_AWAITED) await turn();
}

// What became of the last press, where it was not what was meant. It is told once.
function told() {
  const was = meant;
  if (!was || was.told || (was.through && !was.word)) return "";
  was.told = true;
  return was.word || (was.pressed || !dom.isConnected(was.el) ? "" : "nothing there took the click");
}
async function pressed() { await promised(landed()); return told(); }
async function settleAndTell(quiet, cap) {
  await promised(landed());
  const state = await promised(settle(quiet, cap)), word = told();
  return word ? `${state}\n${word}` : state;
}
