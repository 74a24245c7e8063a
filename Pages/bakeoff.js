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
