import type { NumberField } from './plan-fields.js';

/** What is wrong with a plan, where, and what to do about it. */
export interface PlanFault {
  /** such as `steps[2].soakMinutes`; empty for the plan itself */
  readonly path: string;
  readonly problem: string;
  readonly cure: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads untrusted values and keeps every fault; what is faulty reads as its default, so that reading can go on. */
export class PlanReader {
  readonly faults: PlanFault[] = [];

  fault(path: string, problem: string, cure: string): void {
    this.faults.push({ path, problem, cure });
  }

  /** An object with no keys but these; absent is empty. */
  section(value: unknown, path: string, keys: readonly string[]): Fields {
    if (value === undefined) return {};
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.fault(path, 'This is no section.', `Give keys and values: ${keys.join(', ')}.`);
      return {};
    }
    for (const key of Object.keys(value)) {
      if (!keys.includes(key)) {
        this.fault(
          below(path, key),
          'This key is not known.',
          `Take it out, or use one of: ${keys.join(', ')}.`,
        );
      }
    }
    return value as Fields;
  }

  number(value: unknown, path: string, field: NumberField): number {
    if (value === undefined) return field.default;
    const { min, max, whole } = field;
    const fits =
      typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value));
    if (fits) return value;
    this.fault(
      path,
      `${shown(value)} will not do.`,
      `Give a ${whole ? 'whole ' : ''}number from ${min} to ${max}.`,
    );
    return field.default;
  }

  choice<Choice extends string>(
    value: unknown,
    path: string,
    choices: readonly Choice[],
    byDefault: Choice,
  ): Choice {
    if (value === undefined) return byDefault;
    const choice = choices.find((one) => one === value);
    if (choice === undefined)
      this.fault(path, `${shown(value)} will not do.`, `Give one of: ${choices.join(', ')}.`);
    return choice ?? byDefault;
  }

  text(value: unknown, path: string, maxChars: number, byDefault: string): string {
    if (value === undefined) return byDefault;
    if (typeof value === 'string' && value.length > 0 && value.length <= maxChars) return value;
    this.fault(path, `${shown(value)} will not do.`, `Give a text of 1 to ${maxChars} characters.`);
    return byDefault;
  }

  /** A list of distinct texts that fit; the others are faults. */
  texts(
    value: unknown,
    path: string,
    max: number,
    fits: (text: unknown) => text is string,
    cure: string,
  ): string[] {
    if (!Array.isArray(value) || value.length === 0 || value.length > max) {
      this.fault(path, 'This is no list that will do.', `Give a list of 1 to ${max}. ${cure}`);
      return [];
    }
    const seen = new Set<string>();
    value.forEach((text: unknown, i) => {
      if (!fits(text)) this.fault(`${path}[${i}]`, `${shown(text)} will not do.`, cure);
      else if (seen.has(text)) this.fault(`${path}[${i}]`, `${shown(text)} is there twice.`, 'Take one out.');
      else seen.add(text);
    });
    return [...seen];
  }
}

export function below(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** A value as a fault may show it: short, and never an object's contents. */
function shown(value: unknown): string {
  if (typeof value === 'string') return `"${value.slice(0, 40)}"`;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'A list' : 'A section';
  return String(value);
}
