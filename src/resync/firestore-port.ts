/** As much of a Firestore client as is used here; `@google-cloud/firestore` and firebase-admin both have it. */
export interface FirestorePort {
  collection(path: string): FirestoreQuery & {
    where(field: string, operator: '==', value: unknown): FirestoreQuery;
  };
}

export interface FirestoreQuery {
  get(): Promise<FirestoreAnswer>;
}

export interface FirestoreAnswer {
  readonly docs: readonly FirestoreDocument[];
  /** the moment at which the documents were so, by Firestore's own clock */
  readonly readTime?: FirestoreTime;
}

export interface FirestoreDocument {
  readonly id: string;
  data(): Readonly<Record<string, unknown>>;
}

/** A moment: whole seconds since 1970, and nanoseconds within the second. */
export interface FirestoreTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

export function isFirestoreTime(value: unknown): value is FirestoreTime {
  return (
    typeof value === 'object' &&
    value !== null &&
    'seconds' in value &&
    'nanoseconds' in value &&
    Number.isInteger(value.seconds) &&
    Number.isInteger(value.nanoseconds)
  );
}
