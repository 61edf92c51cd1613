/** The element of the page with this id. */
export const at = (id) => document.getElementById(id);

/** Makes an element. Text is text and never markup: whatever the server says cannot become code. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'data') Object.assign(element.dataset, value);
    else if (name.startsWith('aria-')) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== undefined && child !== ''));
  return element;
}

/** Replaces what an element holds, but only where it says something else: a reader of screens hears no repeats. */
export function show(element, ...children) {
  const next = make('div', {}, ...children);
  if (element.innerHTML !== next.innerHTML) element.replaceChildren(...next.childNodes);
}
