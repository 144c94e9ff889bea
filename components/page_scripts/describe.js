// What an element is called: role, name, hint, states and value.
const SKIP = among("SCRIPT STYLE NOSCRIPT TEMPLATE HEAD META LINK TITLE DATALIST PARAM");
const INPUTS = bare({
  checkbox: "checkbox", radio: "radio", range: "slider", number: "spinbutton", search: "searchbox", button: "button",
  submit: "button", reset: "button", image: "button", color: "color", date: "date", time: "time", month: "month",
  week: "week", "datetime-local": "datetime", file: "file",
});
const TAGS = bare({
  BUTTON: "button", SUMMARY: "button", TEXTAREA: "textbox", H1: "heading", H2: "heading", H3: "heading", H4: "heading",
  H5: "heading", H6: "heading", NAV: "navigation", MAIN: "main", HEADER: "banner", FOOTER: "contentinfo",
  ASIDE: "complementary", FORM: "form", SECTION: "region", ARTICLE: "article", UL: "list", OL: "list", LI: "listitem",
  DL: "list", DT: "term", DD: "definition", TABLE: "table", TR: "row", TD: "cell", TH: "columnheader", DIALOG: "dialog",
  FIELDSET: "group", IMG: "img", PROGRESS: "progressbar", METER: "meter", IFRAME: "iframe", FIGURE: "figure",
  OPTION: "option", CANVAS: "canvas", BLOCKQUOTE: "blockquote", PRE: "code",
});
const ACTIVE = among("button link textbox searchbox checkbox radio combobox listbox option menuitem menuitemcheckbox " +
  "menuitemradio tab slider spinbutton switch treeitem color date time month week datetime file video audio clickable");
const FIELDS = among("textbox searchbox spinbutton slider combobox listbox date time month week datetime color file progressbar " +
  "meter");
const FROM_CONTENT = among("button link checkbox radio option menuitem menuitemcheckbox menuitemradio tab switch treeitem heading " +
  "clickable term file");
const GENERIC = among("none presentation generic paragraph strong emphasis rowgroup document application");
const MAX_NODES = 40000, MAX_DEPTH = 900, MAX_TREE = 60, MAX_TEXT = 4000, LONG_NAME = 200, MAX_OPTIONS = 300;

function labelText(node, out = new List(), depth = 0) {
  for (let child = dom.firstChild(node); child; child = dom.nextSibling(child)) {
    const kind = dom.nodeType(child);
    if (kind === 3) out.push(dom.data(child));
    else if (kind === 1 && depth < 50) {
      const tag = tagOf(child);
      if (!SKIP[tag] && tag !== "SELECT" && tag !== "TEXTAREA" && tag !== "BUTTON") labelText(child, out, depth + 1);
    }
  }
  return out;
}

// What a custom element's class says of it (its ElementInternals), where its markup says nothing.
const innately = take(bare({}), ElementInternals.prototype, "role ariaLabel ariaChecked ariaDisabled ariaExpanded ariaPressed ariaSelected");
function innate(el, name) { const own = anyInternals && internals.get(el); return own ? textOf(innately[name](own)) : ""; }

const OWN_ROLE = among("A BUTTON INPUT SELECT TEXTAREA");
function roleOf(el, tag) {
  const given = dom.getAttribute(el, "role") || innate(el, "role");
  if (given) {
    const role = lower(wordsOf(given, 1)[0] || "");
    const written = role === "combobox" && tag === "INPUT" && dom.hasAttribute(el, "list");
    if (role && !written && !(GENERIC[role] && OWN_ROLE[tag])) return GENERIC[role] ? "" : role;
  }
  if (tag === "INPUT") return INPUTS[prop(el, tag, "type")] || "textbox";
  if (tag === "A" || tag === "AREA") return dom.hasAttribute(el, "href") || dom.hasAttribute(el, "xlink:href") ? "link" : "";
  if (tag === "VIDEO" || tag === "AUDIO") return dom.hasAttribute(el, "controls") ? lower(tag) : "";
  if (tag === "SELECT") return prop(el, tag, "multiple") || prop(el, tag, "size") > 1 ? "listbox" : "combobox";
  return TAGS[tag] || "";
}

const LABELLED = among("INPUT SELECT TEXTAREA BUTTON METER PROGRESS OUTPUT");
const CAPTIONED = bare({ FIELDSET: ":scope > legend", TABLE: ":scope > caption", FIGURE: ":scope > figcaption" });
const titleOf = (el, tag) => tidy(textOf(prop(el, tag, "title")));
const labelsOf = (el, tag) => { const labels = LABELLED[tag] && prop(el, tag, "labels"); return labels ? nodesOf(labels, 10) : list(); };

