// What the scripts rely on and the type checker cannot see: see "types:js" in package.json.

declare module "*.css";
declare module "*/pyodide.mjs" {
  export function loadPyodide(options: object): Promise<any>;
}
declare module "node:fs" {
  export function readFileSync(path: string | URL, encoding: string): string;
}
declare module "node:url" {
  export function pathToFileURL(path: string): URL;
}
declare const process: { argv: string[]; exit(code: number): never };

/** The state of a widget: anywidget's model, or that of the page's host. */
interface WidgetState {
  get(name: string): any;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, listener: () => void): void;
  off(event: string, listener: () => void): void;
  /** Where there is no kernel: what the page's host adds. */
  page?: WidgetPage;
}

interface WidgetPage {
  /** The widget's formulas as KaTeX has typeset them, by name. */
  formulas: Record<string, string>;
  /** What a trait was when the page was built. */
  start(name: string): any;
  /** What the browser keeps for this widget; write() says whether it does. */
  kept: { read(): Record<string, unknown>; write(all: Record<string, unknown>): boolean };
  /** A link to the page with the widget as it is. */
  link?(): string;
  /** Whether the address asks for this widget alone on the screen. */
  isPresented: boolean;
}

/**
 * How a trait stands in the address: its key, and the way to text and back; undefined is refused. For
 * limits that Python sends, `start` returns what a trait was when the page was opened.
 */
interface AddressPart {
  key: string;
  text?(value: any): string;
  value?(text: string, start: (trait: string) => any): unknown;
}

/** The default export of a view. */
interface WidgetView {
  render(place: { model: WidgetState; el: HTMLElement }): void | (() => void) | Promise<void | (() => void)>;
  address?: Record<string, string | AddressPart>;
}

/** An element as view.mjs describes it, before it is made. */
interface Sketch {
  make: (tag: string, attributes: Attributes, ...children: Child[]) => Element;
  tag: string;
  attributes: Attributes;
  children: Child[];
}
type Attributes = Record<string, string | number | boolean | null | undefined>;
type Child = string | Node | Sketch;

type Row = number[] | Float64Array;
type Matrix = Row[];

interface Window {
  softmaxWidget(name: string, view: WidgetView, formulas?: Record<string, string>): void;
  jupyterapp: any;
  /** What the search box loads when it is used: the folder pages/search. */
  softmaxFind: Promise<(query: string) => import("./softmax_book/pages/search/find.js").Found>;
  softmaxPlaces(text: string, words: string[]): [number, number][];
}
interface HTMLElement {
  /** The output area of a live page's cell. */
  smsOutputs?: { add(kind: string, content: any): unknown };
}
