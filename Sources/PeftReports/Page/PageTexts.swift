// swift-format-ignore-file
// Written by Scripts/embed_files.py from Pages: change those.

enum PageTexts {
  static let all: [String: String] = [
    "axis.js": ##"""
// Axes: places of values in pixels, and ticks.

/// A linear or logarithmic axis: places of values, in pixels, and ticks.
class Axis {
  /// `range`: `{ low, high }`, above 0 on a logarithmic axis. `padding`: the share left free at each end.
  constructor({ low, high }, { isLog, isPowers, kind }, start, end, padding) {
    Object.assign(this, { isLog, isPowers, kind, start, end });
    [this.low, this.high] = [this.scale(low), this.scale(high)];
    if (this.high - this.low <= Math.abs(this.high) * 1e-9) {
      const room = isLog ? 0.2 : Math.abs(this.high) * 0.1 || 1;
      this.low -= room;
      this.high += room;
    }
    const room = (this.high - this.low) * padding;
    this.low -= room;
    this.high += room;
  }

  /// Whether a value has a place.
  has(value) { return isKnown(value) && (!this.isLog || value > 0); }

  scale(value) { return this.isLog ? Math.log10(value) : value; }

  place(value) {
    return this.start + (this.end - this.start) * (this.scale(value) - this.low) / (this.high - this.low);
  }

  value(place) {
    const scaled = this.low + (this.high - this.low) * (place - this.start) / (this.end - this.start);
    return this.isLog ? 10 ** scaled : scaled;
  }

  /// As many ticks as have room for their texts side by side.
  ticksWithin(width) {
    for (let count = Math.floor(width / (this.isPowers ? 44 : 64)); count > 2; count -= 1) {
      const ticks = this.ticks(count);
      const widest = Math.max(...ticks.map((tick) => textWidth(tick.text)));
      if (ticks.length * (widest + 18) <= width) return ticks;
    }
    return this.ticks(2);
  }

  /// Round values with their texts, at most about so many.
  ticks(count) {
    const [first, last] = this.isLog ? [10 ** this.low, 10 ** this.high] : [this.low, this.high];
    let values = [];
    if (this.isLog && this.isPowers) {
      values = every(Math.log2(first), Math.log2(last), count, (power) => 2 ** power);
    } else if (this.isLog && this.high - this.low > 1) {
      const decades = every(this.low, this.high, count, (power) => 10 ** power);
      const finer = every(this.low - 1, this.high, 1e3, (power) => 10 ** power)
        .flatMap((value) => [value, 2 * value, 5 * value])
        .filter((value) => first <= value && value <= last);
      values = finer.length <= count ? finer : decades;
    }
    if (values.length < 2) {
      const rough = (last - first) / Math.max(1, count), unit = 10 ** Math.floor(Math.log10(rough));
      const step = unit * [1, 2, 5, 10].find((digit) => digit * unit >= rough * (1 - 1e-9));
      values = [];
      for (let n = Math.ceil(first / step); n * step <= last && values.length < 50; n += 1) {
        values.push(Number((n * step).toPrecision(12)));
      }
      if (this.isLog) values = values.filter((value) => value > 0);
    }
    if (this.kind === "count") values = values.filter(Number.isInteger);
    let texts = values.map((value) => this.isPowers ? grouped(value) : short(value, this.kind));
    if (new Set(texts).size < texts.length) texts = values.map((value) => exact(value, this.kind));
    return values.map((value, index) => ({ value, text: texts[index] }));
  }
}

/// `make` of every whole number from `low` to `high`, or every second, third, … where there are too many.
function every(low, high, count, make) {
  const [first, last] = [Math.ceil(low - 1e-9), Math.floor(high + 1e-9)];
  const step = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, count)));
  const values = [];
  for (let n = Math.ceil(first / step) * step; n <= last; n += step) values.push(make(n));
  return values;
}

/// The lowest and highest values on both axes; null where nothing can be drawn.
function rangesOf({ x, y, lines }) {
  const empty = () => ({ low: Infinity, high: -Infinity });
  const ranges = { x: empty(), y: empty() };
  const add = (range, axis, value) => {
    if (!isKnown(value) || axis.isLog && value <= 0) return;
    if (value < range.low) range.low = value;
    if (value > range.high) range.high = value;
  };
  for (const { points, xAt, yAt, isLevel, spread } of lines) {
    for (const point of points) {
      const [px, py] = [point[xAt], point[yAt]];
      const isDrawn = isKnown(py) && (isLevel || isKnown(px))
        && (!y.isLog || py > 0) && (!x.isLog || isLevel || px > 0);
      if (!isDrawn) continue;
      if (!isLevel) add(ranges.x, x, px);
      add(ranges.y, y, py);
      for (const side of spread ? [-1, 1] : []) {
        add(ranges.x, x, px + side * (spread.x ?? 0));
        add(ranges.y, y, py + side * (spread.y ?? 0));
      }
    }
  }
  if (ranges.y.low > ranges.y.high) return null;
  if (ranges.x.low > ranges.x.high) ranges.x = { low: 1, high: 10 };
  return ranges;
}

"""##,
    "bakeoff.js": ##"""
// The bake-off: what each contestant reached, at what cost, and how its training went.

const state = new PageState({
  sort: "", x: "", y: "", off: [],
  training: "first", runs: "final", log: "", "off-rate": [], "off-seed": [],
}, () => openBakeoff());

/// `1.7324 ± 0.0012`; the mean alone of one run.
function spreadTexts(value, kind) {
  if (!isKnown(value?.mean)) return ["", ""];
  const mean = shown(value.mean, kind);
  if (!isKnown(value.deviation) || (value.count ?? 2) < 2) return [mean, ""];
  if (kind === "percent") return [fixed(100 * value.mean, 1), ` ± ${shown(value.deviation, kind)}`];
  return [mean, ` ± ${shown(value.deviation, kind)}`];
}

