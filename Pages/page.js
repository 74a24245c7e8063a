// What both pages share: elements, numbers, controls, and a state that lives in the URL's hash.

/// The data that the page was written with.
function pageData() {
  return JSON.parse(document.getElementById("data").textContent);
}

// Elements

/// An HTML element. Texts become text nodes, never markup.
function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

function svgElement(name, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function list(sentences, className) {
  if (!sentences?.length) return null;
  return element("ul", { class: className }, ...sentences.map((text) => element("li", {}, text)));
}

// Numbers

const missing = "–";

function isKnown(value) {
  return typeof value === "number" && Number.isFinite(value);
}

/// A number in the form of its kind, rounded for reading.
function shown(value, kind) {
  if (!isKnown(value)) return missing;
  switch (kind) {
    case "count": return Number.isInteger(value) ? grouped(value) : plain(value);
    case "bytes": return scaled(value, ["B", "kB", "MB", "GB", "TB", "PB"], " ");
    case "seconds": return seconds(value);
    case "percent": return fixed(100 * value, 1) + "%";
    case "difference": return difference(value);
    case "rate": return shortScientific(value);
    default: return plain(value);
  }
}

/// A number with all its digits.
function exact(value, kind) {
  if (!isKnown(value)) return "unknown";
  switch (kind) {
    case "bytes": return `${grouped(value)} ${value === 1 ? "byte" : "bytes"}`;
    case "seconds": return `${value} s`;
    case "count": return grouped(value);
    case "percent": return `${Number((100 * value).toPrecision(12))}%`;
    default: return String(value);
  }
}

/// A number on an axis, as short as it can be.
function short(value, kind) {
  if (kind === "number" && value !== 0 && !(Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6)) {
    return shortScientific(value);
  }
  let text = shown(value, kind);
  if (kind === "count") text = scaled(value, ["", "k", "M", "B", "T", "Q"], "");
  if (kind === "number") text = String(Number(value.toPrecision(3)));
  return text.replace(/(\.\d*?)0+(?=[^\d]*$)/, "$1").replace(/\.(?=[^\d]*$)/, "");
}

function fixed(value, places) {
  const text = value.toFixed(places);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

function grouped(value) {
  return value.toLocaleString("en-US", { maximumFractionDigits: 20 }).replace("-", "−");
}

function plain(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2).replace("e+", "e");
  return fixed(value, size >= 1000 ? 1 : 4);
}

function scaled(value, units, separator) {
  let index = 0;
  while (Math.abs(value) >= 999.5 && index < units.length - 1) {
    value /= 1000;
    index += 1;
  }
  const size = Math.abs(value);
  const places = index === 0 && Number.isInteger(value) || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return fixed(value, places) + separator + units[index];
}

function seconds(value) {
  if (value >= 0.9995) return fixed(value, 2) + " s";
  if (value < 1e-4) return fixed(value * 1e6, 1) + " µs";
  return fixed(value * 1000, value < 0.1 ? 1 : 0) + " ms";
}

function difference(share) {
  const percent = 100 * share;
  const size = Math.abs(percent);
  if (size >= 1e4) return `× ${grouped(Number((share + 1).toPrecision(3)))}`;
  return (percent > 0 ? "+" : "") + fixed(percent, size >= 9.995 ? 1 : 2) + "%";
}

function shortScientific(value) {
  return value.toExponential(2).replace(/\.?0+e/, "e").replace("e+", "e");
}

/// `9M`, `500k`, `12.5 MB`, `1,769,472`; null for what is no number above 0.
function parsedNumber(text, kind) {
  const number = /^(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.?\d+(?:e[+-]?\d+)?)\.?/;
  const match = new RegExp(number.source + /\s*([kmgbtp]?)(i?)(b|bytes?)?$/.source, "i")
    .exec(text.trim());
  if (!match) return null;
  let unit = match[2].toLowerCase();
  if (unit === "b") unit = kind === "bytes" ? "" : "g";
  const power = ["", "k", "m", "g", "t", "p"].indexOf(unit);
  const value = Number(match[1].replaceAll(",", "")) * (match[3] ? 1024 : 1000) ** power;
  return Number.isFinite(value) && value > 0 ? value : null;
}

// State

/// What the reader has chosen: texts, and lists of texts. Only what differs from the defaults is
/// written to the URL's hash, so that a view can be linked.
class PageState {
  constructor(defaults, changedOutside) {
    this.defaults = defaults;
    this.read();
    addEventListener("hashchange", () => {
      this.read();
      changedOutside();
    });
  }

  read() {
    const hash = new URLSearchParams(location.hash.slice(1));
    this.values = {};
    for (const [key, standard] of Object.entries(this.defaults)) {
      const isList = Array.isArray(standard);
      this.values[key] = isList ? hash.getAll(key) : (hash.get(key) ?? standard);
    }
  }

  get(key) { return this.values[key]; }

  /// A text if it is one of those allowed, else the default.
  oneOf(key, allowed) {
    return allowed.includes(this.values[key]) ? this.values[key] : this.defaults[key];
  }

  set(key, value) {
    this.values[key] = value;
    // Browsers limit how often the URL may change.
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), 150);
  }

  write() {
    const hash = new URLSearchParams();
    for (const [key, value] of Object.entries(this.values)) {
      if (Array.isArray(value)) for (const entry of value) hash.append(key, entry);
      else if (value && value !== this.defaults[key]) hash.set(key, value);
    }
    const text = hash.toString();
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  }
}

