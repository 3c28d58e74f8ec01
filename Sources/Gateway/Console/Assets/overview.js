// What happens now: commits and requests, asked for every two seconds, and events as they come.

import { ask, follow, query } from './api.js';
import { line } from './charts.js';
import { element, facts, heading, id, problem, table } from './dom.js';
import { count, instant, kind, microseconds, rate } from './format.js';

const interval = 2000;
/// Values of a drawing.
const kept = 60;

export async function overview({ signal }) {
  const figures = element('div');
  const drawings = element('div');
  const failure = element('div');
  /// Why no events come.
  const silence = element('div');
  const events = table('Newest events', [
    { title: 'Event', cell: (event) => id(event.id) },
    { title: 'When', cell: (event) => instant(event.time) },
    { title: 'What', cell: (event) => kind(event.type) },
    { title: 'Record', cell: (event) => element('a', { href: link(event) }, event.subject) },
  ]);
  const rates = { commits: [], events: [], requests: [] };
  let before = null;
  let newest = [];
  /// Events that came.
  let seen = 0;
  let isPaused = false;

  async function look() {
    const status = await ask('/v1/status', { signal });
    const now = { time: performance.now(), commits: Number(status.commit), events: seen, requests: status.requests };
    if (before) {
      const seconds = (now.time - before.time) / 1000;
      for (const [name, list] of Object.entries(rates)) {
        list.push((now[name] - before[name]) / seconds);
        if (list.length > kept) list.shift();
      }
    }
    before = now;
    show(status);
  }

  function take(number, last) {
    seen += number;
    newest = [...last.reverse(), ...newest].slice(0, 10);
    silence.replaceChildren();
  }

  function list() {
    // Who is in the table stays where he is.
    if (events.node.contains(document.activeElement)) return;
    events.clear();
    events.add(newest);
  }

  function show(status) {
    const last = (list) => (list.length ? rate(list.at(-1)) : '…');
    const { window } = status;
    figures.replaceChildren(
      facts([
        ['Newest commit', count(BigInt(status.commit))], ['Commits a second', last(rates.commits)],
        ['Events a second', last(rates.events)], ['Requests a second', last(rates.requests)],
      ]),
      element('h2', {}, `Requests of the last ${window.seconds} seconds`),
      facts([
        ['Requests', count(window.requests)], ['Failed', count(window.failed)],
        ['Half within', microseconds(window.microseconds.p50)], ['90 % within', microseconds(window.microseconds.p90)],
        ['99 % within', microseconds(window.microseconds.p99)], ['All within', microseconds(window.microseconds.max)],
      ]));
    list();
    drawings.replaceChildren(...Object.entries(rates).filter(([, list]) => list.length > 1).map(([name, list]) => {
      const text = `${name[0].toUpperCase()}${name.slice(1)} a second: now ${rate(list.at(-1))}, at most ${rate(Math.max(...list))} lately`;
      return element('figure', {}, element('figcaption', {}, text), line(list, text));
    }));
  }

  const pause = element('button', {
    type: 'button', 'aria-pressed': 'false',
    onclick: () => {
      isPaused = !isPaused;
      pause.setAttribute('aria-pressed', String(isPaused));
    },
  }, 'Pause');

  /// Does it again and again until the view is left, and tells once what goes wrong.
  async function repeat(act, failure) {
    while (!signal.aborted) {
      try {
        await act();
      } catch (error) {
        if (signal.aborted || error.status === 401) return;
        if (!failure.hasChildNodes()) failure.replaceChildren(problem(error));
      }
      await new Promise((resolve) => setTimeout(resolve, interval));
    }
  }

  async function turn() {
    if (isPaused || document.hidden) {
      before = null;
      return;
    }
    await look();
    failure.replaceChildren();
  }
  await look();
  // What came just before; a log that was pruned just now may have nothing of it.
  const earlier = query('/v1/events', { after: `${Math.max(0, before.commits - 10)}-0`, limit: 50 });
  newest = (await ask(earlier, { signal }).catch(() => ({ items: [] }))).items.slice(-10).reverse();
  list();
  // A rate over less than an interval would be none.
  setTimeout(() => repeat(turn, failure), interval);
  // What comes while the stream is begun anew is not counted.
  repeat(() => follow('/v1/events', signal, take), silence);
  return [
    heading('Overview'), element('p', { class: 'actions' }, pause), failure, silence, figures, drawings,
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
