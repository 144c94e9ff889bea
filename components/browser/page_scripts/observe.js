// Walks the page once and returns its content as nested arrays; Python prunes and prints them.
// A node is [role, name, ref, states, value, options, children, hint, distance]; plain strings are text.
// jQuery's delegated handlers: the elements their selectors match are the targets, not the container.
function delegated(el, win, targets) {
  let direct = true;
  try {
    const events = win.jQuery && win.jQuery._data && win.jQuery._data(el, "events");
    if (!events) return true;
    direct = false;
    for (const type of Object.keys(events)) {
      if (!CLICKS.has(type)) continue;
      for (const handler of Array.from(events[type]).slice(0, 50)) {
        if (!handler.selector) { direct = true; continue; }
        for (const target of Array.from(el.querySelectorAll(handler.selector)).slice(0, 2000)) targets.add(target);
      }
    }
  } catch (_) { /* a selector only jQuery understands, or not the real jQuery */ }
  return direct;
}

function listensIn(win) {
  const api = win[KEY];
  return api ? api.listens : () => false;
}

// Where the walk is: document, DOM depth, depth of the tree, under a pointer cursor, among a list's items, unseen.
const inside = (scope, depth, tree, pointer, items, quiet) => ({ scope, depth, tree, pointer, items, quiet });

class Text_ {
  constructor(text, distance) { this.text = text; this.distance = distance; }
}

class Walk {
  constructor(measure) {
    this.measure = measure;
    this.nodes = 0;
    this.chars = 0;
    this.targets = new Set();
    this.cut = false;
    this.reactKey = undefined;
    this.visited = 0;
  }

  document(doc, out, depth, tree) {
    const win = doc.defaultView;
    const scope = { win, listens: listensIn(win), height: win.innerHeight };
    for (const root of [doc, doc.documentElement, doc.body]) if (root && scope.listens(root)) delegated(root, win, this.targets);
    if (doc.body) this.children(doc.body, out, inside(scope, depth, tree, false, false, false));
  }

  children(parent, out, context) {
    let kids;
    if (parent.tagName === "SLOT" && parent.assignedNodes) {
      kids = parent.assignedNodes();
      if (!kids.length) kids = parent.childNodes;
    } else {
      const shadow = parent.nodeType === 1 ? parent.shadowRoot || shadows.get(parent) : null;
      kids = shadow ? shadow.childNodes : parent.childNodes;
    }
    let active = 0;
    for (const kid of kids) {
      if (kid.nodeType === 3) { if (!context.quiet) this.text(kid, out, parent, context); }
      else if (kid.nodeType === 1) active += this.element(kid, out, context);
    }
    return active;
  }

  text(node, out, parent, context) {
    const data = node.data;
    if (!data || this.nodes > MAX_NODES) return;
    const text = clip(parent.tagName === "PRE" ? data : data.replace(/\s+/g, " "), MAX_TEXT);
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
    const box = el.getBoundingClientRect();
    const away = box.top > scope.height ? box.top - scope.height : box.bottom < 0 ? -box.bottom : 0;
    return Math.min(9999, Math.ceil(away / (scope.height || 1)));
  }

  // Folded to nothing, or moved off the page.
  hidden(el, style, scope, display) {
    const position = style.position, overflow = style.overflowX;
    if (overflow === "visible" && position !== "absolute" && position !== "fixed") return false;
    const box = el.getBoundingClientRect();
    if (overflow !== "visible" && (box.width === 0 || box.height === 0) && display !== "contents" && display !== "inline") return true;
    return (position === "absolute" || position === "fixed") &&
      (box.right + scope.win.scrollX <= 0 || box.bottom + scope.win.scrollY <= 0) && box.width * box.height > 0;
  }

  handles(el, context) {
    const scope = context.scope;
    if (el.onclick || el.onmousedown || el.onmouseup || this.targets.has(el)) return true;
    if (scope.listens(el) && delegated(el, scope.win, this.targets)) return true;
    if (!this.reactKey) this.findReact(el);
    if (this.reactKey && el[this.reactKey] && typeof el[this.reactKey].onClick === "function") return true;
    return typeof el.__click === "function";
  }

  // React keeps an element's handlers under a key of its own; a few elements, ever farther apart, are searched for it.
  findReact(el) {
    this.visited++;
    if (this.visited & (this.visited - 1)) return;
    this.reactKey = Object.keys(el).find((name) => name.startsWith("__reactProps$"));
  }