// Controls

/// A select. Options are pairs of a value and its name.
function choice(label, options, value, changed) {
  const select = element("select", { onchange: () => changed(select.value) },
    ...options.map(([key, name]) => element("option", { value: key, selected: key === value }, name)));
  return element("label", { class: "control" }, element("span", {}, label), select);
}

let segmentGroups = 0;

/// One of a few, side by side.
function segments(label, options, value, changed) {
  segmentGroups += 1;
  const labels = options.map(([key, name]) => element("label", {}, element("input", {
    type: "radio", name: `segments-${segmentGroups}`, value: key, checked: key === value,
    onchange: () => changed(key),
  }), name));
  return element("div", { class: "control", role: "radiogroup", "aria-label": label },
    element("span", {}, label), element("div", { class: "segments" }, ...labels));
}

function toggle(label, isOn, changed) {
  const box = element("input", { type: "checkbox", checked: isOn, onchange: () => changed(box.checked) });
  return element("label", {}, box, element("span", {}, label));
}

/// A checkbox for each entry `{ key, name, swatch, hint }`; those in `off` are unchecked.
function switches(label, entries, off, changed) {
  const boxes = entries.map((entry) => element("input", {
    type: "checkbox", value: entry.key, checked: !off.includes(entry.key), onchange: report,
  }));
  function report() {
    changed(boxes.filter((box) => !box.checked).map((box) => box.value));
  }
  function all(isOn) {
    for (const box of boxes) box.checked = isOn;
    report();
  }
  const button = (name, isOn) => element("button", {
    type: "button", class: "text-button", "aria-label": `${label}: ${name}`, onclick: () => all(isOn),
  }, name);
  return element("fieldset", {}, element("legend", {}, label), element("div", { class: "switches" },
    ...entries.map((entry, index) => element("label", { title: entry.hint }, boxes[index],
      entry.swatch, element("span", {}, entry.name))),
    ...(entries.length > 2 ? [button("all", true), button("none", false)] : [])));
}

// Copying

/// Puts a text on the clipboard; where that is not allowed, into `fallback`, selected.
async function copy(text, status, fallback) {
  fallback.replaceChildren();
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = "Copied.";
  } catch {
    const area = element("textarea", { readonly: true, "aria-label": "Text to copy" });
    area.value = text;
    fallback.append(area);
    area.focus();
    area.select();
    status.textContent = "Selected below: press Ctrl+C or ⌘C.";
  }
}
