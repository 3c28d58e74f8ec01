// To write a document: checked before it is kept, and never kept over what was not seen.

import { ask, post, query } from './api.js';
import { decide } from './conflicts.js';
import { changeList } from './differences.js';
import { action, element, field, heading, select, short } from './dom.js';
import { path, place, readable } from './documents.js';
import { editor } from './editor.js';
import { instant, languages } from './format.js';
import { actor } from './rights.js';
import { markUnsaved } from './unsaved.js';

const types = { json: 'application/json', yaml: 'application/yaml' };

export async function edit(view) {
  const { kind, name, parameters, signal } = view;
  const environment = parameters.get('environment') ?? '';
  const [own, home] = [path(view), query(place(view), { environment })];
  const known = parameters.has('new') ? null : (await ask(query(own, { environment }), { signal })).version;
  /// The version that the text was made of; none for a new document.
  let base = known?.version;
  /// The text that was checked last, with how many errors.
  let checked = { text: null, errors: 0 };

  const conflict = element('div');
  const write = editor(`Text of ${readable(name)}`, known?.source ?? '', () => markUnsaved(true));
  const syntax = select('syntax', [['yaml', 'YAML'], ['json', 'JSON']], known?.syntax ?? 'yaml');
  const language = select('language', languages);
  const label = element('input', { id: 'label', maxlength: 64, placeholder: known?.label ?? '1.0.0', autocomplete: 'off', 'data-pointer': '/label' });
  const message = element('input', { id: 'message', maxlength: 500, 'data-pointer': '/message' });
  const sent = () => ({ text: write.text(), type: types[syntax.value] });

  /// A text that is no document at all has one finding, which the answer tells in words.
  function unreadable(error) {
    const [, line, column, said] = error.message.match(/^line (\d+), column (\d+): (.*)$/s) ?? [];
    if (error.code !== 'invalid_text' || !line) throw error;
    return [{ level: 'error', line: Number(line), column: Number(column), message: said }];
  }

  async function check() {
    const { text, type } = sent();
    let findings;
    try {
      ({ findings } = await post(query(`${own}/checks`, { language: language.value }), undefined, { text, type }));
    } catch (error) {
      findings = unreadable(error);
    }
    write.show(findings);
    checked = { text, errors: findings.filter((one) => one.level === 'error').length };
    return `${findings.length} findings.`;
  }

  async function save() {
    const { text, type } = sent();
    if (checked.text !== text) {
      try {
        await check();
      } catch (error) {
        // Of a kind that nobody checks here.
        if (error.code !== 'no_checker') throw error;
        checked = { text, errors: 0 };
      }
      if (checked.errors) return 'It has errors. Keep it once more, and it is kept as it is.';
    }
    const about = { environment, message: message.value.trim(), label: label.value.trim() };
    try {
      await ask(query(own, about), { method: 'PUT', text, type, match: base });
    } catch (error) {
      if (error.code !== 'version_conflict') throw error;
      return meet();
    }
    markUnsaved(false);
    location.hash = home;
    return 'Kept.';
  }

  /// Somebody else was faster: what came of it, and to put both together.
  async function meet() {
    const current = await ask(query(own, { environment }));
    const theirs = current.version;
    const about = [
      element('h2', { tabindex: -1 }, 'Somebody else was faster'),
      element('p', {}, `${actor(theirs.author)} kept version `, short(theirs.version), ', ', instant(theirs.time), theirs.message ? `: ${theirs.message}` : '.'),
    ];
    if (base) {
      const changes = await ask(query(`${own}/versions/${theirs.version}/differences`, { since: base }));
      const both = await post(query(`${own}/versions/${base}/merges`, { environment }), undefined, sent());
      about.push(changeList(changes.changes), ...decide(both, (text) => {
        write.put(text);
        syntax.value = 'json';
        base = both.head;
        conflict.replaceChildren();
        markUnsaved(true);
        return 'Both are in the text now, as JSON. Look at it, and keep it.';
      }));
    } else {
      about.push(element('p', {}, 'There is a document of this name now: ', element('a', { href: home }, 'look at it'), '.'));
    }
    conflict.replaceChildren(...about);
    conflict.querySelector('h2').focus();
    return 'Nothing was kept: somebody else was faster.';
  }

  return [
    heading(known ? `Edit ${readable(name)}` : `New ${kind} ${readable(name)}`),
    element('p', {}, known ? element('a', { href: home }, 'Back to the document') : 'Nothing is kept yet.'),
    write.node, conflict,
    element('div', { class: 'line' },
      field('Written in', syntax), field('Findings in', language), field('Label', label, 'a version for people, if any'), field('Why', message)),
    element('p', { class: 'actions' }, action('Check', check), action('Keep it', save, { class: 'main' })),
  ];
}