/// Those of `points` (`{ x, y }`, low is better) that no other one equals or beats in both and beats in
/// one, from left to right.
function paretoFront(points) {
  const beats = (a, b) => a.x <= b.x && a.y <= b.y && (a.x < b.x || a.y < b.y);
  return points.filter((point) => !points.some((other) => beats(other, point))).sort((a, b) => a.x - b.x);
}

/// Whether values span so much that a logarithmic axis shows them better.
function spansDecades(values, ratio = 20) {
  const known = values.filter(isKnown);
  const [low, high] = known.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, 0]);
  return low > 0 && high / low > ratio;
}

function openBakeoff() {
  const data = pageData(), { metric } = data;
  const contestants = data.contestants.map((one, index) => ({
    ...one, style: lineStyle(index, Math.floor(index / colorCount)), key: String(index),
  }));
  const columns = data.columns.filter(({ key }) =>
    contestants.some((one) => isKnown(one.values[key]?.mean)));
  const keys = columns.map((column) => column.key);
  const columnOf = (key) => columns.find((column) => column.key === key);
  const isHighBetter = (column) => column.better === "high"
    || !column.better && column.key === metric.name && metric.isHigherBetter;
  const runs = contestants.flatMap((one) => one.runs.map((run) => ({ ...run, one })));
  const rates = distinctNumbers(runs.map((run) => run.rate));
  const seeds = distinctNumbers(runs.map((run) => run.seed));
  const hasSearch = runs.some((run) => !run.isFinal);
  const evaluated = runs.filter((run) => run.isFinal)
    .flatMap((run) => run.evaluation.map(([, loss]) => loss));
  Object.assign(state.defaults, {
    x: keys[0], y: keys.includes(metric.name) ? metric.name : keys[1] ?? keys[0],
    log: spansDecades(evaluated) ? "on" : "off",
    sort: keys.includes(metric.name) ? (metric.isHigherBetter ? "-" : "") + metric.name : "",
  });
  const value = (key) => state.get(key) || state.defaults[key];
  const isOn = (one) => !state.get("off").includes(one.name);

  // The table

  const table = new DataTable({ label: "Contestants", sorted: (sort) => state.set("sort", sort) });
  function showTable() {
    const text = (key, name, of) => ({ key, name, isText: true, value: of, text: of });
    const hasRate = contestants.some((one) => isKnown(one.rate));
    const rate = { key: "rate", name: "rate", words: "the learning rate that was chosen",
      value: (one) => one.rate, text: (one) => isKnown(one.rate) ? shortScientific(one.rate) : "",
      hint: (one) => exact(one.rate) };
    const texts = [text("name", "name", (one) => one.name),
      text("tuner", "tuner", (one) => one.tuner ?? ""),
      text("settings", "settings", (one) => one.settings ?? ""),
      { ...text("failure", "failure", (one) => one.failure ?? ""), className: () => "failed" }];
    table.show({
      columns: [...texts.filter(({ key, text }) => key === "name" || contestants.some(text)),
        ...(hasRate ? [rate] : []), ...columns.map(numberColumn)],
      rows: contestants, sort: value("sort"),
    });
  }
  function numberColumn(column) {
    const { key, name, kind, words, better } = column;
    const mean = (one) => one.values[key]?.mean ?? null;
    const known = contestants.map(mean).filter(isKnown);
    const best = known.reduce((a, b) => (isHighBetter(column) ? b > a : b < a) ? b : a, known[0]);
    const hasDeviation = contestants.some((one) => isKnown(one.values[key]?.deviation));
    return {
      key, name, value: mean, words: [words, better && `${better} is better`].filter(Boolean).join("; "),
      text: (one) => spreadTexts(one.values[key], kind).join(""),
      node: (one) => {
        const [text, deviation] = spreadTexts(one.values[key], kind);
        return element("span", {}, text, element("span", { class: "deviation" }, deviation));
      },
      hint: (one) => valuePairs(column, one).map((pair) => pair.join(" ")).join("\n") || null,
      className: (one) => better && known.length > 1 && mean(one) === best ? "best" : null,
      fields: [[key, mean], ...(hasDeviation ? [
        [`${key}_deviation`, (one) => one.values[key]?.deviation],
        [`${key}_count`, (one) => one.values[key]?.count]] : [])],
    };
  }
  function valuePairs({ key, name, kind }, one) {
    const { mean, deviation, count } = one.values[key] ?? {};
    if (!isKnown(mean)) return [];
    const pairs = [[name, exact(mean, kind)]];
    if (isKnown(deviation) && (count ?? 2) > 1) {
      pairs.push([`± of ${count ?? "several"} runs`, exact(deviation, kind)]);
    }
    return pairs;
  }

  // Loss curves

  const losses = new Chart({
    label: "Loss against steps",
    describe: ({ run, part }, [step, loss]) => [["step", grouped(step)], [`${part} loss`, exact(loss)],
      ["learning rate", shortScientific(run.rate)], ["seed", String(run.seed)]],
  });
  const lossNote = element("p", { class: "soft" });
  function drawLosses() {
    const isOff = (key, number) => state.get(key).includes(String(number));
    const chosen = runs.filter((run) => isOn(run.one) && (run.isFinal || value("runs") === "all")
      && !isOff("off-rate", run.rate) && !isOff("off-seed", run.seed));
    const first = new Map();
    for (const { one, seed } of chosen) first.set(one, Math.min(seed, first.get(one) ?? Infinity));
    const trained = chosen.filter((run) => value("training") === "all"
      || value("training") === "first" && run.seed === first.get(run.one));
    const named = new Set();
    const line = (run, part, look) => ({ run, part, name: run.name, points: run[part], xAt: 0, yAt: 1,
      style: run.one.style, ...look });
    const lines = [
      ...trained.map((run) => line(run, "training", { width: 1, opacity: 0.4 })),
      ...chosen.filter((run) => run.evaluation.length).map((run) => {
        const label = named.has(run.one) ? undefined : run.one.name;
        named.add(run.one);
        return line(run, "evaluation", { label });
      }),
    ].map((one) => one.part === "training" ? { ...one, style: { ...one.style, dash: "" } } : one);
    losses.draw({
      x: { name: "step →", kind: "count" },
      y: { name: "↑ loss", kind: "number", isLog: value("log") === "on" },
      lines, empty: "No losses to draw: nothing was recorded, or everything is switched off.",
    });
    const failed = chosen.filter((run) => run.failure);
    lossNote.textContent = failed.length
      ? `Failed: ${failed.map((run) => `${run.name} (${run.failure})`).join("; ")}.` : "";
  }

  // The metric against the learning rate

  const valley = new Chart({
    label: `${metric.name} against the learning rate`,
    describe: ({ metricKind }, [rate, number, run]) => [["learning rate", shortScientific(rate)],
      [`${metric.name}, first rung`, exact(number, metricKind)], ["seed", String(run.seed)],
      ["steps of", run.isFinal ? "a final run" : "the search"]],
  });
  const valleyNote = element("p", { class: "soft" });
  function drawValley() {
    const kind = columnOf(metric.name)?.kind ?? "number", without = [];
    const lines = contestants.filter(isOn).map((one) => {
      const tried = distinctNumbers(one.runs.map((run) => run.rate));
      const points = tried.flatMap((rate) => {
        // One run a rate, so that all are of as many seeds.
        const run = one.runs.filter((each) => each.rate === rate && isKnown(each.rungs[0]))
          .sort((a, b) => a.seed - b.seed)[0];
        return run ? [[rate, run.rungs[0], run]] : [];
      });
      const failed = tried.filter((rate) => !points.some(([known]) => known === rate));
      if (failed.length) without.push(`${one.name} at ${failed.map(shortScientific).join(", ")}`);
      const dots = points.flatMap(([rate], index) => rate === one.rate ? [index] : []);
      return { name: one.name, label: one.name, points, xAt: 0, yAt: 1, style: one.style, dots,
        metricKind: kind };
    });
    const values = lines.flatMap((line) => line.points.map(([, number]) => number));
    valley.draw({
      x: { name: "learning rate →", kind: "rate", isLog: true },
      y: { name: `↑ ${metric.name} after the first rung`, kind, isLog: spansDecades(values) },
      lines, empty: "No metrics to draw: no run came to its first rung, or all contestants are off.",
    });
    valleyNote.textContent = "A marker stands at the rate that was chosen."
      + (without.length ? ` No value: ${without.join("; ")}.` : "");
  }

  // The Pareto front

  const trade = new Chart({
    label: "Contestants by two columns",
    describe: ({ one }) => [
      ["settings", one.settings || "none"], ...columns.flatMap((column) => valuePairs(column, one))],
  });
  const frontNote = element("p", {});
  function drawFront() {
    const [x, y] = [columnOf(state.oneOf("x", keys)), columnOf(state.oneOf("y", keys))];
    const known = contestants.filter((one) => isOn(one) && x && y
      && isKnown(one.values[x.key]?.mean) && isKnown(one.values[y.key]?.mean));
    const cost = (column, one) => (isHighBetter(column) ? -1 : 1) * one.values[column.key].mean;
    const front = paretoFront(known.map((one) => ({ x: cost(x, one), y: cost(y, one), one })))
      .map(({ one }) => one);
    const spread = (column, one) => {
      const { deviation, count } = one.values[column.key];
      return isKnown(deviation) && (count ?? 2) > 1 ? deviation : 0;
    };
    const lines = known.map((one) => ({
      one, name: one.name, label: front.includes(one) ? one.name : undefined, isNear: true, isDots: true,
      points: [[one.values[x.key].mean, one.values[y.key].mean]], xAt: 0, yAt: 1, style: one.style,
      spread: { x: spread(x, one), y: spread(y, one) },
    }));
    const stairs = front.flatMap((one, index) => {
      const at = [one.values[x.key].mean, one.values[y.key].mean];
      const last = front[index - 1];
      return last ? [[at[0], last.values[y.key].mean], at] : [at];
    });
    const step = { name: "front", points: stairs, xAt: 0, yAt: 1, isSilent: true, width: 1.2, dots: [],
      style: { ...lineStyle(0, 0), color: "var(--axis)" } };
    const side = (column) => `${column.name} (${isHighBetter(column) ? "higher" : "lower"} is better)`;
    const axis = (column, name) => {
      const means = known.map((one) => one.values[column.key].mean);
      return { name, kind: column.kind, isLog: column.kind !== "percent" && spansDecades(means, 10) };
    };
    trade.draw({
      x: x ? axis(x, `${side(x)} →`) : {}, y: y ? axis(y, `↑ ${side(y)}`) : {}, lines: [step, ...lines],
      empty: "No contestant has values of both columns.",
    });
    frontNote.textContent = !x || !y ? "" : front.length
      ? `On the front of ${x.name} and ${y.name}: ${front.map((one) => one.name).join(", ")}.`
      : `On the front of ${x.name} and ${y.name}: none, for want of values.`;
  }

  // The page

  const set = (key, draw) => (chosen) => {
    state.set(key, chosen);
    draw();
  };
  const entries = contestants.map((one) => ({
    key: one.name, name: one.failure ? `${one.name} (failed)` : one.name, swatch: swatch(one.style),
    hint: [one.settings, one.failure].filter(Boolean).join("\n"),
  }));
  const numbers = (values, text) => values.map((one) => ({ key: String(one), name: text(one) }));
  const options = columns.map((column) => [column.key, column.name]);
  const hasSteps = runs.some((run) => run.training.length || run.evaluation.length);
  document.querySelector("main").replaceChildren(
    element("h1", {}, data.title), element("p", { class: "soft" }, data.subtitle ?? ""),
    ...(data.verdict ?? []).map((sentence) => element("p", { class: "verdict" }, sentence)),
    list(data.notes, "notes") ?? "",
    element("h2", {}, "Results"), table.element,
    element("h2", {}, "Charts"),
    contestants.length > 1 ? switches("Contestants", entries, state.get("off"), set("off", () => {
      drawFront();
      drawLosses();
      drawValley();
    })) : "",
    element("h3", {}, "What it costs, what it reaches"), frontNote,
    element("div", { class: "controls" },
      choice("Up", options, state.oneOf("y", keys), set("y", drawFront)),
      choice("Across", options, state.oneOf("x", keys), set("x", drawFront))),
    trade.element,
    element("h3", {}, "Loss while training"),
    element("p", { class: "soft" }, "Thick lines: loss on the evaluation data. Thin lines: training loss."),
    hasSteps ? element("div", { class: "controls" },
      segments("Training loss", [["first", "first seed"], ["all", "all seeds"], ["none", "none"]],
        value("training"), set("training", drawLosses)),
      hasSearch ? segments("Runs", [["final", "final"], ["all", "all"]], value("runs"),
        set("runs", drawLosses)) : "",
      segments("Loss axis", [["off", "linear"], ["on", "log"]], value("log"), set("log", drawLosses))) : "",
    rates.length > 1 ? switches("Learning rates", numbers(rates, shortScientific), state.get("off-rate"),
      set("off-rate", drawLosses)) : "",
    seeds.length > 1 ? switches("Seeds", numbers(seeds, String), state.get("off-seed"),
      set("off-seed", drawLosses)) : "",
    losses.element, lossNote,
    element("h3", {}, "Learning rates"), valley.element, valleyNote);
  showTable();
  drawFront();
  drawLosses();
  drawValley();
}

