import type { FirestorePort } from 'nestjs-crossfade';
import { examine } from 'nestjs-crossfade/tools';

/** The doctor with the host's own Firestore client; `uid` is made present for some seconds. */
export async function examineBeforeDeploy(firestore: FirestorePort, uid: string): Promise<boolean> {
  const { ok, checkpoints } = await examine({ env: process.env, firestore, uid });
  for (const { name, mark, findings } of checkpoints) if (mark === 'fault') console.error(name, findings);
  return ok;
}
