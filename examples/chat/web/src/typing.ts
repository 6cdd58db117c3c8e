// Tells the others that one types: at the first key, again while it goes on, and at the end.

const REPEAT = 3_000;
const PAUSE = 4_000;

export class TypingSignal {
  #last = 0;
  #pause: number | undefined;

  constructor(private readonly tell: (typing: boolean) => void) {}

  /** The text was changed. */
  typed(hasText: boolean): void {
    if (!hasText) return this.stop();
    const now = Date.now();
    if (now - this.#last > REPEAT) {
      this.#last = now;
      this.tell(true);
    }
    clearTimeout(this.#pause);
    this.#pause = window.setTimeout(() => this.stop(), PAUSE);
  }

  /** The text was sent, taken back, or left alone for a while. */
  stop(): void {
    clearTimeout(this.#pause);
    if (this.#last > 0) this.tell(false);
    this.#last = 0;
  }

  /** A sent message says by itself that the typing is over. */
  sent(): void {
    clearTimeout(this.#pause);
    this.#last = 0;
  }
}
