interface Question {
  readonly id: number;
  readonly name: string;
  readonly wish: unknown;
}

/** Answers what the parent asks, by name; ends with the parent. */
export function serve(answers: Readonly<Record<string, (wish: never) => unknown>>): void {
  const answer = async ({ id, name, wish }: Question): Promise<void> => {
    try {
      process.send?.({ id, answer: await answers[name]?.(wish as never) });
    } catch (error) {
      process.send?.({
        id,
        problem: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
  };
  process.on('message', (question: Question) => {
    void answer(question);
  });
  process.on('disconnect', () => {
    process.exit();
  });
}
