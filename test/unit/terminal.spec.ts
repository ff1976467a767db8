import assert from "node:assert/strict";
import { painter, startProgress } from "../../cli/terminal";

/** A stream that remembers what was written. */
function fakeStream(isTTY: boolean) {
  const written: string[] = [];
  const stream = {
    isTTY,
    columns: 20,
    hasColors: () => true,
    write: (text: string) => written.push(text) > 0,
  };
  return { written, stream: stream as unknown as NodeJS.WriteStream };
}

describe("terminal", () => {
  const { NO_COLOR, TERM } = process.env;
  beforeEach(() => {
    delete process.env.NO_COLOR;
    process.env.TERM = "xterm";
  });
  afterEach(() => {
    for (const [name, value] of Object.entries({ NO_COLOR, TERM })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it("paints on a terminal, but not in a pipe and not with NO_COLOR", () => {
    const terminal = fakeStream(true).stream;
    assert.equal(painter(terminal)("red", "x"), "\u001b[31mx\u001b[39m");
    assert.equal(painter(fakeStream(false).stream)("red", "x"), "x");
    process.env.NO_COLOR = "1";
    assert.equal(painter(terminal)("red", "x"), "x");
  });

  it("shows progress on a terminal, within its width, and takes it away", () => {
    const { stream, written } = fakeStream(true);
    const progress = startProgress("Reading a long long long name", stream);
    progress.stop();
    assert.deepEqual(written, ["\r\u001b[KReading a long long", "\r\u001b[K"]);
  });

  it("shows no progress in a pipe or on a terminal that cannot erase", () => {
    const pipe = fakeStream(false);
    process.env.TERM = "dumb";
    const dumb = fakeStream(true);
    for (const { stream } of [pipe, dumb]) {
      const progress = startProgress("Reading", stream);
      progress.update("Reading 1");
      progress.stop();
    }
    assert.deepEqual([...pipe.written, ...dumb.written], []);
  });
});
