import type { Flag } from '../domain/flag.js';

/** Both flags in the form that is judged, evaluated and stored: nothing but what decides about a user. */
export interface FlagSet {
  readonly flags: Readonly<Record<Flag, FlagDefinition>>;
  /** the segments that the strategies name */
  readonly segments: readonly FlagSegment[];
}

/** One flag in one environment; a flag that is off has no strategies here. */
export interface FlagDefinition {
  readonly enabled: boolean;
  readonly strategies: readonly FlagStrategy[];
}

export interface FlagStrategy {
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly constraints: readonly FlagConstraint[];
  /** ids */
  readonly segments: readonly number[];
}

export interface FlagConstraint {
  readonly contextName: string;
  readonly operator: string;
  readonly inverted: boolean;
  readonly caseInsensitive: boolean;
  readonly values: readonly string[];
  readonly value?: string | number;
}

export interface FlagSegment {
  readonly id: number;
  readonly constraints: readonly FlagConstraint[];
}
