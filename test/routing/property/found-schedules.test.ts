import { describe, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { checkOutcome } from './handover-checks.js';
import { runSchedule } from './handover-run.js';
import type { Schedule } from './world-plan.js';

/** Schedules that once went wrong, found by the property and made small. */
const FOUND = JSON.parse(readFileSync(new URL('found-schedules.json', import.meta.url), 'utf8')) as readonly {
  readonly what: string;
  readonly schedule: Schedule;
}[];

describe('given a schedule that once went wrong', () => {
  it.each(FOUND)('$what', async ({ schedule }) => {
    checkOutcome(await runSchedule(schedule, 'events'));
    checkOutcome(await runSchedule(schedule, 'bytes'));
  });
});
