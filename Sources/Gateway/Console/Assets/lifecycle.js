// What has become of a version in an environment, and the steps that the caller may take from there.

import { post, query } from './api.js';
import { action, element, field, form, table } from './dom.js';
import { instant, state } from './format.js';
import { actor, nextSteps } from './rights.js';

const verbs = {
  checked: 'Have it checked', approved: 'Approve', active: 'Put in force now', scheduled: 'Put in force later', retired: 'Retire',
};
const questions = {
  active: 'Put this version in force now? The one that is in force is retired.',
  retired: 'Retire this version? It is not brought back.',
};

/// - Parameter at: the document's `tenant`, `kind`, `environment` and `path`.
export function lifecycle({ tenant, kind, environment, path }, version, again) {
  const take = async (body) => {
    await post(query(`${path}/versions/${version.version}/steps`, { environment }), body);
    again();
    return `It is ${body.to}.`;
  };
  const button = ({ to }) => action(verbs[to], () => {
    if (questions[to] && !confirm(questions[to])) return '';
    return take({ to });
  });
  const later = () => form(
    [field('In force from', element('input', { id: 'due', type: 'datetime-local', required: true }), 'in your own time')],
    verbs.scheduled, ({ due }) => take({ to: 'scheduled', due: new Date(due).toISOString() }));
  const steps = nextSteps(version, { tenant, kind });
  const may = steps.filter((one) => !one.why);
  const rows = table('Steps so far', [
    { title: 'State', cell: (one) => state(one.state) },
    { title: 'By', cell: (one) => actor(one.actor) },
    { title: 'When', cell: (one) => instant(one.time) },
    { title: 'In force from', cell: (one) => instant(one.due) },
  ], version.steps);
  return [
    version.steps.length ? rows.node : element('p', { class: 'quiet' }, 'This version was never in this environment.'),
    element('p', { class: 'actions' }, may.filter((one) => one.to !== 'scheduled').map(button)),
    may.some((one) => one.to === 'scheduled') ? later() : null,
    ...steps.filter((one) => one.why).map((one) => element('p', { class: 'quiet' }, `${verbs[one.to]}: ${one.why}.`)),
  ].filter(Boolean);
}
