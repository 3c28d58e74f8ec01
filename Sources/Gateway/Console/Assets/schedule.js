// What a form comes to: sums, milestones, taxes with their sources, and the drawing that the gateway makes of it.

import { askFile, query } from './api.js';
import { element, facts, table } from './dom.js';
import { day, percent, rupees } from './format.js';

/// - Parameter of: the template, for the titles of milestones.
export function schedule(one, of) {
  const titles = Object.fromEntries(of.milestones.map((milestone) => [milestone.name, milestone.title]));
  const title = ({ id }) => {
    const [, base, number] = id.match(/^(.*?)(?:-(\d+))?$/);
    return titles[id] ?? `${titles[base] ?? base} ${number ?? ''}`;
  };
  const rows = table('Schedule', [
    { title: 'Milestone', cell: title },
    { title: 'Without tax', isNumber: true, cell: (milestone) => rupees(milestone.taxable) },
    { title: 'Tax', isNumber: true, cell: (milestone) => rupees(milestone.tax) },
    { title: 'Amount', isNumber: true, cell: (milestone) => rupees(milestone.amount) },
    { title: 'Due', cell: (milestone) => day(milestone.due) },
    { title: 'Needs', cell: (milestone) => milestone.predecessors.map((ordinal) => title(one.milestones[ordinal - 1])).join(', ') },
  ], one.milestones);
  const some = (sum) => (sum ? rupees(sum) : null);
  const { tax, rates, terms, security } = one;
  return [
    facts([
      ['Value', rupees(one.value)], ['Without tax', rupees(one.taxable)],
      ['Central tax', some(tax.central)], ['State tax', some(tax.state)], ['Union territory tax', some(tax.union_territory)],
      ['Integrated tax', some(tax.integrated)], ['Advance', some(one.advance)], ['From', day(one.start)], ['To', day(one.end)],
      ['Kept from each bill', terms.retention ? percent(terms.retention) : null],
      ['Security', security ? [rupees(security.amount), ' until ', day(security.valid_until)] : null],
      ...rates.sources.map((source) => [source.what.replace('gst', 'GST'), `${percent(source.rate)}${source.confirmed ? '' : ', not confirmed'}`]),
    ]),
    rows.node,
    element('ul', { class: 'quiet' }, rates.sources.map((source) => element('li', {}, `${source.what}: ${source.citation}`))),
  ];
}

/// What is paid over time, as the gateway draws it.
///
/// - Parameter path: the template's.
export async function drawing(path, language, body, { milestones }) {
  const address = URL.createObjectURL(await askFile(query(`${path}/drawings`, { language }), body));
  const steps = milestones.map(({ due, amount }) => `${due} ${rupees(amount)}`).sort();
  return element('img', {
    class: 'drawing', src: address, width: 640, height: 200, alt: `Paid over time: ${steps.join(', ')}`,
    onload: () => URL.revokeObjectURL(address),
  });
}
