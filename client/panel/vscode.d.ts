declare module '*.css';

interface PanelApi<State> {
  postMessage(message: unknown): void;
  getState(): State | undefined;
  setState(state: State): void;
}

/** Given by the workbench to every webview; may be called once. */
declare function acquireVsCodeApi<State>(): PanelApi<State>;
