import type { Clock } from '../contracts/clock.js';
import { FLAGS, FLAG_NAMES, type Flag } from '../domain/flag.js';
import { isJsonObject, type JsonObject } from '../domain/user-event.js';

export interface UnleashAdminOptions {
  /** the API's base, such as `https://unleash.example.org/api` */
  readonly url: string;
  /** a token that may change flags in the project; never printed */
  readonly token: string;
  readonly project: string;
  readonly environment: string;
  readonly clock: Clock;
  /** milliseconds until a request is given up; default 5000 */
  readonly requestTimeoutMs?: number;
}

/** An answer of the admin API; status 0 where there was none. `problem` is set unless the status is 2xx. */
export interface AdminAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly problem: string | undefined;
}

/** Both flags as they stand in one environment, or why they cannot be read. */
export type HomeFlags =
  | {
      /** in Unleash's client-features format, as replicas get it */
      readonly features: JsonObject;
      /** the ids of each flag's strategies that are not disabled, in order */
      readonly strategyIds: Readonly<Record<Flag, readonly string[]>>;
    }
  | { readonly problem: string };

/** The part of Unleash's admin API that Crossfade needs. Never rejects. */
export class UnleashAdmin {
  constructor(private readonly options: UnleashAdminOptions) {}

  /** A missing flag is left out of the features; a missing environment is a problem. */
  async flags(): Promise<HomeFlags> {
    const features: JsonObject[] = [];
    const strategyIds: Record<Flag, readonly string[]> = { compare: [], serve: [] };
    for (const flag of FLAGS) {
      const answer = await this.get(this.featurePath(flag));
      if (answer.status === 404) continue;
      if (answer.problem !== undefined) return { problem: answer.problem };
      const body = isJsonObject(answer.body) ? answer.body : {};
      const environment = listOf(body['environments']).find(
        (each) => each['name'] === this.options.environment,
      );
      if (environment === undefined) return { problem: this.noEnvironment() };
      const strategies = listOf(environment['strategies']).filter((each) => each['disabled'] !== true);
      strategyIds[flag] = strategies.map((each) => String(each['id']));
      features.push({
        name: FLAG_NAMES[flag],
        enabled: environment['enabled'],
        dependencies: body['dependencies'],
        strategies,
      });
    }
    return this.withSegments(features, strategyIds);
  }

  createFeature(flag: Flag, description: string): Promise<AdminAnswer> {
    const body = { name: FLAG_NAMES[flag], type: 'release', description };
    return this.ask('POST', `projects/${encodeURIComponent(this.options.project)}/features`, body);
  }

  addStrategy(flag: Flag, strategy: object): Promise<AdminAnswer> {
    return this.ask('POST', `${this.environmentPath(flag)}/strategies`, strategy);
  }

  removeStrategy(flag: Flag, strategyId: string): Promise<AdminAnswer> {
    return this.ask('DELETE', this.strategyPath(flag, strategyId));
  }

  /** Changes one strategy's rollout, and its title with it, only if both still read `from`. */
  replaceRollout(
    flag: Flag,
    strategyId: string,
    from: unknown,
    to: number,
    title?: { readonly from: unknown; readonly to: string },
  ): Promise<AdminAnswer> {
    return this.ask('PATCH', this.strategyPath(flag, strategyId), [
      ...swap('/parameters/rollout', from, String(to)),
      ...(title === undefined ? [] : swap('/title', title.from, title.to)),
    ]);
  }

  /** Changes one strategy's title, only if it still reads `from`. */
  replaceTitle(flag: Flag, strategyId: string, from: unknown, to: string): Promise<AdminAnswer> {
    return this.ask('PATCH', this.strategyPath(flag, strategyId), swap('/title', from, to));
  }

  /** Changes the users whom one strategy names, only if it still names `from`. */
  replaceNames(
    flag: Flag,
    strategyId: string,
    from: readonly string[],
    to: readonly string[],
  ): Promise<AdminAnswer> {
    const patch = swap('/constraints/0/values', from, to);
    return this.ask('PATCH', this.strategyPath(flag, strategyId), patch);
  }

  switchTo(flag: Flag, position: 'on' | 'off'): Promise<AdminAnswer> {
    return this.ask('POST', `${this.environmentPath(flag)}/${position}`);
  }

  private async withSegments(
    features: readonly JsonObject[],
    strategyIds: Readonly<Record<Flag, readonly string[]>>,
  ): Promise<HomeFlags> {
    const usesSegments = features
      .flatMap((feature) => listOf(feature['strategies']))
      .some((strategy) => Array.isArray(strategy['segments']) && strategy['segments'].length > 0);
    if (!usesSegments) return { features: { version: 2, features }, strategyIds };
    const answer = await this.get('segments');
    if (answer.problem !== undefined) return { problem: answer.problem };
    const segments = isJsonObject(answer.body) ? answer.body['segments'] : undefined;
    return { features: { version: 2, features, segments }, strategyIds };
  }

  private featurePath(flag: Flag): string {
    return `projects/${encodeURIComponent(this.options.project)}/features/${FLAG_NAMES[flag]}`;
  }

  private environmentPath(flag: Flag): string {
    return `${this.featurePath(flag)}/environments/${encodeURIComponent(this.options.environment)}`;
  }

  private strategyPath(flag: Flag, strategyId: string): string {
    return `${this.environmentPath(flag)}/strategies/${encodeURIComponent(strategyId)}`;
  }

  private get(path: string): Promise<AdminAnswer> {
    return this.ask('GET', path);
  }

  private async ask(method: string, path: string, body?: object): Promise<AdminAnswer> {
    const { url, token, clock, requestTimeoutMs = 5_000 } = this.options;
    const abort = new AbortController();
    const cancel = clock.after(requestTimeoutMs, () => {
      abort.abort();
    });
    try {
      const response = await fetch(`${url.replace(/\/$/, '')}/admin/${path}`, {
        method,
        headers: { authorization: token, 'content-type': 'application/json' },
        signal: abort.signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        body: parse(text),
        problem: response.ok ? undefined : this.problemOf(response.status, parse(text)),
      };
    } catch (error) {
      const why = abort.signal.aborted ? `within ${requestTimeoutMs} ms` : `(${reasonOf(error)})`;
      const problem = `The Unleash server did not answer ${why}: see to it, then try again.`;
      return { status: 0, body: undefined, problem };
    } finally {
      cancel();
    }
  }

  private problemOf(status: number, body: unknown): string {
    const message = isJsonObject(body) && typeof body['message'] === 'string' ? body['message'] : '';
    const said = message === '' ? '' : ` (${message.replaceAll(/\s+/g, ' ').slice(0, 160)})`;
    const { project, environment } = this.options;
    if (status === 401) return `The Unleash server does not know the token${said}: give a valid admin token.`;
    if (status === 403)
      return `The Unleash server forbids this change in project ${project}, environment ${environment}${said}: apply it there by a change request, or give a token that may.`;
    return `The Unleash server answered ${status}${said}: look at the flag there, then try again.`;
  }

  private noEnvironment(): string {
    const { project, environment } = this.options;
    return `Project ${project} has no environment ${environment}: add it there, or name another.`;
  }
}

/** JSON Patch that replaces a value where it still is what was read; what was never set is null there. */
function swap(path: string, from: unknown, to: unknown): readonly object[] {
  return [
    { op: 'test', path, value: from ?? null },
    { op: 'replace', path, value: to },
  ];
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  return cause?.code ?? 'no connection';
}
