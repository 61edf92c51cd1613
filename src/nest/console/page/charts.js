import UPlot from './uplot.js';
import { at } from './dom.js';

// Five minutes at two readings a second.
const MOST = 600;
const times = [];
const series = { parity: [], p50: [], p99: [] };
let charts = [];

/** Draws a reading beside those before it. */
export function draw({ atMs, recent }) {
  times.push(atMs / 1000);
  series.parity.push(recent.parity === null ? null : recent.parity * 100);
  series.p50.push(recent.lagP50Ms);
  series.p99.push(recent.lagP99Ms);
  for (const each of [times, ...Object.values(series)]) if (each.length > MOST) each.shift();
  // One moment is no line.
  if (times.length < 2) return;
  if (charts.length === 0) make();
  fill();
}

function fill() {
  charts[0].setData([times, series.parity]);
  charts[1].setData([times, series.p50, series.p99]);
}

function make() {
  for (const each of charts) each.destroy();
  charts = [
    chart('parity-chart', [line('parity', '--live', percentText)], parityRange),
    chart('lag-chart', [line('half', '--shadow', msText), line('99 of 100', '--legacy', msText)], lagRange),
  ];
}

function chart(id, lines, range) {
  const holder = at(id);
  const axis = {
    stroke: colour('--quiet'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  const options = {
    width: holder.clientWidth,
    height: holder.clientHeight,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: { y: { range } },
    axes: [
      { ...axis, space: 80 },
      { ...axis, size: 56 },
    ],
    series: [{}, ...lines],
  };
  return new UPlot(options, [times, ...lines.map(() => [])], holder);
}

const line = (label, name, value) => ({
  label,
  stroke: colour(name),
  width: 2,
  value,
  points: { show: false },
});
const percentText = (_, value) => (value === null ? '–' : `${value.toFixed(2)} %`);
const msText = (_, value) => (value === null ? '–' : `${value.toFixed(1)} ms`);

/** A fall of a thousandth must be seen, and a fall to nothing must fit. */
const parityRange = (_, least) => [Math.max(0, Math.min(99, Math.floor((least ?? 100) - 0.5))), 100.1];
const lagRange = (_, least, most) => [Math.min(0, least ?? 0), Math.max(10, (most ?? 0) * 1.1)];

/** A colour of the style sheet, as it is in the light or the dark. */
function colour(name) {
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function remake() {
  if (charts.length === 0) return;
  make();
  fill();
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', remake);
addEventListener('resize', remake);
