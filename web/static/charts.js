// Charts of the Insight page, by uPlot: figures wait in data-chart, colours come from the stylesheet.
(() => {
  "use strict";
  const HEIGHT = 230;
  const INKS = ["--accent", "--sms", "--ussd", "--warn", "--bad", "--muted"];
  const figures = [...document.querySelectorAll("[data-chart]")];
  const drawn = new Map();

  function ink(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function shapeOf(one, at, many) {
    const colour = ink(INKS[at % INKS.length]);
    const said = (value) => (value === null || value === undefined ? "–" : value.toLocaleString("en", { maximumFractionDigits: 2 }));
    const common = { label: one.label, stroke: colour, value: (_plot, value) => said(value), scale: many ? "y" : `y${at}`, spanGaps: true };
    return one.shape === "bars"
      ? { ...common, fill: `${colour}55`, width: 1, points: { show: false }, paths: uPlot.paths.bars({ size: [0.7, 40] }) }
      : { ...common, width: 2, points: { size: 5 } };
  }

  function draw(figure) {
    const { x, series } = JSON.parse(figure.dataset.chart);
    const place = figure.querySelector(".plot");
    drawn.get(figure)?.destroy();
    if (!x.length) return;
    const bars = series.some((one) => one.shape === "bars");
    const many = !bars;
    const axis = { stroke: ink("--muted"), grid: { stroke: ink("--line"), width: 1 }, ticks: { stroke: ink("--line") }, font: "12px system-ui, sans-serif" };
    const short = (_plot, values) => values.map((value) => (value >= 10000 ? `${value / 1000}k` : value.toLocaleString("en")));
    const sides = many ? [{ ...axis, scale: "y", values: short, size: 56 }]
      : series.map((one, at) => ({ ...axis, scale: `y${at}`, side: at ? 1 : 3, values: short, size: 56, grid: at ? { show: false } : axis.grid, label: one.label, labelSize: 18 }));
    const plot = new uPlot({
      width: place.clientWidth,
      height: HEIGHT,
      axes: [{ ...axis }, ...sides],
      scales: Object.fromEntries((many ? ["y"] : series.map((_one, at) => `y${at}`)).map((name) => [name, { range: (_plot, _low, high) => [0, high > 0 ? high * 1.08 : 1] }])),
      series: [{ value: "{D} {MMM} {YYYY}" }, ...series.map((one, at) => shapeOf(one, at, many))],
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Africa/Nairobi"),
    }, [x, ...series.map((one) => one.y)], place);
    drawn.set(figure, plot);
  }

  const all = () => figures.forEach(draw);
  all();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const plot = drawn.get(target.closest("[data-chart]"));
      if (plot && plot.width !== target.clientWidth) plot.setSize({ width: target.clientWidth, height: HEIGHT });
    }
  });
  figures.forEach((figure) => watch.observe(figure.querySelector(".plot")));
})();
