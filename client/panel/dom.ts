/** What `h` accepts as a child: text becomes a text node, so nothing from a file is ever read as markup. */
export type Child = Node | string | number | false | null | undefined | readonly Child[];

interface Props {
  readonly class?: string;
  readonly id?: string;
  readonly title?: string;
  readonly onclick?: (event: MouseEvent) => void;
  /** Any other attribute; `undefined` leaves it out. */
  readonly attributes?: Readonly<Record<string, string | undefined>>;
}

/** Makes an element with its properties and children. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (props.class) element.className = props.class;
  if (props.id) element.id = props.id;
  if (props.title) element.title = props.title;
  if (props.onclick) element.addEventListener('click', props.onclick as EventListener);
  for (const [name, value] of Object.entries(props.attributes ?? {})) {
    if (value !== undefined) element.setAttribute(name, value);
  }
  append(element, children);
  return element;
}

function append(parent: Node, children: readonly Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) append(parent, child as readonly Child[]);
    else if (child instanceof Node) parent.appendChild(child);
    else if (typeof child === 'string' || typeof child === 'number') parent.appendChild(document.createTextNode(String(child)));
  }
}

const shapes = {
  check: 'M3.5 8.5l3 3 6-7',
  cross: 'M4 4l8 8M12 4l-8 8',
  question: 'M5.2 5.6a2.8 2.8 0 1 1 4.2 2.4c-.9.5-1.4 1-1.4 2M8 12.9v.2',
  warning: 'M8 2.8L14 13H2L8 2.8zM8 6.6v3M8 11.3v.4',
  copy: 'M6 6V3.5h6.5V10H10M3.5 6H10v6.5H3.5z',
  add: 'M8 3.5v9M3.5 8h9',
} as const;

export type IconName = keyof typeof shapes;

/** A line drawing of 16 by 16 in the colour of the text around it; hidden from screen readers, which read the text beside it. */
export function icon(name: IconName): SVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  for (const [key, value] of Object.entries({ class: `icon icon-${name}`, viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' })) svg.setAttribute(key, value);
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', shapes[name]);
  svg.appendChild(path);
  return svg;
}