function distinctNumbers(values) {
  return [...new Set(values.filter(isKnown))].sort((a, b) => a - b);
}

openBakeoff();

"""##,
    "chart.js": ##"""
// Charts in SVG: axes, lines and marks, and what is under the pointer or the arrow keys.

/// A chart that follows its width, and shows the nearest point under the pointer or by arrow keys.
///
/// A scene has `x` and `y`: `{ name, kind, isLog, isPowers }`; `lines`; and `empty`, the words for no
/// lines. A line has `name`, `points` (lists of numbers or null), `xAt` and `yAt` (places in a point),
/// `style`, and where wanted: `label` (its name beside its end), `width`, `opacity`, `dots` (indexes of
/// points with a marker), `isLevel` (one value for every x), `isDots`, `spread` (half an error bar:
/// `{ x, y }`), `isSilent` (not to be pointed at), `isNear` (its label stands at its point).
class Chart {
  /// `describe(line, point)`: pairs of names and texts. `dragged(y)`: the rule was moved.
  constructor({ label, describe, dragged }) {
    Object.assign(this, { describe, dragged, scene: null, marks: null, hit: null, curves: [] });
    this.tip = element("div", { class: "tip", role: "status" });
    this.holder = element("div", {});
    this.over = svgElement("svg", { class: "over", "aria-hidden": "true" });
    this.element = element("div", {
      class: "chart", tabindex: 0, role: "application", "aria-roledescription": "chart",
      "aria-label": `${label}. Arrow keys go from point to point.`,
      onpointermove: (event) => this.moved(event), onpointerdown: (event) => this.pressed(event),
      onpointerup: () => this.released(), onpointercancel: () => this.released(),
      // A finger that is lifted leaves what it found.
      onpointerleave: (event) => event.pointerType === "mouse" && this.point(null),
      onblur: () => this.point(null),
      onkeydown: (event) => this.key(event),
    }, this.holder, this.over, this.tip);
    new ResizeObserver(() => {
      if (Math.floor(this.element.clientWidth) !== this.width) this.redraw();
    }).observe(this.element);
  }

