// A text that somebody writes and that is not kept yet: who leaves is asked, and a token that ends does not take it along.

let isUnsaved = false;

export const markUnsaved = (flag) => { isUnsaved = flag; };
export const hasUnsaved = () => isUnsaved;

/// Whether the page may be left.
export function mayLeave() {
  if (isUnsaved && !confirm('What you wrote is not kept yet. Leave it?')) return false;
  isUnsaved = false;
  return true;
}

addEventListener('beforeunload', (event) => {
  if (isUnsaved) event.preventDefault();
});
