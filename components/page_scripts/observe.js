// Walks the page once and returns its content as nested lists; Python prunes and prints them.
// A node is [role, name, ref, states, value, options, children, hint, distance, purpose]; plain strings are text.
const textNode = (text, distance) => (distance ? list("text", text, 0, list(), "", 0, list(), "", distance, "") : text);

// Where the walk is: document, DOM depth, depth of the tree, under a pointer cursor, among a list's items, unseen.
const inside = (scope, depth, tree, pointer, items, quiet) => ({ scope, depth, tree, pointer, items, quiet });

class Text_ {
  constructor(text, distance) { this.text = text; this.distance = distance; }
}
const opened = () => { const children = new List(); children.broken = true; return children; };
const CLOSED = among("SELECT TEXTAREA INPUT METER PROGRESS"), LISTS = among("UL OL TABLE TBODY DL");
const FRAMES = among("IFRAME FRAME OBJECT EMBED"), STANDS_FOR = among("checkbox radio file");
const PICTURE = /^image\/(?!svg)/, ROLLS = /auto|scroll/;
const scrolls = (el, tag, style) => !CLOSED[tag] && tag !== "BODY" && tag !== "HTML" && says(ROLLS, style.overflowY) &&
  dom.clientHeight(el) > 20 && dom.scrollHeight(el) > dom.clientHeight(el) + 4;
const VISIBLE = bare({ visibilityProperty: true });
// Where React keeps an element's handlers, and by which attributes Google's, Phoenix's and Qwik's pages bind clicks.
const REACT = list("__reactProps$", "__reactEventHandlers$"), BOUND = list("jsaction", "phx-click", "on:click", "q-e:click");
const summaryOf = (details) => dom.querySelector(details, ":scope > summary");

// Whether what lies before the page's first line or column is there because it was scrolled to there, or may be.
function scrolledAway(el, scope, left, above) {
  if (left && !above && styleOf(ofDocument.documentElement(scope.doc)).direction === "rtl") return true;
  for (let around = dom.parentElement(el); around; around = dom.parentElement(around)) {
    if ((left && dom.scrollLeft(around) > 0) || (above && dom.scrollTop(around) > 0)) return true;
  }
  return false;
}

class Walk {
  constructor(measure) {
    this.measure = measure;
    this.nodes = 0;
    this.chars = 0;
    this.targets = new Bag();
    this.cut = false;
    this.reactKey = undefined;
    this.visited = 0;
  }

  document(doc, out, depth, tree, name) {
    const win = ofDocument.defaultView(doc), body = ofDocument.body(doc), root = ofDocument.documentElement(doc);
    const scope = { win, doc, heard: heardIn(win), height: ofWindow.innerHeight(win) };
    this.delegated(win, scope, ofWindow.onclick(win));
    this.delegated(doc, scope, ofDocument.onclick(doc));
    if (root) this.delegated(root, scope, prop(root, tagOf(root), "onclick"));
    if (body) this.delegated(body, scope, prop(body, tagOf(body), "onclick"));
    const context = inside(scope, depth, tree, false, false, false);
    if (!body) { if (root) this.element(root, out, context); return; }
    if (styleOf(body).display === "none") return;
    if (says(PICTURE, ofDocument.contentType(doc))) out.push(list("img", ofDocument.title(doc), 0, list(), "", 0, list(), "", 0, ""));
    if (editable(body)) this.editor(body, out, context, name);
    else this.children(body, out, context);
    for (let el = dom.firstElementChild(root); el; el = dom.nextElementSibling(el)) {  // banners that stand behind it
      if (el !== body && tagOf(el) !== "HEAD") this.element(el, out, context);
    }
  }

  // A document that is one text field (a rich text editor's frame).
  editor(body, out, context, name) {
    const value = valueOf(body, "BODY", "textbox"), states = statesOf(body, "BODY", "textbox");
    states.push("multiline");
    this.nodes++;
    this.chars += value.length;
    out.push(list("textbox", givenName(body, "BODY", "textbox") || name || "", body, states, value, 0, list(), "", 0, ""));
  }