  draw(scene) {
    this.scene = scene;
    this.redraw();
  }

  redraw() {
    const width = this.width = Math.floor(this.element.clientWidth), { scene } = this;
    if (!scene || width < 50) return;
    this.point(null);
    const ranges = rangesOf(scene);
    this.isEmpty = ranges === null;
    if (this.isEmpty) {
      this.curves = [];
      this.holder.replaceChildren(element("div", { class: "empty" }, scene.empty ?? "Nothing to draw."));
      return;
    }
    const height = Math.round(Math.min(430, Math.max(280, width * 0.5)));
    const [top, bottom] = [34, height - 48];
    const labels = scene.lines.filter((line) => line.label && !line.isNear);
    const showsLabels = width >= 600 && labels.length * 15 <= bottom - top;
    const room = Math.max(...labels.map((line) => textWidth(line.label, "600 12px system-ui")), 0);
    const margin = showsLabels && labels.length ? Math.min(room + 30, 260, width * 0.3) : 14;
    const y = new Axis(ranges.y, scene.y, bottom, top, 0.04);
    const yTicks = y.ticks(7);
    const left = Math.max(...yTicks.map((tick) => textWidth(tick.text)), 20) + 14;
    const right = width - margin;
    const padding = scene.lines.some((line) => line.isDots) ? 0.06 : 0.015;
    const x = new Axis(ranges.x, scene.x, left, right, padding);
    const xTicks = x.ticksWithin(right - left);
    Object.assign(this, { height, left, right, top, bottom, x, y });
    this.curves = scene.lines.map((line) => curveOf(line, this));

    const svg = svgElement("svg", { width, height, "aria-hidden": "true" });
    this.addAxes(svg, xTicks, yTicks);
    for (const curve of this.curves) this.addCurve(svg, curve);
    if (showsLabels) this.addEndLabels(svg, this.curves.filter(({ line }) => labels.includes(line)));
    this.addNearLabels(svg, this.curves.filter(({ line }) => line.label && line.isNear));
    this.markLayer = svgElement("g");
    svg.append(this.markLayer);
    this.holder.replaceChildren(svg);
    this.over.setAttribute("width", width);
    this.over.setAttribute("height", height);
    this.mark(this.marks);
  }