function byId(el, id) {
  const root = dom.getRootNode(el);
  try { return ofDocument.getElementById(root, id); } catch (_) { /* a shadow root, or a part of no document */ }
  try { return ofRoot.getElementById(root, id); } catch (_) { return null; }
}

function givenName(el, tag, role) {
  const by = dom.getAttribute(el, "aria-labelledby");
  if (by) {
    const text = tidy(wordsOf(by, 10).map((id) => { const other = byId(el, id); return other ? labelText(other).join(" ") : ""; }).join(" "));
    if (text) return text;
  }
  const label = tidy(dom.getAttribute(el, "aria-label") || innate(el, "ariaLabel"));
  if (label) return label;
  const type = prop(el, tag, "type");
  if (tag === "INPUT" && role === "button") {
    return tidy(prop(el, tag, "value") || prop(el, tag, "alt") || prop(el, tag, "title") || (type === "reset" ? "Reset" : type === "submit" ? "Submit" : ""));
  }
  const labels = tidy(labelsOf(el, tag).map((l) => labelText(l).join(" ")).join(" "));
  if (labels) return labels;
  if (tag === "IMG" || tag === "AREA") return tidy(textOf(prop(el, tag, "alt"))) || titleOf(el, tag);
  if (CAPTIONED[tag]) {
    const title = dom.querySelector(el, CAPTIONED[tag]);
    if (title) return tidy(labelText(title).join(" "));
  }
  const placeholder = tidy(textOf(prop(el, tag, "placeholder")));
  if (placeholder) return placeholder;
  return FROM_CONTENT[role] ? "" : titleOf(el, tag);
}

// What is seen of an element that has no words: the tip that a script took out of its title, what its style writes.
const TIPS = list("data-original-title", "data-bs-original-title", "data-tooltip"), WRITTEN = /"((?:[^"\\]|\\.)*)"/, DRAWN_SIGNS = /[\ue000-\uf8ff]/;
function unworded(el) {
  for (let i = 0; i < TIPS.length; i++) { const tip = tidy(dom.getAttribute(el, TIPS[i]) || ""); if (tip) return tip; }
  const words = list("::before", "::after").map((part) => {
    const style = computed(el, part), found = exec(WRITTEN, textOf((plain ? style : bare(style)).content));
    return found && !says(DRAWN_SIGNS, found[1]) ? found[1] : "";
  });
  return tidy(words.join(" "));
}

const MANY_DIGITS = /\d{3,}/;
function hintOf(el) {
  const own = markOf(el), icon = own ? null : dom.querySelector(el, "[class], use");
  const drawn = icon && tagOf(icon) === "<use>" ? dom.getAttribute(icon, "href") || dom.getAttribute(icon, "xlink:href") || "" : "";
  if (startsWith(drawn, "#") && drawn.length <= 30) return drawn;
  return own || (icon ? markOf(icon) : "") || (dom.namespaceURI(el) === "http://www.w3.org/2000/svg" ? lower(dom.tagName(el)) : "");
}
function markOf(el) {
  const names = wordsOf(dom.getAttribute(el, "class") || "").filter((c) => c.length <= 30);
  if (names.length) return "." + copy(names, names.length, 3).join(".");
  const id = dom.getAttribute(el, "id");
  return id && id.length <= 30 && !says(MANY_DIGITS, id) ? "#" + id : "";
}

// What the markup of a field says it is for. No agent is shown it; the detectors of private data are.
const TELLING = among("tel email password");
function purposeOf(el, tag) {
  if (!OWN_ROLE[tag]) return "";
  const type = prop(el, tag, "type"), said = list(dom.getAttribute(el, "autocomplete"), TELLING[type] && type, dom.getAttribute(el, "name"), dom.getAttribute(el, "id"));
  return clip(tidy(said.filter((each) => each).join(" ")), 120);
}

const NO_ARIA = bare({});
function ariaOf(el) {
  const attributes = dom.attributes(el), count = attributeCount(attributes);
  let given = NO_ARIA;
  for (let i = 0; i < count; i++) {
    const name = dom.name(attributes[i]);
    if (!startsWith(name, "aria-")) continue;
    if (given === NO_ARIA) given = bare({});
    given[slice(name, 5)] = dom.value(attributes[i]);
  }
  if (!anyInternals || !internals.has(el)) return given;
  const all = bare({ ...given }), own = ["checked", "disabled", "expanded", "pressed", "selected"];
  for (let i = 0; i < own.length; i++) all[own[i]] = all[own[i]] || innate(el, "aria" + upper(own[i][0]) + slice(own[i], 1));
  return all;
}
const attributeCount = take(bare({}), NamedNodeMap.prototype, "length").length;