  children(parent, out, context) {
    const element = dom.nodeType(parent) === 1;
    const slotted = element && tagOf(parent) === "SLOT" ? arrayOf(dom.assignedNodes(parent)) : null;
    const shadow = element && !(slotted && slotted.length) ? shadowOf(parent) : null;
    let active = 0, next = 1, kid = slotted && slotted.length ? slotted[0] : dom.firstChild(shadow || parent);
    while (kid) {
      const kind = dom.nodeType(kid);
      if (kind === 1) active += this.element(kid, out, context);
      else if ((kind === 3 || kind === 4) && !context.quiet) this.text(kid, out, parent, context);
      kid = slotted && slotted.length ? slotted[next++] : dom.nextSibling(kid);
    }
    return active;
  }

  text(node, out, parent, context) {
    const data = dom.data(node);
    if (!data || this.nodes > MAX_NODES) return;
    const text = clip(tagOf(parent) === "PRE" ? data : squeeze(data), MAX_TEXT);
    const last = out[out.length - 1];
    if (last instanceof Text_ && !out.broken) last.text = clip(last.text + text, MAX_TEXT);
    else if (text !== " ") {
      this.nodes++;
      out.push(new Text_(text, this.measure ? this.distance(parent, context.scope) : 0));
      out.broken = false;
    }
    this.chars += text.length;
  }

  distance(el, scope) {
    const box = boxOf(el);
    const away = box.top > scope.height ? box.top - scope.height : box.bottom < 0 ? -box.bottom : 0;
    return min(9999, ceil(away / (scope.height || 1)));
  }

  // Folded to nothing, or moved off the page.
  hidden(el, style, scope, display, overflow) {
    const position = style.position;
    const placed = position === "absolute" || position === "fixed";
    if (overflow === "visible" && !placed) return false;
    const box = boxOf(el);
    if (overflow !== "visible" && (box.width === 0 || box.height === 0) && display !== "contents" && display !== "inline") return true;
    if (!placed || box.width * box.height === 0) return false;
    const left = box.right + ofWindow.scrollX(scope.win) <= 0, above = box.bottom + ofWindow.scrollY(scope.win) <= 0;
    return (left || above) && !(position === "absolute" && scrolledAway(el, scope, left, above));
  }

  handles(el, tag, context) {
    if (this.targets.has(el)) return true;
    const inline = inlineOf(el, tag);
    if ((inline || context.scope.heard(el)) && this.delegated(el, context.scope, inline)) return true;
    try {
      if (BOUND.some((name) => dom.hasAttribute(el, name))) return true;
      if (!this.reactKey) this.findReact(el);
      const react = this.reactKey && el[this.reactKey];
      return (react && typeof react.onClick === "function") || keeps(el);
    } catch (_) { return false; }
  }

  // React keeps an element's handlers under a key of its own; a few elements, ever farther apart, are searched for it.
  findReact(el) {
    this.visited++;
    if (this.visited & (this.visited - 1)) return;
    const names = keys(el);
    for (let i = 0; i < names.length && !this.reactKey; i++) if (REACT.some((start) => startsWith(names[i], start))) this.reactKey = names[i];
  }

  // Whether what listens on an element is meant for itself: else what it is meant for becomes a target.
  delegated(el, scope, inline) {
    const direct = byJQuery(el, scope, this.targets);
    return byCode(el, scope, inline, this.targets) && direct;
  }

  element(el, out, context) {
    const tag = tagOf(el), scope = context.scope;
    if (SKIP[tag] || this.nodes > MAX_NODES || context.depth > MAX_DEPTH) { this.cut = this.cut || !SKIP[tag]; return 0; }
    if (tag === "BR") { const last = out[out.length - 1]; if (last instanceof Text_) last.text += " "; return 0; }
    const style = styleOf(el), display = style.display;
    if (display === "none") return 0;
    const overflow = style.overflowX;
    if (!CLOSED[tag] && this.hidden(el, style, scope, display, overflow)) return 0;
    if (dom.getAttribute(el, "hidden") === "until-found" && style.contentVisibility === "hidden") return 0;
    const shown = style.visibility === "visible", inline = display === "inline" || startsWith(display, "inline");
    let role = roleOf(el, tag);
    const type = tag === "INPUT" ? prop(el, tag, "type") : "";
    if (type === "hidden" || (STANDS_FOR[type] && replaced(el, tag))) return 0;
    let handled = false, pointer = context.pointer;
    const native = ACTIVE[role] === true;
    if (!native && shown) {
      handled = this.handles(el, tag, context);
      if (style.cursor === "pointer") { if ((!pointer || tag === "A") && tag !== "BODY") { pointer = true; handled = handled || "cursor"; } }
      else pointer = false;
      if (context.items && (tag === "LI" || tag === "TD")) handled = handled || "item";
      if (!handled && dom.hasAttribute(el, "tabindex") && prop(el, tag, "tabIndex") >= 0) handled = "focus";
      if (handled === "focus" && editable(el) && !dom.hasAttribute(el, "contenteditable")) role = "textbox";  // an EditContext
      if (dom.hasAttribute(el, "contenteditable") && editable(el) && !(dom.parentElement(el) && editable(dom.parentElement(el)))) role = "textbox";
      if (tag === "LABEL") {
        const stands = standsFor(el);
        if (stands) { role = stands; handled = true; } else if (handled && named(el)) handled = false;
      }
    } else if (native) pointer = true;
    let items = context.items;
    if (handled === true && LISTS[tag]) { items = true; handled = "list"; }
    const seen = { tag, role, native, handled, inline, shown, scrolls: overflow !== "visible" && scrolls(el, tag, style) };
    const active = this.emit(el, out, inside(scope, context.depth + 1, context.tree, pointer, items, !shown), seen);
    return tag === "IMG" && dom.hasAttribute(el, "usemap") ? active + this.areas(el, out, scope) : active;
  }

