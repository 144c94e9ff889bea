// Scrolls what a person's wheel would: around the element acted on last, in the open dialog, at the middle of the view;
// what is at its end passes the wheel on to what is around it. A page that is locked stays where it is.
const SCROLLS = among("auto scroll overlay"), LOCKED = among("hidden clip"), STEP = 0.8, MOST_INSIDE = 3000, MOST_SHADOWS = 5;
const MODAL = "dialog:modal, [aria-modal='true']", SLACK = 4;
const VERTICAL = bare({ side: "top", flow: "overflowY", whole: dom.scrollHeight, part: dom.clientHeight, at: dom.scrollTop });
const SIDEWAYS = bare({ side: "left", flow: "overflowX", whole: dom.scrollWidth, part: dom.clientWidth, at: dom.scrollLeft });

function locked(win, way) {
  const flow = (el) => styleOf(el)[way.flow], body = ofDocument.body(win.document), root = flow(ofDocument.documentElement(win.document));
  return LOCKED[root === "visible" && body ? flow(body) : root] === true;
}

const wheels = (el, way) => way.whole(el) > way.part(el) + SLACK && SCROLLS[styleOf(el)[way.flow]] === true;

// The areas that a wheel over an element would scroll, from within outwards; in its frame and those around it.
function areasAround(el, way, areas) {
  for (let node = el; node;) {
    if (dom.nodeType(node) === 9) {
      const win = ofDocument.defaultView(node);
      if (!locked(win, way)) areas.push(viewportOf(win));
      node = win === window ? null : frameAround(win);
    } else {
      if (dom.nodeType(node) === 1 && node !== viewportOf(windowOf(node)) && wheels(node, way)) areas.push(node);
      node = around(node);
    }
  }
}

const middleOf = (box) => {
  const left = max(box.left, 0), top = max(box.top, 0), right = min(box.right, ofWindow.innerWidth(window)), bottom = min(box.bottom, ofWindow.innerHeight(window));
  return right > left && bottom > top ? under((left + right) / 2, (top + bottom) / 2) : null;
};
const viewBox = () => bare({ left: 0, top: 0, right: ofWindow.innerWidth(window), bottom: ofWindow.innerHeight(window) });
const inView = (el) => { const box = boxOf(el); return filled(box) && box.bottom > 0 && box.right > 0 && box.top < ofWindow.innerHeight(windowOf(el)) && box.left < ofWindow.innerWidth(windowOf(el)); };

// In a part of the document, and in the shadow roots there.
function everywhere(root, selector, depth = 0) {
  const query = dom.nodeType(root) === 11 ? ofRoot.querySelectorAll : dom.querySelectorAll;
  const found = nodesOf(query(root, selector), MOST_INSIDE);
  if (depth < MOST_SHADOWS) nodesOf(query(root, "*"), MOST_INSIDE).map((el) => {
    const shadow = shadowOf(el);
    if (shadow) found.add(everywhere(shadow, selector, depth + 1));
  });
  return found;
}

function openDialog() {
  const shown = everywhere(ofDocument.documentElement(document), MODAL).filter((el) => dom.checkVisibility(el, VISIBLE) && inView(el));
  return shown.length ? shown[shown.length - 1] : null;
}

function areasToScroll(way) {
  const areas = new List(), dialog = openDialog(), last = acted && acted.deref();
  if (last && dom.isConnected(last) && inView(last) && (!dialog || holds(dialog, last))) areasAround(last, way, areas);
  areasAround(middleOf(dialog ? boxOf(dialog) : viewBox()), way, areas);
  if (!dialog) return areas;
  const inner = areas.filter((area) => holds(dialog, area));
  inner.add(everywhere(dialog, "*").filter((el) => wheels(el, way) && inView(el)));
  areasAround(dialog, way, inner);
  return inner.filter((area) => area !== viewportOf(window) || inner.length === 1);  // behind the dialog
}

function moves(area, way, direction) {
  const before = way.at(area);
  dom.scrollBy(area, bare({ [way.side]: direction * way.part(area) * STEP, behavior: "instant" }));
  return way.at(area) !== before;
}

async function scrollBy(direction) {
  markAction();
  const root = ofDocument.documentElement(document), push = (way) => (area) => moves(area, way, direction);
  const others = () => (openDialog() ? list() : everywhere(root, "*").filter((el) => wheels(el, VERTICAL) && inView(el)));
  const moved = root && (areasToScroll(VERTICAL).some(push(VERTICAL)) || others().some(push(VERTICAL)) || areasToScroll(SIDEWAYS).some(push(SIDEWAYS)));
  if (!moved) return failed(`the page does not scroll further ${direction > 0 ? "down" : "up"}`);
  if (!mute()) await frame();  // the page is told of it with the next frame
  return answer({ done: true });
}