function statesOf(el, tag, role) {
  const states = new List(), aria = ariaOf(el), type = prop(el, tag, "type");
  if (tag === "INPUT" && (type === "checkbox" || type === "radio")) {
    if (prop(el, tag, "indeterminate")) states.push("mixed"); else if (prop(el, tag, "checked")) states.push("checked");
  } else if (aria.checked === "true") states.push("checked");
  else if (aria.checked === "mixed") states.push("mixed");
  if (tag === "TEXTAREA") states.push("multiline");
  if (aria.haspopup && aria.haspopup !== "false") states.push("haspopup");
  if (aria.selected === "true" || (tag === "OPTION" && prop(el, tag, "selected"))) states.push("selected");
  if (aria.pressed === "true") states.push("pressed");
  if (aria.current && aria.current !== "false") states.push("current");
  const details = tag === "SUMMARY" ? dom.parentElement(el) : null;
  if (aria.expanded === "true") states.push("expanded"); else if (aria.expanded === "false") states.push("collapsed");
  if (details) states.push(prop(details, "DETAILS", "open") ? "expanded" : "collapsed");
  if (aria.disabled === "true" || ((readers[tag] || anyInternals) && dom.matches(el, ":disabled"))) states.push("disabled");
  if (prop(el, tag, "readOnly") === true && FIELDS[role]) states.push("readonly");
  if (aria.invalid === "true") states.push("invalid");
  if (role === "file") states.push("unusable");  // the browser asks for a file, and there is none
  if (role === "dialog" || role === "alertdialog") {
    states.push("open");
    if (aria.modal === "true" || (tag === "DIALOG" && dom.matches(el, ":modal"))) states.push("modal");
  }
  return states;
}

// What an option shows; where another one of the list shows the same, with the name of its group, as it is seen.
const optionName = (option) => tidy(prop(option, "OPTION", "label") || prop(option, "OPTION", "text") || "");
const optionsIn = (select) => itemsOf(prop(select, "SELECT", "options"), MAX_OPTIONS);
function optionNames(options, all) {
  const times = new Table();
  all.map(optionName).map((name) => times.set(name, (times.get(name) || 0) + 1));
  return options.map((option) => {
    const name = optionName(option), group = times.get(name) > 1 ? dom.closest(option, "optgroup") : null;
    const label = group ? tidy(textOf(prop(group, "OPTGROUP", "label"))) : "";
    return label ? `${label}: ${name}` : name;
  });
}
const editable = (el) => { try { return dom.isContentEditable(el) || Boolean(dom.editContext(el)); } catch (_) { return false; } };
const innerText = (el) => { try { return dom.innerText(el); } catch (_) { return dom.textContent(el); } };

const dots = (value) => slice("••••••••••••", 0, value.length);
function valueOf(el, tag, role) {
  const type = prop(el, tag, "type"), value = textOf(prop(el, tag, "value"));
  if (tag === "SELECT") return optionNames(itemsOf(prop(el, tag, "selectedOptions"), MAX_OPTIONS), optionsIn(el)).join(", ");
  if (tag === "INPUT" && type === "password") return dots(value);
  if (tag === "INPUT" && type === "file") return filesOf(el).map((file) => fileName(file)).join(", ");
  if (tag === "INPUT" && role === "button") return "";
  if ((tag === "INPUT" || tag === "TEXTAREA") && FIELDS[role]) return value && styleOf(el).webkitTextSecurity !== "none" ? dots(value) : clip(value, MAX_TEXT);
  if (tag === "PROGRESS" || tag === "METER") return `${prop(el, tag, "value")} of ${prop(el, tag, "max")}`;
  if (editable(el)) return clip(trim(innerText(el)), MAX_TEXT);
  return dom.getAttribute(el, "aria-valuetext") || dom.getAttribute(el, "aria-valuenow") || "";
}
const fileName = take(bare({}), File.prototype, "name").name;
function filesOf(el) { const files = prop(el, "INPUT", "files"); return files ? copy(files, fileCount(files)) : list(); }

// What a field offers: a select's options, the suggestions of a text field.
function optionsOf(el, tag) {
  if (tag === "SELECT") { const options = optionsIn(el); return optionNames(options, options); }
  const suggested = tag === "INPUT" ? prop(el, tag, "list") : null;
  return suggested ? itemsOf(prop(suggested, "DATALIST", "options"), MAX_OPTIONS).map((o) => prop(o, "OPTION", "value") || optionName(o)) : 0;
}