  // The parts of a picture that are links: they have no boxes of their own, but places in the picture's.
  areas(img, out, scope) {
    const name = slice(dom.getAttribute(img, "usemap"), 1), before = out.length;
    const map = nodesOf(ofDocument.querySelectorAll(scope.doc, "map"), 100).find((m) => dom.getAttribute(m, "name") === name);
    (map ? within(map, "area", MAX_OPTIONS) : list()).map((area) => {
      const role = roleOf(area, "AREA") || (this.handles(area, "AREA", { scope }) ? "clickable" : "");
      if (role) out.push(list(role, givenName(area, "AREA", role), area, statesOf(area, "AREA", role), "", 0, list(), hintOf(area), 0, ""));
    });
    return out.length - before;
  }

  emit(el, out, context, seen) {
    const { tag, native, handled, inline, shown, scrolls } = seen;
    let { role } = seen;
    if (role === "iframe" || FRAMES[tag]) {
      const doc = prop(el, tag, "contentDocument") || null;
      if (role === "iframe" || doc) return this.iframe(el, tag, doc, out, context);
    }
    if (tag === "DETAILS" && shown && !prop(el, tag, "open") && !summaryOf(el)) {  // the browser writes a summary itself
      out.push(list("button", "Details", el, list("collapsed"), "", 0, list(), "", 0, ""));
      out.broken = true;
      return 1;
    }
    const plain = !shown || (!role && !handled && !scrolls);
    if (plain) return this.through(el, out, context, inline);
    const children = opened();
    let active = 0;
    if (tag === "DETAILS" && !prop(el, tag, "open")) {
      const summary = summaryOf(el);
      if (summary) active = this.element(summary, children, context);
    } else if (!(CLOSED[tag] || role === "img" || (role === "textbox" && !native))) {
      active = this.children(el, children, inside(context.scope, context.depth, context.tree + 1, context.pointer, context.items, context.quiet));
    }
    let use = native || ACTIVE[role] === true;
    if (!use && handled && this.worth(handled, active, el, children)) { use = true; role = role === "gridcell" ? role : "clickable"; }
    if (!use && !role && scrolls && children.length) role = "group";
    if (!use && !role) { this.splice(children, out, inline); return active; }
    return active + this.push(el, out, children, { tag, role, use, tree: context.tree, scope: context.scope, inline, scrolls });
  }

  // Listeners on a container of other targets mostly serve those; it is one itself where it shows a pointer cursor and
  // says something that its targets do not. What only shows one, as a card with a button in it, is one where no link leads on.
  worth(handled, active, el, children) {
    if (handled === "list") return false;
    if (active) {
      if (handled !== true && (handled !== "cursor" || leadsOn(children) || tidy(words(children)).length > LONG_NAME)) return false;
      return children.some((child) => child instanceof Text_ || typeof child === "string" || !child[2]) && styleOf(el).cursor === "pointer";
    }
    if (children.length) return true;
    const box = boxOf(el);
    return box.width > 0 && box.height > 0;
  }

  through(el, out, context, inline) {
    if (!inline) out.broken = true;
    const closed = tagOf(el) === "DETAILS" && !prop(el, "DETAILS", "open"), summary = closed && summaryOf(el);
    const active = summary ? this.element(summary, out, context) : closed ? 0 : this.children(el, out, context);
    if (!inline) out.broken = true;
    return active;
  }