  addAxes(svg, xTicks, yTicks) {
    const { left, right, top, bottom, x, y, scene } = this;
    const line = (className, x1, x2, y1, y2) =>
      svgElement("line", { class: className, x1, x2, y1, y2, "shape-rendering": "crispEdges" });
    for (const tick of yTicks) {
      const place = y.place(tick.value);
      svg.append(line("grid", left, right, place, place),
        svgElement("text", { x: left - 8, y: place + 4, "text-anchor": "end" }, tick.text));
    }
    for (const tick of xTicks) {
      const place = x.place(tick.value), isLast = place + textWidth(tick.text) / 2 > this.width;
      svg.append(line("grid", place, place, top, bottom), svgElement("text", {
        x: isLast ? this.width : place, y: bottom + 18, "text-anchor": isLast ? "end" : "middle",
      }, tick.text));
    }
    svg.append(line("axis", left, right, bottom, bottom),
      svgElement("text", { class: "name", x: 0, y: 14 }, scene.y.name),
      svgElement("text", { class: "name", x: right, y: bottom + 40, "text-anchor": "end" }, scene.x.name));
  }

  addCurve(svg, curve) {
    const { line } = curve;
    const width = line.width ?? (line.style.isSecond ? 1.2 : 2);
    const paint = `stroke: ${line.style.color}; stroke-width: ${width}; opacity: ${line.opacity ?? 1}`;
    if (!line.isDots) {
      svg.append(svgElement("path", {
        class: "line", d: curve.path, style: paint, "stroke-dasharray": line.style.dash,
      }));
    }
    const { spread } = line;
    for (let i = 0; spread && i < curve.px.length; i += 1) {
      const [px, py, point] = [curve.px[i], curve.py[i], line.points[curve.at[i]]];
      for (const [axis, at] of [["x", line.xAt], ["y", line.yAt]]) {
        const half = spread[axis], value = point[at], scale = this[axis];
        if (!half) continue;
        const low = scale.has(value - half) ? value - half : 10 ** scale.low;
        const ends = [low, value + half].map((end) => scale.place(end));
        const d = axis === "x" ? `M${ends[0]},${py}H${ends[1]}` : `M${px},${ends[0]}V${ends[1]}`;
        svg.append(svgElement("path", { d, style: `stroke: ${line.style.color}; stroke-width: 1.2` }));
      }
    }
    const dots = line.dots ?? (curve.count === 1 && !line.isLevel ? [curve.at[0]] : []);
    for (const dot of dots) {
      const place = this.placeOf(line, line.points[dot]);
      if (place) svg.append(marker(line.style, place.x, place.y, line.isDots ? 4.5 : 3.2));
    }
  }

  /// Where a point lies; null where it has no place.
  placeOf(line, point) {
    const [x, y] = [point?.[line.xAt], point?.[line.yAt]];
    if (!this.y.has(y) || !(line.isLevel || this.x.has(x))) return null;
    return { x: line.isLevel ? this.right : this.x.place(x), y: this.y.place(y) };
  }

  /// Names lines where they end; a thin line leads to a name that was moved.
  addEndLabels(svg, curves) {
    const named = curves.filter((curve) => curve.px.length);
    const ends = named.map((curve) => ({ x: curve.px.at(-1), y: curve.py.at(-1), line: curve.line }));
    const places = spreadOut(ends.map((end) => end.y), 15, this.top, this.bottom - 4);
    const room = this.width - this.right - 14;
    ends.forEach((end, index) => {
      const { color } = end.line.style;
      if (Math.abs(places[index] - end.y) > 2 || end.x < this.right - 12) {
        svg.append(svgElement("polyline", {
          class: "lead", style: `stroke: ${color}`, points: `${end.x + 3},${end.y} `
            + `${this.right - 2},${end.y} ${this.right + 8},${places[index]}`,
        }));
      }
      svg.append(nameText(end.line, this.right + 12, places[index] + 4, room));
    });
  }

  /// Names points beside them, where there is room.
  addNearLabels(svg, curves) {
    const box = (x1, y1, x2, y2, room) => ({ x: Math.min(x1, x2) - room, y: Math.min(y1, y2) - room,
      width: Math.abs(x2 - x1) + 2 * room, height: Math.abs(y2 - y1) + 2 * room });
    const boxes = this.curves.flatMap(({ line, px, py }) => px.map((x, i) => line.isDots || i === 0
      ? box(x, py[i], x, py[i], 5) : box(px[i - 1], py[i - 1], x, py[i], 1)));
    for (const { line, px, py } of curves) {
      if (!px.length) continue;
      const width = Math.min(textWidth(line.label, "600 12px system-ui"), this.width * 0.4);
      const places = [[9, 4], [-9 - width, 4], [7, -7], [-7 - width, 17], [-width / 2, -10],
        [-width / 2, 20], [7, 17], [-7 - width, -7]].map(([dx, dy]) => ({ x: px[0] + dx, y: py[0] + dy - 11,
        width, height: 14 }));
      const free = places.find((box) => box.x >= this.left && box.x + width <= this.width
        && box.y >= this.top - 8 && box.y + 14 <= this.bottom
        && !boxes.some((other) => overlap(box, other)));
      if (!free) continue;
      boxes.push(free);
      svg.append(nameText(line, free.x, free.y + 11, width + 1));
    }
  }

  /// Draws a rule at a value of y, and larger markers: `{ rule, points: [{ line, point }] }`.
  mark(marks) {
    this.marks = marks;
    if (!this.markLayer || this.isEmpty || !marks) return;
    const place = isKnown(marks.rule) ? this.y.place(marks.rule) : NaN;
    this.rulePlace = place >= this.top && place <= this.bottom ? place : null;
    const rule = this.rulePlace === null ? [] : [svgElement("line", {
      class: "rule", x1: this.left, x2: this.right, y1: place, y2: place, "shape-rendering": "crispEdges",
    })];
    const dots = marks.points.flatMap(({ line, point }) => {
      const at = this.placeOf(line, point);
      if (!at) return [];
      const halo = svgElement("path", { class: "halo", "stroke-width": 4,
        d: markerPath(line.style.marker, at.x, at.y, 5.5) });
      return [halo, marker(line.style, at.x, at.y, 5.5)];
    });
    this.markLayer.replaceChildren(...rule, ...dots);
  }

  // Pointing

