import type { Settings } from '../../index.js';
import { FleetStop, sinceText, stopText } from '../../tools.js';
import type { StatusSection } from './status-section.js';

/** Whether a stop holds, as the fleet's Redis says; what each replica has heard is said with its flags. */
export async function stopSection(settings: Settings): Promise<StatusSection> {
  const name = 'stop';
  if (settings.mode === 'legacy' || settings.legacy === 'retired')
    return { name, value: null, lines: ['stop: nobody can be stopped'], problems: [] };
  const stop = FleetStop.open(settings, []);
  try {
    const { fleet } = await stop.standing();
    if ('problem' in fleet)
      return { name, value: null, lines: ['stop: not known'], problems: [fleet.problem] };
    const { stopped, by, atMs, epoch } = fleet.state;
    if (stopped) {
      const text = stopText({ ...fleet.state, since: sinceText(atMs) });
      return { name, value: fleet.state, lines: [], problems: [text] };
    }
    const last = epoch === 0 ? '' : `, started by ${by} at ${sinceText(atMs)}`;
    return { name, value: fleet.state, lines: [`stop: none holds${last}`], problems: [] };
  } finally {
    await stop.close();
  }
}
