// Small drawings, each with its text.

import { drawing, element, table } from './dom.js';
import { rupees, words } from './format.js';

const parts = [
  'unallocated', 'held', 'retained', 'payout_pending', 'refund_pending', 'tax_withheld', 'other_withheld', 'paid_out',
  'refunded', 'tax_deposited', 'other_paid', 'fee',
];

/// Where a contract's money is: a bar, and the same as a table.
export function buckets(sums) {
  const kept = parts
    .map((name, index) => ({ name, index, sum: BigInt(sums[name]) - (name === 'paid_out' ? BigInt(sums.returned) : 0n) }))
    .filter((part) => part.sum > 0n);
  const all = kept.reduce((sum, part) => sum + part.sum, 0n);
  let left = 0;
  const share = (sum) => Number((sum * 100000n) / all) / 1000;
  const bar = drawing('svg', {
    class: 'bar', viewBox: '0 0 100 6', preserveAspectRatio: 'none', role: 'img',
    'aria-label': kept.map((part) => `${words(part.name)} ${rupees(part.sum)}`).join(', ') || 'no money',
  }, kept.map((part) => {
    const made = drawing('rect', { class: `b${part.index}`, x: left, y: 0, width: share(part.sum), height: 6 });
    left += share(part.sum);
    return made;
  }));
  const swatch = (index) => drawing('svg', { class: 'swatch', viewBox: '0 0 1 1', 'aria-hidden': 'true' },
    drawing('rect', { class: `b${index}`, width: 1, height: 1 }));
  const rows = table('Where the money is', [
    { title: 'Bucket', cell: (part) => element('span', {}, swatch(part.index), words(part.name)) },
    { title: 'Sum', isNumber: true, cell: (part) => rupees(part.sum) },
    { title: 'Share', isNumber: true, cell: (part) => `${share(part.sum).toFixed(1)} %` },
  ], kept);
  return [bar, rows.node];
}

/// The newest values as a line from zero to the highest one.
export function line(values, label) {
  const top = Math.max(1, ...values);
  const step = 100 / Math.max(1, values.length - 1);
  return drawing('svg', { class: 'line', viewBox: '0 0 100 40', preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
    drawing('polyline', { points: values.map((value, index) => `${(index * step).toFixed(2)},${(39 - (38 * value) / top).toFixed(2)}`).join(' ') }));
}
