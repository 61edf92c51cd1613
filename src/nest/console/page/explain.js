import { read } from './api.js';
import { at, make } from './dom.js';

/** Why a user is where it is, each reason a line. */
export async function lookUp(uid) {
  const { bucket, stage, source, servedBy, flags, why } = await read(`explain/${encodeURIComponent(uid)}`);
  const share = ({ percent }) => percent ?? '–';
  at('explained').replaceChildren(
    make('p', {}, make('strong', {}, `${uid}: ${stage}`), `, from ${servedBy ?? source}`),
    make('ul', { className: 'why' }, ...why.map((line) => make('li', {}, line))),
    make(
      'p',
      { className: 'quiet-text' },
      `Bucket ${bucket} of 100; compare ${share(flags.compare)} %, serve ${share(flags.serve)} %. `,
      servedBy === null ? 'Nobody reads this user on this replica now.' : `Served now from ${servedBy}.`,
    ),
  );
}

export function lookUpFailed(error) {
  at('explained').replaceChildren(make('p', { className: 'bad' }, error.message));
}
