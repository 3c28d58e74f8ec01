// A text with numbers of lines, and what a check found in it at its places.

import { element } from './dom.js';
import { state } from './format.js';

/// UTF-16 units before a code point of a line, which is what a text field counts.
const units = (line, column) => [...line].slice(0, column - 1).join('').length;

export function editor(label, source, changed) {
  const numbers = element('pre', { class: 'numbers', 'aria-hidden': 'true' });
  const area = element('textarea', {
    id: 'source', wrap: 'off', rows: 24, spellcheck: 'false', autocapitalize: 'off', 'aria-label': label,
    onscroll: () => { numbers.scrollTop = area.scrollTop; },
    oninput: () => { number(); changed(); },
  });
  const list = element('div', { role: 'status' });
  let marked = new Map();

  const lines = () => area.value.split(/\r\n|\r|\n/);

  /// Numbers of lines, those with findings marked: only what is marked is an element of its own, as a text may have many lines.
  function number() {
    const count = lines().length;
    const parts = [];
    let plain = '';
    for (let line = 1; line <= count; line += 1) {
      const level = marked.get(line);
      if (level) {
        parts.push(plain, element('span', { class: `mark ${level}` }, `${line}`), '\n');
        plain = '';
      } else plain += `${line}\n`;
    }
    numbers.replaceChildren(...parts, plain);
    numbers.scrollTop = area.scrollTop;
  }

  /// Takes the focus to a place and selects the word there.
  function go({ line, column }) {
    const all = area.value.split('\n');
    const before = all.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    const text = all[line - 1] ?? '';
    const start = before + units(text, column);
    const word = text.slice(start - before).match(/^[^\s,:{}[\]]+/)?.[0].length ?? 1;
    area.focus();
    area.setSelectionRange(start, Math.min(start + word, area.value.length));
    area.scrollTop = Math.max(0, (line - 4) * (area.scrollHeight / Math.max(1, all.length)));
  }

  /// The line of a finding with a mark under its place.
  function excerpt({ line, column }) {
    const text = lines()[line - 1] ?? '';
    const from = Math.max(0, column - 40);
    const points = [...text];
    return element('pre', { class: 'excerpt' }, `${points.slice(from, from + 80).join('')}\n${' '.repeat(column - 1 - from)}^`);
  }

  const finding = (one) => element('li', {},
    one.line ? element('button', { type: 'button', class: 'link', onclick: () => go(one) }, `Line ${one.line}, column ${one.column}`) : element('code', {}, one.pointer || 'all of it'),
    ' ', state(one.level), `: ${one.message}`, one.line ? excerpt(one) : null,
    one.fix?.length ? element('p', { class: 'quiet' }, `Perhaps: ${one.fix.map(fixText).join('; ')}`) : null);

  /// - Parameter findings: as a report has them.
  function show(findings) {
    const order = ['information', 'warning', 'error'];
    marked = new Map();
    for (const { line, level } of findings.filter((one) => one.line)) {
      if (order.indexOf(level) > order.indexOf(marked.get(line))) marked.set(line, level);
    }
    number();
    const count = (level) => findings.filter((one) => one.level === level).length;
    const counted = (level) => `${count(level)} ${level}${count(level) === 1 ? '' : 's'}`;
    const summary = findings.length ? `${counted('error')}, ${counted('warning')}.` : 'Nothing is to be said against it.';
    list.replaceChildren(element('p', { class: count('error') ? 'bad' : 'good' }, summary),
      findings.length ? element('ol', { class: 'findings' }, findings.map(finding)) : '');
    area.setAttribute('aria-invalid', String(count('error') > 0));
  }

  function put(text) {
    area.value = text;
    marked = new Map();
    list.replaceChildren();
    area.removeAttribute('aria-invalid');
    number();
  }

  put(source);
  const node = element('div', {}, element('div', { class: 'editor' }, numbers, area), list);
  return { node, put, show, text: () => area.value };
}

const fixText = ({ op, path, value }) => `${op} ${path}${value === undefined ? '' : ` ${JSON.stringify(value)}`}`;
