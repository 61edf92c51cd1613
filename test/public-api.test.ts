import { describe, expect, it } from '@jest/globals';
import * as admin from '../src/admin.js';
import * as api from '../src/index.js';
import * as tools from '../src/tools.js';

// A name that leaves this list breaks somebody's build; one that joins it must be kept.
describe('given who embeds the module', () => {
  it('finds exactly these names', () => {
    expect(Object.keys(api).sort()).toEqual([
      'CROSSFADE_REGISTRY',
      'CrossfadeDrain',
      'CrossfadeError',
      'CrossfadeHealth',
      'CrossfadeModule',
      'EmitterSource',
      'EventProvider',
      'InProcessSource',
      'UserEvent',
      'isUid',
      'optionsFromSettings',
      'readSettings',
      'validateEnvironment',
    ]);
    expect(Object.keys(admin).sort()).toEqual(['CrossfadeAdminModule', 'adminOptionsFromSettings']);
    expect(Object.keys(tools).sort()).toEqual([
      'CHECKPOINTS',
      'CrossfadeError',
      'FleetStop',
      'Rollout',
      'SystemClock',
      'askReplica',
      'bucketOf',
      'bucketsSince',
      'compareTrace',
      'decisionText',
      'entryText',
      'examine',
      'explainFrom',
      'flagFileText',
      'flagsStatusFrom',
      'histogramQuantile',
      'initFlagsFrom',
      'outlookText',
      'parseLeniently',
      'readFlagsFrom',
      'readPlanFile',
      'readSettings',
      'reasonText',
      'runControl',
      'sinceText',
      'stopText',
      'targetsAt',
      'usersFrom',
      'verdictText',
    ]);
  });
});
