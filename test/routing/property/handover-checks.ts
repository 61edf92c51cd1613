import { expect } from '@jest/globals';
import { LIST_ITEMS, listStampMicros } from '../../../src/domain/list.js';
import type { UserEvent } from '../../../src/domain/user-event.js';
import type { Outcome } from './handover-run.js';
import { OPENING_MS } from './two-source-world.js';
import { LIST_TYPES, type ListType } from './world-plan.js';

interface Named {
  readonly id?: unknown;
  readonly text?: unknown;
}

function nameOf({ id, text }: Named): string {
  return typeof id === 'string' ? id : String(text);
}

function messageName({ payload }: UserEvent): string {
  const [message] = payload['raw_messages'] as [{ id?: string; content: string }];
  return nameOf({ id: message.id, text: message.content });
}

/**
 * Each message that an open source said reached the readers once. Three exceptions. What was sent before any source
 * was attached was promised to nobody: once at most. So is what an outage of one source swallowed while the other
 * was closed, or not asked to speak of the chat, even if that is opened in time to bring it: it lies in a reported
 * gap. And equal ones without an id cannot be told apart where only one source had some of them: as many may be
 * missing or doubled, but never the only one.
 */
function checkMessagesOnce({ world, messages }: Outcome): void {
  const sent = [...world.said.keys()].filter((truth) => truth.kind === 'message');
  for (const name of new Set([...sent.map(nameOf), ...messages.map(messageName)])) {
    const most = sent.filter((truth) => nameOf(truth) === name);
    const least = most.filter(
      (truth) => world.promised.has(truth) && !world.lost.has(truth) && truth.atMs > world.firstAttachedMs,
    );
    const got = messages.filter((each) => messageName(each) === name);
    const oneSided = most.filter((truth) => world.said.get(truth)?.size === 1).length;
    const unsure = Math.min(oneSided, most.length - 1);
    if (got.length < least.length - unsure || got.length > most.length + unsure)
      expect(`${name}: ${got.length}`).toBe(`${name}: ${least.length} to ${most.length}`);
  }
}

/**
 * Messages come in the order in which they were sent. Two exceptions, both of moments at which no source has been
 * heard for a window, so that what one swallowed can only come late from the other, or not at all: what was sent
 * before a stream that had just begun found the source of its stage, and that source's presence had its 3 s to
 * open, and what was sent around a break that came while no other source had been heard for a window.
 */
function checkMessagesInOrder({ world, messages, begunAtMs }: Outcome): void {
  const fromMs = Math.max(begunAtMs + OPENING_MS, world.firstAttachedMs);
  const sentAtMs = new Map<string, number>();
  for (const truth of world.said.keys()) {
    const isThin = world.thin.some(
      ({ fromMs: from, untilMs }) => truth.atMs >= from && truth.atMs <= untilMs,
    );
    if (truth.kind === 'message' && truth.id !== undefined && truth.atMs > fromMs && !isThin)
      sentAtMs.set(nameOf(truth), truth.atMs);
  }
  const order = messages.map((each) => sentAtMs.get(messageName(each))).filter((atMs) => atMs !== undefined);
  expect(order).toEqual([...order].sort((a, b) => a - b));
}

function listsOf({ others }: Outcome, type: ListType): UserEvent[] {
  return others.filter((event) => event.type === type);
}

function contentOf(event: UserEvent | undefined): string {
  const items = event?.payload[LIST_ITEMS.get(event.type) ?? ''] as { status: string }[] | undefined;
  // No list and an empty one are the same to a screen.
  return items === undefined || items.length === 0 ? 'empty' : `${items.length} ${items[0]?.status ?? ''}`;
}

/**
 * Where the serving source has said the newest state since it was opened or last broke, or the readers have
 * ever had it, it is what they have at the end. A state that neither has said is nobody's to show.
 */
function checkNewestListShown(outcome: Outcome, type: ListType): void {
  const { version, items } = outcome.world.state[type];
  const newest = items === 0 ? 'empty' : `${items} v${version}`;
  const shown = listsOf(outcome, type).map(contentOf);
  const isSaid = outcome.servedBy !== undefined && outcome.heard[outcome.servedBy][type] >= version;
  if (isSaid || (items > 0 && shown.includes(newest))) expect(shown.at(-1) ?? 'empty').toBe(newest);
}

/** Within one source the lists' own timestamps never go back; what was re-read has the clock of whoever read it. */
function checkNoStepBackWithinSource(outcome: Outcome, type: ListType): void {
  for (const source of ['legacy', 'redis'] as const) {
    const stamps = listsOf(outcome, type)
      .filter((event) => event.source === source && event.envelope['reread'] !== true)
      .map((event) => listStampMicros(event) ?? 0);
    expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
  }
}

/** All that is promised of any schedule. */
export function checkOutcome(outcome: Outcome): void {
  checkMessagesOnce(outcome);
  checkMessagesInOrder(outcome);
  for (const type of LIST_TYPES) {
    checkNewestListShown(outcome, type);
    checkNoStepBackWithinSource(outcome, type);
  }
  expect(outcome.recorder.of('failed merge')).toBe(0);
  expect(outcome.pendingTimers).toBe(0);
}
