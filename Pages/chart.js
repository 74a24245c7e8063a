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