  element(el, out, context) {
    const tag = el.tagName.toUpperCase(), scope = context.scope;
    if (SKIP.has(tag) || this.nodes > MAX_NODES || context.depth > MAX_DEPTH) { this.cut = this.cut || !SKIP.has(tag); return 0; }
    if (tag === "BR") { const last = out[out.length - 1]; if (last instanceof Text_) last.text += " "; return 0; }
    const style = scope.win.getComputedStyle(el);
    const display = style.display;
    if (display === "none") return 0;
    if (tag !== "INPUT" && tag !== "TEXTAREA" && tag !== "SELECT" && this.hidden(el, style, scope, display)) return 0;
    const shown = style.visibility === "visible", inline = display === "inline" || display.startsWith("inline");
    let role = roleOf(el, tag);
    if (tag === "INPUT" && el.type === "hidden") return 0;
    if (GENERIC.has(role)) role = "";
    let handled = false, pointer = context.pointer;
    const native = ACTIVE.has(role);
    if (!native && shown) {
      handled = this.handles(el, context);
      if (style.cursor === "pointer") { if (!pointer && tag !== "BODY") { pointer = true; handled = handled || "cursor"; } }
      else pointer = false;
      if (context.items && (tag === "LI" || tag === "TD")) handled = handled || "item";
      if (!handled && el.hasAttribute("tabindex") && el.tabIndex >= 0) handled = "focus";
      if (el.hasAttribute("contenteditable") && el.isContentEditable && !(el.parentElement && el.parentElement.isContentEditable)) role = "textbox";
      if (tag === "LABEL") handled = this.labelRole(el, handled);
      if (typeof handled === "string" && handled.startsWith("role:")) { role = handled.slice(5); handled = true; }
    } else if (native) pointer = true;
    let items = context.items;
    if (handled === true && /^(UL|OL|TABLE|TBODY|DL)$/.test(tag)) { items = true; handled = "list"; }
    return this.emit(el, out, inside(scope, context.depth + 1, context.tree, pointer, items, !shown), { tag, role, native, handled, inline, shown });
  }

  // A label whose own control cannot be seen stands for it (styled checkboxes); a label of a visible one is its name.
  labelRole(el, handled) {
    const control = el.control;
    if (!control || (!handled && control.type !== "checkbox" && control.type !== "radio")) return handled;
    if (control.checkVisibility && control.checkVisibility({ visibilityProperty: true }) && control.getBoundingClientRect().width > 0) return false;
    return control.type === "checkbox" || control.type === "radio" ? "role:" + control.type : handled;
  }

  emit(el, out, context, seen) {
    const { tag, native, handled, inline, shown } = seen;
    let { role } = seen;
    if (role === "iframe") return this.iframe(el, out, context);
    const plain = !shown || (!role && !handled);
    if (plain) return this.through(el, out, context, inline);
    const children = [];
    children.broken = true;
    let active = 0;
    const closed = tag === "SELECT" || tag === "TEXTAREA" || tag === "INPUT" || tag === "METER" || tag === "PROGRESS" || role === "img" ||
      (role === "textbox" && !native);
    if (tag === "DETAILS" && !el.open) {
      const summary = el.querySelector(":scope > summary");
      if (summary) active = this.element(summary, children, context);
    } else if (!closed) active = this.children(el, children, inside(context.scope, context.depth, context.tree + 1, context.pointer, context.items, context.quiet));
    let use = native || ACTIVE.has(role);
    if (!use && handled && this.worth(handled, active, el, children)) { use = true; role = role === "gridcell" ? role : "clickable"; }
    if (!use && !role) { this.splice(children, out, inline); return active; }
    return active + this.push(el, out, children, { tag, role, use, tree: context.tree, scope: context.scope, inline });
  }

  // Listeners on a container of other targets mostly serve those; it is one itself where it shows a pointer cursor and
  // says something that its targets do not.
  worth(handled, active, el, children) {
    if (handled === "list") return false;
    const says = (child) => child instanceof Text_ || typeof child === "string" || !child[2];
    if (active) return handled === true && children.some(says) && el.ownerDocument.defaultView.getComputedStyle(el).cursor === "pointer";
    if (children.length) return true;
    const box = el.getBoundingClientRect();
    return box.width > 0 && box.height > 0;
  }

