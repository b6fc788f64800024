import type { DatabaseChoice, HostToPanel, PanelToHost } from '../../protocol/panel.ts';
import { draw } from './draw.ts';
import './panel.css';

/** What outlives a reload of the window: which database is shown, what is folded, how far it is scrolled. */
interface PanelState {
  readonly selected?: DatabaseChoice;
  readonly open: Readonly<Record<string, boolean>>;
  readonly scroll: number;
}

const api = acquireVsCodeApi<PanelState>();
const root = document.getElementById('root') as HTMLElement;
let state: PanelState = api.getState() ?? { open: {}, scroll: 0 };
let drawn = '';

function save(change: Partial<PanelState>): void {
  state = { ...state, ...change };
  api.setState(state);
}

function send(message: PanelToHost): void {
  if (message.type === 'select') save({ selected: message.selected, scroll: 0 });
  api.postMessage(message);
}

/** Replaces the content, keeping folds, scroll and the focused element where the new content has them too. */
function show(message: HostToPanel): void {
  const text = JSON.stringify(message);
  if (text === drawn) return;
  // While a plan stands on screen, a new one is made without blanking the view.
  if (message.type === 'loading' && root.querySelector('main')) return;
  drawn = text;
  const focused = focusKey(document.activeElement);
  root.replaceChildren(draw(message, send));
  for (const details of root.querySelectorAll('details')) restoreFold(details);
  if (message.type === 'plan') {
    save({ selected: message.selected });
    window.scrollTo(0, state.scroll);
  }
  if (focused) for (const element of root.querySelectorAll<HTMLElement>('button, summary, select')) if (focusKey(element) === focused) return element.focus();
}

function restoreFold(details: HTMLDetailsElement): void {
  const key = details.dataset['key'] ?? '';
  const open = state.open[key];
  if (open !== undefined) details.open = open;
  details.addEventListener('toggle', () => save({ open: { ...state.open, [key]: details.open } }));
}

function focusKey(element: Element | null): string | undefined {
  if (!element || element === document.body) return undefined;
  return `${element.tagName}|${element.getAttribute('aria-label') ?? element.textContent}`;
}

let scrollTimer: ReturnType<typeof setTimeout> | undefined;
window.addEventListener('scroll', () => {
  clearTimeout(scrollTimer);
  scrollTimer = setTimeout(() => {
    if (root.querySelector('main')) save({ scroll: window.scrollY });
  }, 150);
});
window.addEventListener('message', (event: MessageEvent<HostToPanel>) => show(event.data));
send(state.selected ? { type: 'ready', selected: state.selected } : { type: 'ready' });
