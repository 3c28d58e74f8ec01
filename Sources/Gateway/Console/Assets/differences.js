// What is different between two versions, in the words of what they are about.

import { stringify } from './api.js';
import { element, table } from './dom.js';
import { words } from './format.js';

/// A value in a cell: texts as they are, others as JSON.
export function value(one) {
  if (one === undefined) return element('span', { class: 'quiet' }, 'nothing');
  if (typeof one === 'string') return one === '' ? element('span', { class: 'quiet' }, 'empty') : one;
  const text = stringify(one, 2);
  return text.includes('\n') ? element('pre', {}, text) : element('code', {}, text);
}

const marks = { added: 'good', removed: 'bad', changed: 'warn', moved: 'quiet' };

export function changeList(changes) {
  if (!changes.length) return element('p', { class: 'quiet' }, 'They say the same.');
  return table(`${changes.length} differences`, [
    { title: 'Place', cell: (one) => element('code', { class: 'id' }, one.path || 'all of it') },
    { title: 'What', cell: (one) => element('span', { class: marks[one.kind] }, words(one.kind)) },
    { title: 'Before', cell: (one) => value(one.kind === 'moved' ? one.before + 1 : one.before) },
    { title: 'After', cell: (one) => value(one.kind === 'moved' ? one.after + 1 : one.after) },
  ], changes).node;
}
