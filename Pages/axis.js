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
