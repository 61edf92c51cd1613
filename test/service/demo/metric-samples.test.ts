import { describe, expect, it } from '@jest/globals';
import { bucketsSince, histogramQuantile } from '../../../src/domain/histogram-quantile.js';
import { MetricSamples } from '../../../src/service/demo/metric-samples.js';

describe('given a text exposition', () => {
  it('reads names, labels, values, and sums by a label', () => {
    const samples = new MetricSamples(
      '# HELP a x\n# TYPE a counter\na{s="x",t="1"} 1\na{s="x",t="2"} 2\na{s="y"} 4.5e1 1700000000\nb 7\nb_nan NaN\n',
    );
    expect(samples.sumBy('a', 's')).toEqual(
      new Map([
        ['x', 3],
        ['y', 45],
      ]),
    );
    expect(samples.sumBy('a', 't')).toEqual(
      new Map([
        ['1', 1],
        ['2', 2],
        ['', 45],
      ]),
    );
    expect(samples.of('b')).toEqual([{ name: 'b', labels: {}, value: 7 }]);
    expect(samples.of('b_nan')).toEqual([]);
    expect(samples.of('absent')).toEqual([]);
  });

  it('reads labels that hold quotes, commas, braces and line ends', () => {
    const samples = new MetricSamples(String.raw`a{x="q\"q, } \\ \n",y="z"} 1`);
    expect(samples.of('a')[0]?.labels).toEqual({ x: 'q"q, } \\ \n', y: 'z' });
  });

  it('leaves out what it cannot read', () => {
    expect(new MetricSamples('<html>\n{} 1\na\na{x="1} x\n\r\n').of('a')).toEqual([]);
  });

  it('sums the buckets of a histogram over its other labels, in order of their bounds', () => {
    const samples = new MetricSamples(
      'h_bucket{le="+Inf",t="a"} 4\nh_bucket{le="-1",t="a"} 1\nh_bucket{le="0.5",t="a"} 3\nh_bucket{le="0.5",t="b"} 1\nh_bucket{le="+Inf",t="b"} 1',
    );
    expect(samples.buckets('h')).toEqual([
      { upTo: -1, count: 1 },
      { upTo: 0.5, count: 4 },
      { upTo: Infinity, count: 5 },
    ]);
  });
});

describe('given the buckets of a histogram', () => {
  const buckets = (...counts: number[]) =>
    [-1, 0, 1, Infinity].map((upTo, i) => ({ upTo, count: counts[i] ?? 0 }));

  it.each([
    ['nothing observed', 0.5, [0, 0, 0, 0], undefined],
    ['all in one bucket', 0.5, [0, 0, 10, 10], 0.5],
    ['all below zero', 0.5, [0, 10, 10, 10], -0.5],
    ['all in the lowest', 0.99, [10, 10, 10, 10], -1],
    ['all in the highest', 0.5, [0, 0, 0, 10], 1],
    ['half below zero', 0.75, [0, 5, 10, 10], 0.5],
    ['the smallest', 0, [0, 0, 10, 10], 0],
    ['the greatest', 1, [0, 0, 10, 10], 1],
  ])('finds the quantile of %s', (_, quantile, counts, value) => {
    expect(histogramQuantile(quantile, buckets(...counts))).toEqual(value);
  });

  it('has none of a histogram that does not exist', () => {
    expect(histogramQuantile(0.5, [])).toBeUndefined();
  });

  it('knows what came between two scrapes, and takes all where the counts began anew', () => {
    expect(bucketsSince(buckets(1, 2, 3, 4), buckets(1, 3, 5, 6))).toEqual(buckets(0, 1, 2, 2));
    expect(bucketsSince([], buckets(1, 2, 3, 4))).toEqual(buckets(1, 2, 3, 4));
    expect(bucketsSince(buckets(5, 5, 5, 5), buckets(0, 1, 1, 1))).toEqual(buckets(0, 1, 1, 1));
  });
});