  through(el, out, context, inline) {
    if (!inline) out.broken = true;
    const details = el.tagName === "DETAILS" && !el.open && el.querySelector(":scope > summary");
    const active = details ? this.element(details, out, context) : this.children(el, out, context);
    if (!inline) out.broken = true;
    return active;
  }

  splice(children, out, inline) {
    if (!inline) out.broken = true;
    out.push(...children);
    out.broken = true;
  }

  push(el, out, children, facts) {
    const { tag, role, use, scope } = facts;
    let name = givenName(el, tag, role), kids = children;
    if (!name && FROM_CONTENT.has(role)) {
      const text = tidy(words(children));
      if (text.length <= LONG_NAME) { name = text; kids = children.filter((c) => !(c instanceof Text_) && (c[2] || c[6].length)); }
      if (!name && typeof el.title === "string") name = tidy(el.title);
      if (!name) { const title = el.querySelector("title, img[alt]"); if (title) name = tidy(title.alt || title.textContent || ""); }
    }
    const options = tag === "SELECT" ? Array.from(el.options).slice(0, MAX_OPTIONS).map((o) => tidy(o.label || o.text)) : 0;
    const control = tag === "LABEL" && el.control ? el.control : el;
    const value = FIELDS.has(role) || el.isContentEditable ? valueOf(el, tag, role) : "";
    if (use || name || kids.length || value) {
      this.nodes++;
      this.chars += name.length + value.length + role.length;
      const node = [role, clip(name, 400), use ? el : 0, statesOf(control, control.tagName, role), value, options, this.finish(kids), name || !use ? "" : hintOf(el),
        this.measure ? this.distance(el, scope) : 0];
      if (facts.tree > MAX_TREE && !use) out.push(...node[6]); else out.push(node);
      if (!facts.inline || !use) out.broken = true; else out.broken = false;
    }
    return use ? 1 : 0;
  }

  // Texts that lie outside the view become nodes with their distance, so that a budget can drop the farthest first.
  finish(list) {
    return list.map((child) => !(child instanceof Text_) ? child : child.distance ? ["text", child.text, 0, [], "", 0, [], "", child.distance] : child.text);
  }

  iframe(el, out, context) {
    let doc = null;
    try { doc = el.contentDocument; } catch (_) { doc = null; }
    const children = [];
    children.broken = true;
    if (doc && context.tree < MAX_TREE) this.document(doc, children, context.depth, context.tree + 1);
    const src = el.getAttribute("src") || "";
    const node = ["iframe", tidy(el.title || el.name || ""), 0, [], "", 0, this.finish(children), "", 0];
    if (!doc && src) { node[3].push("other site"); node[4] = src.slice(0, 200); node[7] = "frame:" + (frames.push(el) - 1); }
    if (children.length || !doc) out.push(node);
    out.broken = true;
    return children.length ? 1 : 0;
  }
}
let frames = [];  // those that cannot be looked into from here

function words(children) {
  let text = "";
  for (const child of children) {
    if (child instanceof Text_) text += child.text + " ";
    else if (typeof child === "string") text += child + " ";
    else if (child[0] === "img" || !child[2]) text += (child[1] || "") + " " + words(child[6]) + " ";
  }
  return text;
}

const refs = new WeakMap();
let known = [];  // ref -> WeakRef(element); index 0 is unused
known.push(null);

function number(list) {
  for (const node of list) {
    if (typeof node === "string") continue;
    if (node[2]) {
      let ref = refs.get(node[2]);
      if (!ref) { ref = known.length; refs.set(node[2], ref); known.push(new WeakRef(node[2])); }
      node[2] = ref;
    }
    number(node[6]);
  }
}

function observe(budget) {
  frames = [];
  let walk = new Walk(false), out = [];
  out.broken = true;
  walk.document(document, out, 0, 0);
  if (walk.chars > budget) {
    walk = new Walk(true);
    out = [];
    frames = [];
    out.broken = true;
    walk.document(document, out, 0, 0);
  }
  const tree = walk.finish(out);
  number(tree);
  return stringify([location.href, document.title, tree, walk.cut, frames.length]);
}

function forget() { for (const ref of known) { const el = ref && ref.deref(); if (el) refs.delete(el); } known = [null]; }

// References for elements of frames that only the browser can look into.
function reserve(count) {
  const first = known.length;
  for (let i = 0; i < count; i++) known.push({ deref: () => null });
  return first;
}