  at(event) {
    const box = this.element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  moved(event) {
    if (this.isEmpty || !this.x) return;
    const [x, y] = this.at(event);
    if (this.isDragging) {
      this.dragged(this.y.value(Math.min(Math.max(y, this.top), this.bottom)));
      return;
    }
    this.element.classList.toggle("grab", this.isOnRule(event));
    this.point(this.nearest(x, y, 60));
  }

  isOnRule(event) {
    const [, y] = this.at(event);
    return this.dragged && isKnown(this.rulePlace) && event.pointerType === "mouse"
      && Math.abs(y - this.rulePlace) < 5;
  }

  pressed(event) {
    if (this.isOnRule(event)) {
      this.isDragging = true;
      this.element.setPointerCapture(event.pointerId);
      this.point(null);
    } else this.moved(event);
  }

  released() { this.isDragging = false; }

  /// The nearest shown point within `reach` pixels. Curves are thinned to the width of the chart, so
  /// going through all of them takes well under a millisecond.
  nearest(x, y, reach) {
    let best = null, least = reach * reach;
    for (const curve of this.curves) {
      if (curve.line.isSilent) continue;
      const { px, py } = curve;
      for (let i = 0; i < px.length; i += 1) {
        const dx = px[i] - x, dy = py[i] - y, distance = dx * dx + dy * dy;
        if (distance < least) {
          least = distance;
          best = { curve, index: i };
        }
      }
    }
    return best;
  }

  /// Shows a point with its numbers, and lifts its line; null shows none.
  point(hit) {
    if (hit?.curve === this.hit?.curve && hit?.index === this.hit?.index) return;
    this.hit = hit;
    if (!hit) {
      this.over.replaceChildren();
      this.tip.replaceChildren();
      return;
    }
    const { curve, index } = hit, { line } = curve, [x, y] = [curve.px[index], curve.py[index]];
    this.over.replaceChildren(
      ...line.isDots ? [] : [svgElement("path", {
        class: "line", d: curve.path, "stroke-dasharray": line.style.dash,
        style: `stroke: ${line.style.color}; stroke-width: ${(line.width ?? 2) * 1.6}`,
      })],
      svgElement("path", { class: "halo", "stroke-width": 4, d: markerPath(line.style.marker, x, y, 5) }),
      marker(line.style, x, y, 5));
    const pairs = this.describe(line, line.points[curve.at[index]]);
    this.tip.replaceChildren(element("strong", {}, line.name), element("dl", {},
      ...pairs.flatMap(([name, text]) => [element("dt", {}, name), element("dd", {}, text)])));
    const { offsetWidth: width, offsetHeight: height } = this.tip;
    const left = x + 16 + width <= this.width ? x + 16 : Math.max(0, x - 16 - width);
    const top = Math.max(-8, Math.min(y - height / 2, this.height - height));
    // Where the chart is narrow, the box stands above or below the point, not on it.
    const isOver = left < x + 8 && left + width > x - 8;
    const free = y > height + 12 ? y - height - 12 : y + 14;
    this.tip.style.transform = `translate(${left}px, ${isOver ? free : top}px)`;
  }

  key(event) {
    const curves = this.curves.filter((curve) => !curve.line.isSilent && curve.px.length);
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0],
      Home: [0, -1e9], End: [0, 1e9] };
    if (event.key === "Escape") this.point(null);
    const step = steps[event.key];
    if (!step || !curves.length || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (!this.hit) {
      this.point({ curve: curves[0], index: 0 });
      return;
    }
    let { curve, index } = this.hit, [across, along] = step;
    if (curve.px.length === 1 && Math.abs(along) === 1) [across, along] = [along, 0];
    if (across) {
      const x = curve.px[index];
      const next = (curves.indexOf(curve) + across + curves.length) % curves.length;
      curve = curves[next];
      const distance = (i) => Math.abs(curve.px[i] - x);
      index = curve.px.reduce((best, _, i) => distance(i) < distance(best) ? i : best, 0);
    } else index = Math.min(Math.max(index + along, 0), curve.px.length - 1);
    this.point({ curve, index });
  }
}

/// Heights moved apart to at least `distance`, each as near as possible to where it should be.
function spreadOut(wanted, distance, top, bottom) {
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a] - wanted[b]);
  const places = [...wanted];
  let previous = top - distance;
  for (const index of order) previous = places[index] = Math.max(wanted[index], previous + distance);
  let next = bottom + distance;
  for (const index of order.reverse()) next = places[index] = Math.min(places[index], next - distance);
  return places;
}

function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/// A line's path, and its shown points: places `px`, `py` and indexes `at`. Where there are more points
/// than pixels, each column of pixels keeps its first, lowest, highest and last.
function curveOf(line, { x, y, left, right }) {
  const { points, xAt, yAt, isLevel } = line;
  const curve = { line, px: [], py: [], at: [], path: "", count: 0 };
  const pieces = [], isThinned = points.length > 2 * (right - left);
  let isOpen = false, column = NaN, kept = null;
  const put = (index, px) => {
    const py = y.place(points[index][yAt]);
    pieces.push(isOpen ? "L" : "M", px.toFixed(1), ",", py.toFixed(1));
    isOpen = true;
    curve.px.push(px);
    curve.py.push(py);
    curve.at.push(index);
  };
  const flush = () => {
    if (!kept) return;
    const order = [...new Set([kept.first, kept.low, kept.high, kept.last])].sort((a, b) => a - b);
    for (const index of order) put(index, x.place(points[index][xAt]));
    kept = null;
  };
  for (let index = 0; index < points.length; index += 1) {
    const vx = points[index][xAt], vy = points[index][yAt];
    if (!y.has(vy) || !(isLevel || x.has(vx))) {
      flush();
      isOpen = false;
      continue;
    }
    curve.count += 1;
    if (isLevel) {
      for (let step = 0; step <= 40; step += 1) put(index, left + (right - left) * step / 40);
      isOpen = false;
    } else if (!isThinned) put(index, x.place(vx));
    else {
      const place = Math.round(x.place(vx));
      if (place !== column) flush();
      column = place;
      kept ??= { first: index, low: index, high: index, last: index };
      kept.last = index;
      if (vy < points[kept.low][yAt]) kept.low = index;
      if (vy > points[kept.high][yAt]) kept.high = index;
    }
  }
  flush();
  curve.path = pieces.join("");
  return curve;
}