  splice(children, out, inline) {
    if (!inline) out.broken = true;
    out.add(children);
    out.broken = true;
  }

  push(el, out, children, facts) {
    const { tag, role, use, scope } = facts;
    let name = givenName(el, tag, role), kids = children;
    if (!name && FROM_CONTENT[role]) {
      const text = tidy(words(children));
      if (text.length <= LONG_NAME) { name = text; kids = children.filter((c) => !(c instanceof Text_) && (c[2] || c[6].length)); }
      if (!name) name = titleOf(el, tag) || unworded(el);
      if (!name) { const title = dom.querySelector(el, "title, img[alt]"); if (title) name = tidy(dom.getAttribute(title, "alt") || dom.textContent(title) || ""); }
    }
    const control = (tag === "LABEL" && prop(el, tag, "control")) || el;
    const value = FIELDS[role] || editable(el) ? valueOf(el, tag, role) : "";
    if (use || name || kids.length || value) {
      this.nodes++;
      this.chars += name.length + value.length + role.length;
      const states = statesOf(control, tagOf(control), role);
      if (facts.scrolls) states.push("scrollable");
      const node = list(role, clip(name, 400), use ? el : 0, states, value, optionsOf(el, tag), this.finish(kids),
        name || !use ? "" : hintOf(el), this.measure ? this.distance(el, scope) : 0, FIELDS[role] ? purposeOf(el, tag) : "");
      if (facts.tree > MAX_TREE && !use) out.add(node[6]); else out.push(node);
      out.broken = !facts.inline || !use;
    }
    return use ? 1 : 0;
  }

  // Texts that lie outside the view become nodes with their distance, so that a budget can drop the farthest first.
  finish(nodes) {
    return nodes.map((child) => (child instanceof Text_ ? textNode(child.text, child.distance) : child));
  }

  iframe(el, tag, doc, out, context) {
    const children = opened(), name = titleOf(el, tag) || tidy(dom.getAttribute(el, "name") || "");
    if (doc && context.tree < MAX_TREE) this.document(doc, children, context.depth, context.tree + 1, name);
    const src = dom.getAttribute(el, "src") || (dom.hasAttribute(el, "srcdoc") ? "about:srcdoc" : "");
    const node = list("iframe", name, 0, list(), "", 0, this.finish(children), "", 0, "");
    if (!doc && src) { node[3].push("other site"); node[4] = clip(src, 200); frames.push(el); node[7] = "frame:" + (frames.length - 1); }
    if (children.length || !doc) out.push(node);
    out.broken = true;
    return children.length ? 1 : 0;
  }
}
let frames = new List();  // those that cannot be looked into from here

function words(children) {
  let text = "";
  for (let i = 0; i < children.length; i++) {
    const child = children[i];
    if (child instanceof Text_) text += child.text + " ";
    else if (typeof child === "string") text += child + " ";
    else if (child[0] === "img" || !child[2]) text += (child[1] || "") + " " + words(child[6]) + " ";
  }
  return text;
}

// Whether something in there can be followed: a link, or what is clicked and is no control.
function leadsOn(children) {
  return children.some((child) => !(child instanceof Text_) && typeof child !== "string" && ((child[2] && (child[0] === "link" || child[0] === "clickable")) || leadsOn(child[6])));
}

const refs = new Notes();
let known = list(null);  // ref -> Weak(element); index 0 is unused

function number(nodes) {
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    if (typeof node === "string") continue;
    if (node[2]) {
      let ref = refs.get(node[2]);
      if (!ref) { ref = known.length; refs.set(node[2], ref); known.push(new Weak(node[2])); }
      node[2] = ref;
    }
    number(node[6]);
  }
}

function walked(measure) {
  trustStyles();
  const walk = new Walk(measure), out = opened();
  frames = new List();
  walk.document(document, out, 0, 0, "");
  return { walk, out };
}

function observe(budget) {
  let { walk, out } = walked(false);
  if (walk.chars > budget) ({ walk, out } = walked(true));
  const tree = walk.finish(out);
  number(tree);
  return stringify(list(location.href, ofDocument.title(document), tree, walk.cut, frames.length));
}

function forget() { known.map((ref) => { const el = ref && ref.deref(); if (el) refs.delete(el); }); known = list(null); }

// References for elements of frames that only the browser can look into.
function reserve(count) {
  const first = known.length;
  for (let i = 0; i < count; i++) known.push({ deref: () => null });
  return first;
}
