// What an element is called: role, name, hint, states and value.
const SKIP = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "HEAD", "META", "LINK", "TITLE", "DATALIST", "PARAM"]);
const INPUTS = {
  checkbox: "checkbox", radio: "radio", range: "slider", number: "spinbutton", search: "searchbox", button: "button",
  submit: "button", reset: "button", image: "button", color: "color", date: "date", time: "time", month: "month",
  week: "week", "datetime-local": "datetime", file: "file",
};
const TAGS = {
  BUTTON: "button", SUMMARY: "button", TEXTAREA: "textbox", H1: "heading", H2: "heading", H3: "heading", H4: "heading",
  H5: "heading", H6: "heading", NAV: "navigation", MAIN: "main", HEADER: "banner", FOOTER: "contentinfo",
  ASIDE: "complementary", FORM: "form", SECTION: "region", ARTICLE: "article", UL: "list", OL: "list", LI: "listitem",
  DL: "list", DT: "term", DD: "definition", TABLE: "table", TR: "row", TD: "cell", TH: "columnheader", DIALOG: "dialog",
  FIELDSET: "group", IMG: "img", PROGRESS: "progressbar", METER: "meter", IFRAME: "iframe", FIGURE: "figure",
  OPTION: "option", CANVAS: "canvas", BLOCKQUOTE: "blockquote", PRE: "code",
};
const ACTIVE = new Set([
  "button", "link", "textbox", "searchbox", "checkbox", "radio", "combobox", "listbox", "option", "menuitem",
  "menuitemcheckbox", "menuitemradio", "tab", "slider", "spinbutton", "switch", "treeitem", "color", "date", "time",
  "month", "week", "datetime", "file", "clickable",
]);
const FIELDS = new Set(["textbox", "searchbox", "spinbutton", "slider", "combobox", "listbox", "date", "time", "month", "week", "datetime", "color", "file", "progressbar", "meter"]);
const FROM_CONTENT = new Set([
  "button", "link", "checkbox", "radio", "option", "menuitem", "menuitemcheckbox", "menuitemradio", "tab", "switch",
  "treeitem", "heading", "clickable", "term",
]);
const GENERIC = new Set(["", "none", "presentation", "generic", "paragraph", "strong", "emphasis", "rowgroup", "document", "application"]);
const MAX_NODES = 40000, MAX_DEPTH = 900, MAX_TREE = 60, MAX_TEXT = 4000, LONG_NAME = 200, MAX_OPTIONS = 300;

const tidy = (text) => text.replace(/\s+/g, " ").trim();
const clip = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);

function labelText(node, out = [], depth = 0) {
  for (const child of node.childNodes) {
    if (child.nodeType === 3) out.push(child.data);
    else if (child.nodeType === 1 && depth < 50 && !SKIP.has(child.tagName) && !/^(SELECT|TEXTAREA|BUTTON)$/.test(child.tagName)) {
      labelText(child, out, depth + 1);
    }
  }
  return out;
}

function roleOf(el, tag) {
  const given = el.getAttribute("role");
  if (given) {
    const role = given.trim().split(/\s+/)[0].toLowerCase();
    if (role && !(GENERIC.has(role) && /^(A|BUTTON|INPUT|SELECT|TEXTAREA)$/.test(tag))) return role;
  }
  if (tag === "INPUT") return INPUTS[el.type] || (el.hasAttribute("list") ? "combobox" : "textbox");
  if (tag === "A" || tag === "AREA") return el.hasAttribute("href") ? "link" : "";
  if (tag === "SELECT") return el.multiple || el.size > 1 ? "listbox" : "combobox";
  return TAGS[tag] || "";
}

const LABELLED = /^(INPUT|SELECT|TEXTAREA|BUTTON|METER|PROGRESS|OUTPUT)$/;