"""##,
    "explorer.js": ##"""
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

"""##,
    "marks.js": ##"""
// Colours, dashes and markers, and names in these colours.

const colorCount = 8;
const dashes = ["", "7 4", "2 3", "10 3 2 3", "14 5", "5 2", "10 3 2 3 2 3", "1 5", "16 3 4 3", "3 6"];
const markers = ["circle", "square", "triangle", "diamond", "down", "plus", "cross", "star"];

/// How the `color`th of what is told apart by colour looks, and the `shape`th of what is told apart by
/// dashes and markers. After eight colours they come again, thinner and with hollow markers.
function lineStyle(color, shape) {
  return {
    color: `var(--c${color % colorCount})`,
    dash: dashes[shape % dashes.length],
    marker: markers[shape % markers.length],
    isSecond: Math.floor(color / colorCount) % 2 === 1,
  };
}

function markerPath(shape, x, y, r) {
  const polygon = (...points) => "M" + points.map(([dx, dy]) =>
    `${(x + dx * r).toFixed(1)},${(y + dy * r).toFixed(1)}`).join("L") + "Z";
  switch (shape) {
    case "square": return polygon([-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]);
    case "triangle": return polygon([0, -1.2], [1.1, 0.8], [-1.1, 0.8]);
    case "down": return polygon([0, 1.2], [1.1, -0.8], [-1.1, -0.8]);
    case "diamond": return polygon([0, -1.3], [1.1, 0], [0, 1.3], [-1.1, 0]);
    case "plus": return polygon([-0.35, -1.2], [0.35, -1.2], [0.35, -0.35], [1.2, -0.35],
      [1.2, 0.35], [0.35, 0.35], [0.35, 1.2], [-0.35, 1.2], [-0.35, 0.35], [-1.2, 0.35],
      [-1.2, -0.35], [-0.35, -0.35]);
    case "cross": return polygon([-1.1, -0.6], [-0.6, -1.1], [0, -0.5], [0.6, -1.1], [1.1, -0.6],
      [0.5, 0], [1.1, 0.6], [0.6, 1.1], [0, 0.5], [-0.6, 1.1], [-1.1, 0.6], [-0.5, 0]);
    case "star": return polygon(...Array.from({ length: 10 }, (_, i) => {
      const angle = Math.PI * (i / 5 - 0.5), radius = i % 2 ? 0.6 : 1.4;
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    }));
    default: return `M${(x - r).toFixed(1)},${y.toFixed(1)}a${r},${r} 0 1 0 ${2 * r},0`
      + `a${r},${r} 0 1 0 ${-2 * r},0Z`;
  }
}

function marker(style, x, y, r) {
  const paint = `stroke: ${style.color}; stroke-width: 1.5; `
    + `fill: ${style.isSecond ? "var(--paper)" : style.color}`;
  return svgElement("path", { d: markerPath(style.marker, x, y, r), style: paint });
}

/// A piece of a line, for a legend.
function swatch(style) {
  return svgElement("svg", { width: 34, height: 14, "aria-hidden": "true" },
    svgElement("line", {
      x1: 0, x2: 34, y1: 7, y2: 7, "stroke-dasharray": style.dash,
      style: `stroke: ${style.color}; stroke-width: ${style.isSecond ? 1.2 : 2}`,
    }), marker(style, 17, 7, 3.5));
}

const pen = document.createElement("canvas").getContext("2d");

function textWidth(text, font = "12px system-ui, sans-serif") {
  pen.font = font;
  return pen.measureText(text).width;
}

/// A line's name in its colour, darkened for reading, and cut to the room there is.
function nameText(line, x, y, room) {
  let text = line.label;
  while (text.length > 1 && textWidth(text, "600 12px system-ui") > room) text = text.slice(0, -2) + "…";
  return svgElement("text", {
    class: "end", x, y, style: `fill: color-mix(in srgb, ${line.style.color} 65%, var(--ink))`,
  }, text, text === line.label ? null : svgElement("title", {}, line.label));
}

"""##,
    "page.css": ##"""
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --axis: #8c959f; --grid: #e4e8ec;
  --edge: #d0d7de; --shade: #f6f8fa; --link: #0b62c4; --bad: #b3261e;
  /* Eight colours that stay apart with each kind of colour blindness, on this paper. */
  --c0: #2269aa; --c1: #d65f14; --c2: #029f7b; --c3: #a04cf4;
  --c4: #af156f; --c5: #888ece; --c6: #645200; --c7: #402f2b;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #12161c; --ink: #e6edf3; --soft: #9198a1; --axis: #6e7681; --grid: #262c34;
    --edge: #3d444d; --shade: #1b2129; --link: #6cb0ff; --bad: #ff8b80;
    --c0: #5fb3ff; --c1: #f26700; --c2: #00aa72; --c3: #986edf;
    --c4: #ff7ab7; --c5: #a5d7ff; --c6: #d9c04a; --c7: #d4e9bf;
  }
}

* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
main, noscript { display: block; max-width: 74rem; margin: 0 auto; padding: 2.5rem 1.5rem 5rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 3rem 0 .75rem; }
h3 { font-size: 1rem; margin: 2.5rem 0 .5rem; }
p, ul { margin: 0 0 .75rem; max-width: 46rem; overflow-wrap: anywhere; }
ul { padding-left: 1.2rem; }
.soft, .notes { color: var(--soft); }
.notes { font-size: .85rem; margin-top: .75rem; }
.verdict { font-size: 1.05rem; margin: 1.25rem 0 0; }
.empty { color: var(--soft); padding: 1.5rem 0; }

