// The page that asks for a key.

import { signIn } from './api.js';
import { element, field, heading, problem, say } from './dom.js';

/// - Parameter done: called when a token is there.
export function signInPage(done) {
  const failure = element('div');
  const button = element('button', { class: 'main' }, 'Sign in');
  const form = element('form', {
    class: 'tall', method: 'post', action: '/console',
    onsubmit: async (event) => {
      event.preventDefault();
      const value = (name) => form.elements.namedItem(name).value.trim();
      failure.replaceChildren();
      button.disabled = true;
      try {
        await signIn(value('key'), value('secret'), value('code'));
        form.reset();
        say('Signed in.');
        done();
      } catch (error) {
        failure.replaceChildren(problem(error));
        form.elements.namedItem('code').value = '';
      } finally {
        button.disabled = false;
      }
    },
  },
  field('Number of the key', element('input', { id: 'key', name: 'key', inputmode: 'numeric', pattern: '[0-9]+', required: true, autocomplete: 'username' })),
  field('Secret of the key', element('input', { id: 'secret', name: 'secret', type: 'password', required: true, autocomplete: 'current-password' })),
  field('Code of your authenticator, if you have one',
    element('input', { id: 'code', name: 'code', inputmode: 'numeric', pattern: '[0-9]{6}', maxlength: 6, autocomplete: 'one-time-code' })),
  button);
  return [heading('Sign in'), element('p', { class: 'quiet' }, 'A reload of this page signs out.'), form, failure];
}
