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