/* Controls */
.controls { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; align-items: end; margin: 1rem 0; }
.control { display: flex; flex-direction: column; gap: .2rem; min-width: 0; max-width: 100%; }
.control > span, legend { font-size: .8rem; color: var(--soft); padding: 0; }
button, select, input, textarea { font: inherit; color: inherit; }
select, .button, input[type="text"] {
  border: 1px solid var(--edge); border-radius: 5px; background: var(--paper);
  padding: .2rem .55rem; min-height: 2rem; max-width: 100%;
}
.button { cursor: pointer; }
.button:hover { background: var(--shade); }
input[type="text"] { width: 10.5rem; text-align: right; }
input[aria-invalid="true"] { border-color: var(--bad); }
input[type="range"] { width: 100%; margin: 0; height: 2rem; accent-color: var(--c0); }
input[type="checkbox"], input[type="radio"] { accent-color: var(--c0); margin: 0; flex: none; }
.wide { flex: 1 1 18rem; }
.message { color: var(--bad); font-size: .85rem; flex-basis: 100%; }
.message:empty { display: none; }
fieldset { border: 0; margin: 0 0 .75rem; padding: 0; min-width: 0; }
.switches { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; align-items: center; }
.switches label { display: flex; gap: .4rem; align-items: center; min-height: 1.75rem; max-width: 100%; }
.switches label span { overflow-wrap: anywhere; }
.switches svg { flex: none; }
.text-button {
  border: 0; background: none; padding: 0 .1rem; min-height: 1.75rem; color: var(--link);
  cursor: pointer; font-size: .85rem; text-decoration: underline; text-underline-offset: 2px;
}
.segments { display: flex; flex-wrap: wrap; gap: 1px; }
.segments label {
  border: 1px solid var(--edge); padding: .2rem .7rem; min-height: 2rem; cursor: pointer;
  margin-left: -1px; background: var(--paper);
}
.segments label:first-of-type { border-radius: 5px 0 0 5px; margin-left: 0; }
.segments label:last-of-type { border-radius: 0 5px 5px 0; }
.segments input { position: absolute; opacity: 0; }
.segments label:has(:checked) { background: var(--ink); color: var(--paper); border-color: var(--ink); }
:focus-visible, .segments label:has(:focus-visible) { outline: 2px solid var(--link); outline-offset: 2px; }

/* Charts */
.chart { position: relative; margin: .5rem 0 0; touch-action: pan-y; user-select: none; }
.chart svg { display: block; }
.chart .over { position: absolute; left: 0; top: 0; pointer-events: none; will-change: transform; }
.chart text { font-size: 12px; fill: var(--soft); }
.chart .name { font-size: 13px; fill: var(--ink); }
.chart .end { font-size: 12px; font-weight: 600; paint-order: stroke; stroke: var(--paper); stroke-width: 3; }
.chart .grid { stroke: var(--grid); }
.chart .axis { stroke: var(--axis); }
.chart .rule { stroke: var(--ink); stroke-width: 1; }
.chart .lead { stroke-width: .8; stroke-opacity: .55; fill: none; }
.chart .line { fill: none; stroke-linejoin: round; }
.chart .halo { stroke: var(--paper); }
.chart.grabbing, .chart.grab { cursor: ns-resize; }
.tip {
  position: absolute; left: 0; top: 0; pointer-events: none; z-index: 2; max-width: min(22rem, 94%);
  background: var(--paper); border: 1px solid var(--edge); border-radius: 5px; padding: .45rem .65rem;
  font-size: .8rem; line-height: 1.4; box-shadow: 0 2px 10px rgb(0 0 0 / .13);
}
.tip:empty { display: none; }
.tip strong { display: block; overflow-wrap: anywhere; }
.tip dl { display: grid; grid-template-columns: auto auto; gap: 0 .8rem; margin: .2rem 0 0; }
.tip dt { color: var(--soft); }
.tip dd { margin: 0; text-align: right; overflow-wrap: anywhere; }

/* Tables */
.scroll { overflow: auto; max-height: 34rem; margin-top: .5rem; border-bottom: 1px solid var(--edge); }
table { border-collapse: collapse; font-size: .85rem; width: max-content; min-width: 100%; }
th, td { padding: .3rem .55rem; text-align: left; vertical-align: top; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; }
td { border-top: 1px solid var(--grid); }
td.words { white-space: normal; max-width: 15rem; overflow-wrap: break-word; }
thead th { position: sticky; top: 0; background: var(--paper); padding-top: 0; padding-bottom: 0; }
thead th::after { content: ""; position: absolute; inset: auto 0 0 0; border-bottom: 1px solid var(--axis); }
th.number, td.number { text-align: right; }
th button {
  border: 0; background: none; padding: .3rem 0; cursor: pointer; font-weight: 600; white-space: nowrap;
}
th button::after { content: "↕"; color: var(--axis); font-weight: 400; padding-left: .3em; opacity: .45; }
th[aria-sort="ascending"] button::after { content: "↑"; color: var(--ink); opacity: 1; }
th[aria-sort="descending"] button::after { content: "↓"; color: var(--ink); opacity: 1; }
tbody tr:hover { background: var(--shade); }
td.best { font-weight: 650; }
td.failed, .failed { color: var(--bad); }
.deviation { color: var(--soft); font-weight: 400; }
.copies { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin-top: .75rem; font-size: .875rem; }
textarea { width: 100%; height: 9rem; margin-top: .5rem; font: 12px/1.4 ui-monospace, monospace;
  border: 1px solid var(--edge); border-radius: 5px; background: var(--shade); }

@media (max-width: 34rem) {
  main, noscript { padding: 1.25rem 1rem 3rem; }
  h2 { margin-top: 2.25rem; }
  .controls { gap: .75rem; }
  .control { flex: 1 1 8rem; }
  .control.wide { flex-basis: 100%; }
  .control:has(.segments) { flex: none; }
}
@media (prefers-reduced-motion: reduce) {
  * { transition: none !important; animation: none !important; scroll-behavior: auto !important; }
}
@media print {
  main { max-width: none; padding: 0; }
  .controls, .copies, .text-button, .tip, th button::after { display: none !important; }
  .scroll { overflow: visible; max-height: none; }
  table { font-size: 9pt; }
  .chart, tr, fieldset { break-inside: avoid; }
  h2 { break-after: avoid; }
}

"""##,
    "page.js": ##"""
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

"""##,
    "table.js": ##"""
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

"""##,
  ]
}
