// Two sides that changed the same: what each has, and to choose.

import { stringify } from './api.js';
import { value } from './differences.js';
import { action, element, select, table } from './dom.js';

/// The steps of a JSON Pointer.
const steps = (pointer) => pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

/// A copy with operations done: what is added and replaced first, then what is removed, the last elements first, so that places stay right.
export function patched(document, operations) {
  const order = [
    ...operations.filter((one) => one.op !== 'remove'),
    ...operations.filter((one) => one.op === 'remove').sort((a, b) => b.path.localeCompare(a.path, 'en', { numeric: true })),
  ];
  const copy = { root: structuredClone(document) };
  for (const { op, path, value: added } of order) {
    const way = ['root', ...steps(path)];
    const last = way.pop();
    const around = way.reduce((inner, step) => inner[step], copy);
    if (op === 'replace' || !Array.isArray(around)) {
      if (op === 'remove') delete around[last];
      else around[last] = added;
    } else if (op === 'remove') around.splice(Number(last), 1);
    else around.splice(last === '-' ? around.length : Number(last), 0, added);
  }
  return copy.root;
}

/// What a merge came to, with a choice for each conflict.
///
/// - Parameter use: gets the whole document as JSON.
export function decide({ merged, conflicts }, use) {
  const choices = new Map();
  const choice = (one, index) => {
    // Of an order there is only mine to have here: the text can be edited.
    if (!one.patch) return 'mine';
    const control = select(`take-${index}`, [['mine', 'mine'], ['theirs', 'theirs']], 'mine', { 'aria-label': `Take for ${one.path}` });
    choices.set(control, one.patch);
    return control;
  };
  const rows = table('Conflicts', [
    { title: 'Place', cell: (one) => element('code', { class: 'id' }, one.path || 'all of it') },
    { title: 'Before', cell: (one) => value(one.base) },
    { title: 'Mine', cell: (one) => value(one.mine) },
    { title: 'Theirs', cell: (one) => value(one.theirs) },
    { title: 'Take', cell: (one) => choice(one, conflicts.indexOf(one)) },
  ], conflicts);
  const put = action('Put both together', () => {
    const operations = [...choices].filter(([control]) => control.value === 'theirs').flatMap(([, patch]) => patch);
    return use(stringify(patched(merged, operations), 2));
  }, { class: 'main' });
  return [
    element('h2', { tabindex: -1 }, conflicts.length ? 'Both sides changed the same' : 'Both sides go together'),
    conflicts.length ? rows.node : element('p', {}, 'What you wrote and what is new touch nothing in common.'),
    element('p', { class: 'actions' }, put),
  ];
}
