import { isJsonObject, type JsonObject } from '../domain/user-event.js';

/** Maps a value to what equality is judged by, such as `(amount) => Math.round(Number(amount))`. */
export type EqualBy = (value: unknown) => unknown;

/** What is done at one path below a value, and below that. */
interface PathNode {
  ignored: boolean;
  by: EqualBy | undefined;
  readonly below: Map<string, PathNode>;
}

const PATH = /^(?:\*|[A-Za-z0-9_-]+)(?:\.(?:\*|[A-Za-z0-9_-]+)){0,15}$/;

/** A path is 1 to 16 names joined by dots, such as `payload.amounts.*.net`; `*` is any key or element. */
export function isPath(text: string): boolean {
  return PATH.test(text);
}

/** Makes values that a rule holds to be equal really equal: ignored paths are cut, others mapped. */
export class Leniency {
  /** it runs functions of the host's own, which may be slow or throw */
  readonly runsCode: boolean;
  private readonly root: PathNode = node();

  constructor(ignore: readonly string[], equalBy: Readonly<Record<string, EqualBy>>) {
    for (const path of ignore) this.nodeAt(path).ignored = true;
    for (const [path, by] of Object.entries(equalBy)) this.nodeAt(path).by = by;
    this.runsCode = Object.keys(equalBy).length > 0;
  }

  /** A copy where something changes, the value itself where nothing does. */
  applied(value: unknown): unknown {
    return applied(value, [this.root]);
  }

  private nodeAt(path: string): PathNode {
    let at = this.root;
    for (const name of path.split('.')) {
      let next = at.below.get(name);
      if (next === undefined) at.below.set(name, (next = node()));
      at = next;
    }
    return at;
  }
}

/** A value as its rule holds it against others. */
export function lenient(value: unknown, leniency: Leniency | undefined): unknown {
  return leniency === undefined ? value : leniency.applied(value);
}

/** The value at a path without `*`, or undefined. */
export function valueAt(value: unknown, path: string): unknown {
  let at = value;
  for (const name of path.split('.')) {
    if (isJsonObject(at) && Object.hasOwn(at, name)) at = at[name];
    else if (Array.isArray(at)) at = (at as readonly unknown[])[Number(name)];
    else return undefined;
  }
  return at;
}

function node(): PathNode {
  return { ignored: false, by: undefined, below: new Map() };
}

function applied(value: unknown, nodes: readonly PathNode[]): unknown {
  let result = value;
  for (const { ignored, by } of nodes) {
    if (ignored) return undefined;
    if (by !== undefined) result = by(result);
  }
  if (nodes.every(({ below }) => below.size === 0)) return result;
  if (Array.isArray(result)) return result.map((each, n) => applied(each, childrenOf(nodes, String(n))));
  return isJsonObject(result) ? appliedToObject(result, nodes) : result;
}

function appliedToObject(object: JsonObject, nodes: readonly PathNode[]): JsonObject {
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) {
    const below = childrenOf(nodes, key);
    copy[key] = below.length === 0 ? value : applied(value, below);
  }
  return copy;
}

function childrenOf(nodes: readonly PathNode[], key: string): PathNode[] {
  return nodes.flatMap(({ below }) => [below.get(key), below.get('*')].filter((each) => each !== undefined));
}
