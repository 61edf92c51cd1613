import { hostname, userInfo } from 'node:os';

/** Who gives an order: whoever is logged in. */
export function actor(): string {
  try {
    return userInfo().username;
  } catch {
    return 'somebody';
  }
}

/** The same with the machine, for whoever looks for that person in a hurry. */
export function actorHere(): string {
  return `${actor()}@${hostname()}`;
}
