/**
 * The turn of the event loop that is running. Requests that arrive in one turn are answered
 * together at its end: what they answer then reaches the clients in one go, instead of waking them
 * for each answer in turn, which costs a server on few cores about a fifth of its throughput.
 */
export class Turn {
  #end: Promise<void> | undefined;

  /** Settles when all that has arrived in the turn of the call has been taken in. */
  end(): Promise<void> {
    this.#end ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#end = undefined;
        resolve();
      });
    });
    return this.#end;
  }
}
