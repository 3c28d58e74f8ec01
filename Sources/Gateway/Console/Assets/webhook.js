// One endpoint: its health, what was sent, what was given up, and to send it again.

import { ask, query } from './api.js';
import { action, element, facts, field, form, heading, id as ident, pages } from './dom.js';
import { count, instant, kind, state } from './format.js';

export async function webhook({ tenant, id, signal, again }) {
  const path = `/v1/tenants/${tenant}/webhooks/${id}`;
  const one = await ask(path, { signal });
  const post = (what, body) => ask(`${path}/${what}`, { method: 'POST', body });
  const isDisabled = one.state === 'disabled';

  async function test() {
    const said = await post('test');
    again();
    return said.delivered
      ? `The test was delivered: ${said.status}, after ${said.milliseconds} ms.`
      : `The test was not delivered: ${outcome(said)}.`;
  }
  async function revive(ids) {
    const said = await post('replay', ids ? { source: 'dead_letters', ids } : { source: 'dead_letters' });
    again();
    return `${count(said.replayed)} will be sent again${said.remaining ? `; ${count(said.remaining)} had no room: again later` : ''}.`;
  }
  async function toggle() {
    await post(isDisabled ? 'enable' : 'disable');
    again();
    return isDisabled ? 'Enabled.' : 'Disabled.';
  }

  async function remove() {
    if (!confirm('Remove the endpoint? What waits for it is lost.')) return '';
    await ask(path, { method: 'DELETE' });
    location.hash = `#/tenants/${tenant}/webhooks`;
    return 'Removed.';
  }

  const deliveries = await pages('Newest attempts', [
    { title: 'Event', cell: (row) => ident(row.event) },
    { title: 'When', cell: (row) => instant(row.time) },
    { title: 'Attempt', isNumber: true, cell: (row) => count(row.attempt) },
    { title: 'Outcome', cell: (row) => element('span', { class: row.delivered ? 'good' : 'bad' }, row.delivered ? `delivered: ${row.status}` : outcome(row)) },
    { title: 'Took', isNumber: true, cell: (row) => `${count(row.milliseconds)} ms` },
  ], (cursor) => ask(query(`${path}/deliveries`, { cursor, limit: 50 }), { signal }), 'Nothing was sent yet.');
  const letters = await pages('Dead letters', [
    { title: 'Event', cell: (row) => ident(row.id) },
    { title: 'What', cell: (row) => kind(row.type) },
    { title: 'When', cell: (row) => instant(row.time) },
    { title: 'Given up', cell: (row) => instant(row.died) },
    { title: 'Attempts', isNumber: true, cell: (row) => count(row.attempts) },
    { title: 'Why', cell: (row) => outcome(row) },
    { title: 'Replay', cell: (row) => action('Replay', () => revive([row.id]), { 'aria-label': `Replay ${row.id}` }) },
  ], (cursor) => ask(query(`${path}/dead-letters`, { cursor, limit: 50 }), { signal }), 'There are no dead letters.');

  return [
    heading(one.url),
    facts([
      ['State', state(one.state)], ['What for', one.description],
      ['Why disabled', one.disabled ? `${one.disabled.reason}${one.disabled.from ? `, from ${one.disabled.from} until ${one.disabled.until}` : ''}` : null],
      ['Delivered of the newest', one.success_percent === undefined ? null : `${one.success_percent} %`],
      ['Commits behind', count(one.lag)], ['Waiting for another try', count(one.retries)], ['Dead letters', count(one.dead_letters)],
      ['Last success', instant(one.last_success)], ['Failing since', instant(one.failing_since)],
      ['Last error', one.last_error ? outcome(one.last_error) : null],
      ['Events', one.types.length ? one.types.map(kind).join(', ') : 'all'], ['Contract', one.contract],
      ['Order', one.ordered ? 'by record' : 'none'], ['Done up to', one.next],
    ]),
    element('p', { class: 'actions' },
      action('Send a test', test, { class: 'main' }),
      action(isDisabled ? 'Enable' : 'Disable', toggle), action('Remove', remove),
      one.dead_letters ? action('Replay all dead letters', () => revive()) : null),
    replayForm(post, again),
    element('h2', {}, 'Delivery log'), ...deliveries,
    element('h2', {}, 'Dead letters'), ...letters,
  ];
}

const outcome = (row) => [row.status, row.error?.replaceAll('_', ' ')].filter(Boolean).join(', ') || 'no answer';

/// Sends a part of the log again.
function replayForm(post, again) {
  const place = (id, label, attributes) => field(label,
    element('input', { id, pattern: '[0-9]+-[0-9]+', autocomplete: 'off', placeholder: '12-0', 'data-pointer': `/${id}`, ...attributes }));
  return form([place('after', 'Replay the log behind event', { required: true }), place('until', 'up to event, or the end')], 'Replay the log',
    async ({ after, until }) => {
      const said = await post('replay', { source: 'log', after, ...(until && { until }) });
      again();
      return `The log is sent again from ${said.next} on.`;
    });
}
