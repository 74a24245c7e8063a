// A table that is sorted by its headings, and copied as CSV, Markdown or LaTeX.

/// A column has `key`, `name`, `value(row)` (by which it is sorted), `text(row)` (as shown and copied to
/// documents), and where wanted: `words` (what it means), `isText`, `hint(row)` (all digits),
/// `node(row)` (what is shown instead of the text), `fields` (what CSV has instead: pairs of a name
/// and a function of the row), `className(row)`.
class DataTable {
  constructor({ label, sorted }) {
    this.sorted = sorted;
    this.rowLimit = DataTable.step;
    this.head = element("tr");
    this.body = element("tbody");
    this.more = element("button", { type: "button", class: "button", onclick: () => {
      this.rowLimit += DataTable.step;
      this.fill();
    } });
    const status = element("span", { role: "status", class: "soft" });
    const fallback = element("div");
    const button = (name, write) => element("button", {
      type: "button", class: "button", "data-copy": name,
      onclick: () => copy(write(this.columns, this.rows), status, fallback),
    }, name);
    this.element = element("div", {},
      element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label },
        element("table", { "aria-label": label }, element("thead", {}, this.head), this.body)),
      element("div", { class: "copies" }, this.more, element("span", { class: "soft" }, "Copy as"),
        button("CSV", csvText), button("Markdown", markdownText), button("LaTeX", latexText), status),
      fallback);
  }

  /// `sort`: a column's key, after a minus where the largest comes first; or empty.
  show({ columns, rows, sort }) {
    const isSame = this.columns?.map((column) => column.key).join() === columns.map((c) => c.key).join();
    Object.assign(this, { columns, unsorted: rows, sort });
    if (!isSame) {
      this.head.replaceChildren(...columns.map((column) => element("th", {
        scope: "col", class: column.isText ? null : "number", title: column.words, "data-key": column.key,
      }, element("button", { type: "button", onclick: () => this.sortBy(column.key) }, column.name))));
    }
    this.order();
  }

  sortBy(key) {
    this.sort = this.sort === key ? `-${key}` : key;
    this.order();
    this.sorted?.(this.sort);
  }

  order() {
    const isDown = this.sort?.startsWith("-");
    const column = this.columns.find(({ key }) => key === this.sort?.slice(isDown ? 1 : 0));
    this.rows = column ? sortedRows(this.unsorted, column, isDown) : this.unsorted;
    for (const cell of this.head.children) {
      const isSorted = column && cell.dataset.key === column.key;
      cell.setAttribute("aria-sort", !isSorted ? "none" : isDown ? "descending" : "ascending");
    }
    this.fill();
  }

  fill() {
    const rows = this.rows.slice(0, this.rowLimit);
    this.body.replaceChildren(...rows.map((row) => element("tr", {}, ...this.columns.map((column) => {
      const classes = [column.isText ? "words" : "number", column.className?.(row)];
      return element("td", { class: classes.filter(Boolean).join(" "), title: column.hint?.(row),
        "data-value": column.isText ? null : column.value(row) }, column.node?.(row) ?? column.text(row));
    }))));
    if (!rows.length) {
      this.body.append(element("tr", {}, element("td", {
        colspan: this.columns.length, class: "soft",
      }, "No rows.")));
    }
    const rest = this.rows.length - rows.length;
    this.more.hidden = rest <= 0;
    this.more.textContent = `Show more (${grouped(rows.length)} of ${grouped(this.rows.length)} shown)`;
  }
}

/// How many rows are shown at first, and how many more each time.
DataTable.step = 400;

/// Unknown values come last in either order.
function sortedRows(rows, column, isDown) {
  const compare = (a, b) => typeof a === "string"
    ? a.localeCompare(b, "en", { numeric: true }) : a < b ? -1 : a > b ? 1 : 0;
  const known = (value) => typeof value === "string" || isKnown(value);
  return rows.map((row) => ({ row, value: column.value(row) })).sort((a, b) => {
    if (!known(a.value) || !known(b.value)) return known(b.value) - known(a.value);
    return isDown ? compare(b.value, a.value) : compare(a.value, b.value);
  }).map(({ row }) => row);
}

// Copies

/// All digits, as RFC 4180 has it.
function csvText(columns, rows) {
  const fields = columns.flatMap((column) => column.fields ?? [[column.key, column.value]]);
  const quoted = (value) => {
    const text = value === null || value === undefined ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [fields.map(([name]) => name), ...rows.map((row) => fields.map(([, value]) => value(row)))];
  return lines.map((cells) => cells.map(quoted).join(",") + "\r\n").join("");
}

function markdownText(columns, rows) {
  const escaped = (text) => text.replace(/[\\`*_<>|[\]&~]/g, "\\$&").replace(/\s+/g, " ");
  const line = (cells) => `| ${cells.join(" | ")} |\n`;
  return line(columns.map((column) => escaped(column.name)))
    + line(columns.map((column) => column.isText ? "---" : "---:"))
    + rows.map((row) => line(columns.map((column) => escaped(column.text(row))))).join("");
}

const latexSpecials = {
  "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
  "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}", "−": "$-$", "±": "$\\pm$",
  "×": "$\\times$", "·": "$\\cdot$", "µ": "$\\mu$", "–": "\\textendash{}", "…": "\\ldots{}",
  "`": "\\textasciigrave{}",
};

function latexText(columns, rows) {
  // Two hyphens would become a dash; a bracket or a star after \\ would be taken for an argument.
  const special = /[\\~^<>|`−±×–µ…·{}$&#_%]/g;
  const escaped = (text) => text.replace(/\s+/g, " ")
    .replace(special, (character) => latexSpecials[character] ?? `\\${character}`)
    .replace(/-(?=-)/g, "-{}")
    .replace(/^[[*]/, "{$&}");
  const line = (cells) => `${cells.join(" & ")} \\\\\n`;
  return "% \\usepackage{booktabs}\n"
    + `\\begin{tabular}{${columns.map((column) => column.isText ? "l" : "r").join("")}}\n\\toprule\n`
    + line(columns.map((column) => escaped(column.name))) + "\\midrule\n"
    + rows.map((row) => line(columns.map((column) => escaped(column.text(row))))).join("")
    + "\\bottomrule\n\\end{tabular}\n";
}
