// Draws what the server made with charming. A screen that shows a chart loads this; the address stands in the document:
// <meta name="souk-chart" content="…">. Colours and fonts in a chart are names of the stylesheet: "--accent".
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { getInstanceByDom, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer]);

const dark = matchMedia("(prefers-color-scheme: dark)");
const still = matchMedia("(prefers-reduced-motion: reduce)");
/** Element to what is drawn in it. */
const drawn = new Map();
const resized = new ResizeObserver((entries) => entries.forEach(({ target }) => getInstanceByDom(target)?.resize()));

function named(value, style) {
  if (typeof value === "string") return value.startsWith("--") ? style.getPropertyValue(value).trim() : value;
  if (Array.isArray(value)) return value.map((one) => named(one, style));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, named(one, style)]));
}

function show(element) {
  const { chart, tips } = drawn.get(element);
  const style = getComputedStyle(element);
  const option = named(chart, style);
  // Drawn on the canvas: markup would need styles of its own, which the policy does not allow.
  const tooltip = {
    renderMode: "richText",
    confine: true,
    textStyle: { color: style.getPropertyValue("--ink").trim(), fontFamily: style.fontFamily, fontSize: 12 },
    ...option.tooltip,
    formatter: (found) => tips[(Array.isArray(found) ? found[0] : found).dataIndex] ?? "",
  };
  const textStyle = { fontFamily: style.fontFamily };
  const known = getInstanceByDom(element) ?? init(element, null, { renderer: "canvas" });
  known.setOption({ ...option, tooltip, textStyle, animation: !still.matches && option.animation !== false }, true);
  return known;
}

globalThis.soukChart = {
  /** Draws, or draws anew. `tips` are the words for each bar; `pick` hears which one was clicked. */
  draw(element, json, tips, pick) {
    const fresh = !drawn.has(element);
    drawn.set(element, { chart: JSON.parse(json), tips, pick });
    const known = show(element);
    if (!fresh) return;
    resized.observe(element);
    // Anywhere above or below a bar counts: a small one is hard to hit.
    known.getZr().on("click", ({ offsetX, offsetY }) => {
      if (!known.containPixel("grid", [offsetX, offsetY])) return;
      const [index] = known.convertFromPixel("grid", [offsetX, offsetY]);
      drawn.get(element)?.pick(index);
    });
  },
  remove(element) {
    resized.unobserve(element);
    drawn.delete(element);
    getInstanceByDom(element)?.dispose();
  },
};

dark.addEventListener("change", () => [...drawn.keys()].forEach(show));
