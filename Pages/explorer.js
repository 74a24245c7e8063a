// The budget explorer: what tuners cost at every rank, and which rank is nearest to a budget.

const state = new PageState({
  y: "", x: "rank", budget: "", table: "budget", sort: "", "off-model": [], "off-tuner": [],
}, () => openExplorer());

/// The series with what the page adds: `variant` (the tuner, with its settings where one model has the
/// tuner more than once), `style` and `label`.
function preparedSeries(series) {
  const seen = new Map(), repeated = new Set();
  const prepared = series.map((one) => {
    const key = JSON.stringify([one.model, one.tuner]), turn = seen.get(key) ?? 0;
    seen.set(key, turn + 1);
    if (turn > 0) repeated.add(one.tuner);
    return { ...one, turn };
  });
  const names = new Map();
  for (const one of prepared) {
    const key = JSON.stringify([one.tuner, one.turn]);
    const name = repeated.has(one.tuner) && one.settings ? `${one.tuner} ${one.settings}` : one.tuner;
    const isTaken = [...names.values()].includes(name);
    if (!names.has(key)) names.set(key, isTaken ? `${name} (${one.turn + 1})` : name);
    one.variant = names.get(key);
  }
  const models = distinct(prepared.map((one) => one.model));
  const variants = distinct(prepared.map((one) => one.variant));
  const styleOf = (model, variant) => variants.length === 1
    ? lineStyle(model, variant) : lineStyle(variant, model);
  for (const one of prepared) {
    one.style = styleOf(models.indexOf(one.model), variants.indexOf(one.variant));
    one.name = `${one.model} · ${one.variant}`;
    one.label = models.length === 1 ? one.variant : variants.length === 1 ? one.model : one.name;
  }
  const entries = (keys, style) => keys.map((key, index) =>
    ({ key, name: key, swatch: swatch(style(index)) }));
  return {
    series: prepared,
    models: entries(models, (index) => variants.length === 1 ? lineStyle(index, 0)
      : { ...lineStyle(0, index), color: "var(--ink)" }),
    variants: entries(variants, (index) => lineStyle(index, 0)),
  };
}

function distinct(values) {
  return [...new Set(values)];
}

/// The point whose value is nearest to the budget; of equals, the first.
function nearestPoint(one, at, budget) {
  let best = null, least = Infinity;
  for (const point of one.points) {
    if (!isKnown(point[at])) continue;
    const distance = Math.abs(point[at] - budget);
    if (distance < least) [best, least] = [point, distance];
  }
  return best;
}

