// What happens now: commits, events and requests, asked for every two seconds.

import { ask, query } from './api.js';
import { line } from './charts.js';
import { element, facts, heading, problem, table } from './dom.js';
import { count, instant, kind, microseconds, rate } from './format.js';

const interval = 2000;
const kept = 60;
const limit = 1000;

export async function overview({ signal }) {
  const figures = element('div');
  const drawings = element('div');
  const failure = element('div');
  const events = table('Newest events', [
    { title: 'Event', cell: (event) => event.id },
    { title: 'When', cell: (event) => instant(event.time) },
    { title: 'What', cell: (event) => kind(event.type) },
    { title: 'Record', cell: (event) => element('a', { href: link(event) }, event.subject) },
  ]);
  let before = null;
  let newest = [];
  const rates = { commits: [], events: [], requests: [] };

  async function look() {
    const [status, page] = await Promise.all([
      ask('/v1/status', { signal }),
      ask(query('/v1/events', before ? { after: before.after, limit } : { limit: 1 }), { signal }),
    ]);
    const isFull = before !== null && page.items.length === limit;
    // What is more than a page is not read: it goes on at the end.
    const after = isFull ? (await ask(query('/v1/events', { limit: 1 }), { signal })).after : page.after;
    const now = { time: performance.now(), after, commit: Number(after.split('-')[0]), requests: status.requests };
    if (before) {
      const seconds = (now.time - before.time) / 1000;
      const add = (list, number) => { list.push(number / seconds); if (list.length > kept) list.shift(); };
      add(rates.commits, now.commit - before.commit);
      add(rates.events, page.items.length);
      add(rates.requests, now.requests - before.requests);
    }
    before = now;
    show(status, now.commit, isFull);
    if (page.items.length && rates.events.length) list(page.items);
  }

  function list(items) {
    newest = [...items.slice(-10).reverse(), ...newest].slice(0, 10);
    events.clear();
    events.add(newest);
  }

  function show(status, commit, isFull) {
    const last = (list) => (list.length ? rate(list.at(-1)) : '…');
    const { window } = status;
    figures.replaceChildren(
      facts([
        ['Newest commit', count(commit)], ['Commits a second', last(rates.commits)],
        ['Events a second', `${isFull ? 'over ' : ''}${last(rates.events)}`],
        ['Requests a second', last(rates.requests)],
      ]),
      element('h2', {}, `Requests of the last ${window.seconds} seconds`),
      facts([
        ['Requests', count(window.requests)], ['Failed', count(window.failed)],
        ['Half within', microseconds(window.microseconds.p50)], ['90 % within', microseconds(window.microseconds.p90)],
        ['99 % within', microseconds(window.microseconds.p99)], ['All within', microseconds(window.microseconds.max)],
      ]));
    drawings.replaceChildren(...Object.entries(rates).filter(([, list]) => list.length > 1).map(([name, list]) => {
      const text = `${name[0].toUpperCase()}${name.slice(1)} a second: now ${rate(list.at(-1))}, at most ${rate(Math.max(...list))} lately`;
      return element('figure', {}, element('figcaption', {}, text), line(list, text));
    }));
  }

  let isPaused = false;
  const pause = element('button', {
    type: 'button', 'aria-pressed': 'false',
    onclick: () => {
      isPaused = !isPaused;
      pause.setAttribute('aria-pressed', String(isPaused));
    },
  }, 'Pause');

  async function turn() {
    if (!isPaused && !document.hidden) {
      try {
        await look();
        failure.replaceChildren();
      } catch (error) {
        if (signal.aborted || error.status === 401) return;
        // Said once, not with every turn.
        if (!failure.hasChildNodes()) failure.replaceChildren(problem(error));
        before = null;
      }
    } else {
      before = null;
    }
    if (!signal.aborted) setTimeout(turn, interval);
  }
  await look();
  // What came just before; a log that was pruned just now may have nothing of it.
  const earlier = query('/v1/events', { after: `${Math.max(0, before.commit - 10)}-0`, limit: 50 });
  list((await ask(earlier, { signal }).catch(() => ({ items: [] }))).items);
  setTimeout(turn, interval);
  return [
    heading('Overview'), element('p', { class: 'actions' }, pause), failure, figures, drawings,
    element('p', { class: 'quiet' }, 'Commits are those of the server, requests those of this gateway, events those of your tenants.'),
    element('h2', {}, 'Newest events'), events.node,
  ];
}

/// The contract of an event.
function link(event) {
  const [, tenant] = event.source.match(/tenants\/(\d+)/) ?? [];
  const [, contract] = event.subject.match(/^contracts\/([^/]+)/) ?? [];
  return `#/tenants/${tenant}/contracts/${contract}`;
}