function givenName(el, tag, role) {
  const by = el.getAttribute("aria-labelledby");
  if (by) {
    const root = el.getRootNode();
    const text = tidy(by.split(/\s+/).slice(0, 10).map((id) => {
      const other = root.getElementById && root.getElementById(id);
      return other ? labelText(other).join(" ") : "";
    }).join(" "));
    if (text) return text;
  }
  const label = el.getAttribute("aria-label");
  if (label && tidy(label)) return tidy(label);
  if (tag === "INPUT" && role === "button") return tidy(el.value || el.alt || el.title || (el.type === "reset" ? "Reset" : el.type === "submit" ? "Submit" : ""));
  if (LABELLED.test(tag) && el.labels && el.labels.length) {
    const text = tidy(Array.from(el.labels, (l) => labelText(l).join(" ")).join(" "));
    if (text) return text;
  }
  if (tag === "IMG" || tag === "AREA") return tidy(el.alt || el.title || "");
  if (tag === "FIELDSET" || tag === "TABLE" || tag === "FIGURE") {
    const title = el.querySelector(":scope > legend, :scope > caption, :scope > figcaption");
    if (title) return tidy(labelText(title).join(" "));
  }
  if (el.placeholder && typeof el.placeholder === "string") return tidy(el.placeholder);
  return FROM_CONTENT.has(role) ? "" : tidy(el.title && typeof el.title === "string" ? el.title : "");
}

function hintOf(el) {
  const names = (el.getAttribute("class") || "").split(/\s+/).filter((c) => c && c.length <= 30).slice(0, 3);
  if (names.length) return "." + names.join(".");
  const id = el.id;
  if (typeof id === "string" && id && id.length <= 30 && !/\d{3,}/.test(id)) return "#" + id;
  return el.namespaceURI && el.namespaceURI.endsWith("svg") ? el.tagName.toLowerCase() : "";
}

function statesOf(el, tag, role) {
  const states = [], given = {};
  for (const { name, value } of el.attributes) if (name.startsWith("aria-")) given[name.slice(5)] = value;
  const aria = (name) => given[name];
  if (tag === "INPUT" && (el.type === "checkbox" || el.type === "radio")) {
    if (el.indeterminate) states.push("mixed"); else if (el.checked) states.push("checked");
  } else if (aria("checked") === "true") states.push("checked");
  else if (aria("checked") === "mixed") states.push("mixed");
  if (tag === "TEXTAREA") states.push("multiline");
  if (aria("haspopup") && aria("haspopup") !== "false") states.push("haspopup");
  if (aria("selected") === "true" || (tag === "OPTION" && el.selected)) states.push("selected");
  if (aria("pressed") === "true") states.push("pressed");
  if (aria("current") && aria("current") !== "false") states.push("current");
  if (aria("expanded") === "true") states.push("expanded"); else if (aria("expanded") === "false") states.push("collapsed");
  if (tag === "SUMMARY" && el.parentElement) states.push(el.parentElement.open ? "expanded" : "collapsed");
  if (el.disabled === true || aria("disabled") === "true" || (el.disabled === undefined ? false : el.matches(":disabled"))) states.push("disabled");
  if (el.readOnly === true && FIELDS.has(role)) states.push("readonly");
  if (aria("invalid") === "true") states.push("invalid");
  if (role === "dialog" || role === "alertdialog") {
    states.push("open");
    if (aria("modal") === "true" || (tag === "DIALOG" && el.matches(":modal"))) states.push("modal");
  }
  return states;
}

function valueOf(el, tag, role) {
  if (tag === "SELECT") return Array.from(el.selectedOptions, (o) => tidy(o.label || o.text)).join(", ");
  if (tag === "INPUT" && el.type === "password") return "•".repeat(Math.min(el.value.length, 12));
  if (tag === "INPUT" && el.type === "file") return Array.from(el.files || [], (f) => f.name).join(", ");
  if (tag === "INPUT" && role === "button") return "";
  if ((tag === "INPUT" || tag === "TEXTAREA") && FIELDS.has(role)) return clip(el.value, MAX_TEXT);
  if (tag === "PROGRESS" || tag === "METER") return el.value + " of " + el.max;
  if (el.isContentEditable) return clip(el.innerText.trim(), MAX_TEXT);
  return el.getAttribute("aria-valuetext") || el.getAttribute("aria-valuenow") || "";
}