function openExplorer() {
  const data = pageData(), { series, models, variants } = preparedSeries(data.series);
  const rank = { key: "rank", name: "rank", kind: "count", words: "rank" };
  const columns = [rank, ...data.columns.filter((column) => column.key !== "rank")];
  const keys = columns.map((column) => column.key);
  state.defaults.y = keys.includes("trained") ? "trained" : keys[1] ?? "rank";
  const columnOf = (key) => columns.find((column) => column.key === key);
  const place = (one, key) => one.keys.indexOf(key);
  const budgets = {};
  let x, y, shownSeries, lines, range;

  const chart = new Chart({
    label: "Costs of tuners", dragged: (value) => setBudget(rounded(value)),
    describe: ({ one }, point) => columns.filter((column) => place(one, column.key) >= 0)
      .map((column) => [column.name, numberText(one, column, point)]),
  });
  function numberText(one, column, point) {
    const value = point[place(one, column.key)];
    if (!isKnown(value)) return column.key === "rank" ? "none" : "unknown";
    if (column.key === "trained" && one.base > 0) {
      return `${grouped(value)} (${fixed(100 * value / one.base, 3)}%)`;
    }
    return exact(value, column.kind);
  }
  const table = new DataTable({ label: "Costs", sorted: (sort) => state.set("sort", sort) });
  const slider = element("input", {
    type: "range", min: 0, max: 1000, step: 1,
    oninput: () => setBudget(rounded(range.at(slider.value)), slider),
  });
  const field = element("input", {
    type: "text", inputmode: "text", autocomplete: "off", spellcheck: "false",
    placeholder: "9M, 12.5 MB", oninput: () => typed(false), onchange: () => typed(true),
  });
  const sliderName = element("span", {}), message = element("span", { class: "message", role: "alert" });
  const tableNote = element("p", { class: "soft" });

  function typed(isDone) {
    const value = parsedNumber(field.value, y.kind);
    field.setAttribute("aria-invalid", value === null && isDone);
    message.textContent = value === null && isDone
      ? "The budget is a number above 0, such as 9M, 500k or 12.5 MB." : "";
    if (value !== null) setBudget(value, isDone ? null : field);
  }

  /// Four digits, so that a slider gives numbers that can be read.
  function rounded(value) {
    return Math.max(1, Math.round(Number(value.toPrecision(4))));
  }

  /// `source`: the control that set it, which keeps what is in it.
  function setBudget(value, source) {
    budgets[y.key] = value;
    state.set("budget", String(value));
    showBudget(source);
  }

  function showBudget(source) {
    const budget = budgets[y.key];
    if (source !== slider) slider.value = range.share(budget);
    slider.setAttribute("aria-valuetext", `${exact(budget, y.kind)}`);
    if (source !== field) {
      field.value = isKnown(budget) ? exact(budget, y.kind).replace(/ bytes?$/, " B") : "";
      field.setAttribute("aria-invalid", false);
      message.textContent = "";
    }
    const nearest = lines.map((line) => ({ line, point: nearestPoint(line.one, line.yAt, budget) }))
      .filter(({ point }) => point);
    chart.mark({ rule: budget, points: nearest });
    showTable(nearest);
  }

  function showTable(nearest) {
    const view = state.oneOf("table", ["budget", "asked", "all"]);
    const rows = view === "budget" ? nearest.map(({ line, point }) => ({ one: line.one, point }))
      : shownSeries.flatMap((one) => one.points
        .filter((point) => view === "all" || !isKnown(point[place(one, "rank")])
          || one.asked.includes(point[place(one, "rank")]))
        .map((point) => ({ one, point })));
    const wish = `${exact(budgets[y.key], y.kind)} (${y.words ?? y.name})`;
    tableNote.textContent = {
      budget: rows.length ? `For each series the rank nearest to ${wish}.` : "",
      asked: "The ranks that were asked for.", all: "Every rank that was counted.",
    }[view];
    const text = (key, name) => ({ key, name, isText: true, value: ({ one }) => one[key] ?? "",
      text: ({ one }) => one[key] ?? "" });
    const numbers = columns.map(({ key, name, kind, words }) => {
      const value = ({ one, point }) => point[place(one, key)] ?? null;
      return { key, name, words, value, text: (row) => shown(value(row), kind),
        hint: (row) => exact(value(row), kind) };
    });
    const off = ({ one, point }) => point[place(one, y.key)] - budgets[y.key];
    const distance = { key: "from_budget", name: "from budget", value: off,
      words: `${y.words ?? y.name}, less the budget`,
      text: (row) => difference(off(row) / budgets[y.key]), hint: (row) => exact(off(row), y.kind) };
    const texts = [text("model", "model"), text("tuner", "tuner"), text("settings", "settings")];
    table.show({
      columns: [...texts.filter((column) => series.some((one) => one[column.key])), numbers[0],
        ...(view === "budget" ? [distance] : []), ...numbers.slice(1)],
      rows, sort: state.get("sort"),
    });
  }

  /// What lies between the smallest and the largest value of a column, along the slider.
  function rangeOf(key) {
    const values = series.flatMap((one) => one.points.map((point) => point[place(one, key)]))
      .filter((value) => isKnown(value) && value > 0);
    const low = values.reduce((a, b) => Math.min(a, b), Infinity);
    const high = values.reduce((a, b) => Math.max(a, b), 0);
    const ratio = Math.log(high / low);
    return {
      isEmpty: !(ratio > 0),
      share: (value) => ratio > 0 ? 1000 * Math.min(Math.max(Math.log(value / low) / ratio, 0), 1) : 0,
      at: (share) => low * Math.exp(ratio * share / 1000),
    };
  }

  function firstAsked() {
    for (const one of series) {
      const at = place(one, y.key);
      const points = one.points.filter((point) => point[at] > 0);
      const asked = points.find((point) => one.asked.includes(point[place(one, "rank")])) ?? points[0];
      if (asked) return asked[at];
    }
    return NaN;
  }

  function redraw() {
    y = columnOf(state.oneOf("y", keys.slice(1))) ?? rank;
    x = columnOf(state.oneOf("x", keys));
    range = rangeOf(y.key);
    const linked = Number(state.get("budget"));
    budgets[y.key] ??= linked > 0 ? linked : firstAsked();
    slider.disabled = range.isEmpty;
    sliderName.textContent = `Budget: ${y.words ?? y.name}`;
    const off = [state.get("off-model"), state.get("off-tuner")];
    shownSeries = series.filter((one) => !off[0].includes(one.model) && !off[1].includes(one.variant));
    const isCrowded = shownSeries.length > 24;
    lines = shownSeries.filter((one) => place(one, y.key) >= 0).map((one) => {
      const [xAt, yAt, rankAt] = [place(one, x.key), place(one, y.key), place(one, "rank")];
      const hasRanks = one.points.some((point) => isKnown(point[rankAt]));
      const dots = one.points.flatMap((point, index) => one.asked.includes(point[rankAt]) ? [index] : []);
      const style = hasRanks || x.key !== "rank" ? one.style : { ...one.style, dash: "6 5" };
      return { one, name: one.name, label: one.label, points: one.points, xAt, yAt, style,
        dots: isCrowded ? [] : dots.length ? dots : undefined, width: isCrowded ? 1 : undefined,
        isLevel: !hasRanks && x.key === "rank" };
    });
    chart.marks = null;
    chart.draw({
      x: { name: `${x.words ?? x.name} →`, kind: x.kind, isLog: true, isPowers: x.key === "rank" },
      y: { name: `↑ ${y.words ?? y.name}`, kind: y.kind, isLog: true, isPowers: y.key === "update_rank" },
      lines, empty: series.length ? "Nothing to draw: no values, or everything is switched off."
        : "There are no series.",
    });
    showBudget();
  }

  const set = (key) => (value) => {
    // Each column has a budget of its own.
    if (key === "y") state.set("budget", budgets[value] ? String(budgets[value]) : "");
    state.set(key, value);
    redraw();
  };
  const options = columns.map((column) => [column.key, column.name]);
  document.querySelector("main").replaceChildren(
    element("h1", {}, data.title), list(data.notes, "notes") ?? "",
    element("div", { class: "controls" },
      choice("Column", options.slice(1), state.oneOf("y", keys.slice(1)), set("y")),
      choice("Against", options, state.oneOf("x", keys), set("x")),
      element("label", { class: "control wide" }, sliderName, slider),
      element("label", { class: "control" }, element("span", {}, "Exact budget"), field), message),
    chart.element,
    element("div", { class: "controls" },
      models.length > 1 ? switches("Models", models, state.get("off-model"), set("off-model")) : "",
      variants.length > 1 ? switches("Tuners", variants, state.get("off-tuner"), set("off-tuner")) : ""),
    element("div", { class: "controls" },
      segments("Table", [["budget", "at the budget"], ["asked", "as asked"], ["all", "all points"]],
        state.oneOf("table", ["budget", "asked", "all"]), (view) => {
          state.set("table", view);
          showBudget();
        })),
    tableNote, table.element);
  redraw();
}

openExplorer();
