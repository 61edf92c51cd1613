/** Where Redis/Valkey is and how it is reached. One standalone connection, never a cluster client. */
export interface RedisEndpoint {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  /** empty: no authentication */
  readonly password?: string;
  /** left out: plain TCP; `verify: false` accepts any certificate; `ca` is PEM text */
  readonly tls?: { readonly verify: boolean; readonly ca?: string };
}

/** What every client of an endpoint is made with, in the words of Node's TLS and of the common Redis clients. */
export interface RedisConnection {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly servername?: string; readonly rejectUnauthorized: boolean; readonly ca?: string };
}

const ADDRESS = /^[\d.]+$|:/;

/** An address is checked as it is; only a name can be sent ahead, which is how servers behind one address are told apart. */
export function connectionOf({ host, port, username, password, tls }: RedisEndpoint): RedisConnection {
  return {
    host,
    port,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined || password === '' ? {} : { password }),
    ...(tls === undefined
      ? {}
      : {
          tls: {
            ...(ADDRESS.test(host) ? {} : { servername: host }),
            rejectUnauthorized: tls.verify,
            ...(tls.ca === undefined ? {} : { ca: tls.ca }),
          },
        }),
  };
}
