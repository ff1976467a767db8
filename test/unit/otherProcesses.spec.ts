import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { otherProcesses, throughFiles } from "../../provider/lifecycle/otherProcesses";

describe("what the provider processes of one operation tell each other", () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "pulumi-codestar-"));
    folder = join(root, "providers");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  // Both are alive: this process, and the one that started it.
  const one = () => throughFiles("127.0.0.1:1", folder, process.pid);
  const other = (engine = "127.0.0.1:1") => throughFiles(engine, folder, process.ppid);

  it("is what the others have told so far, not what one told oneself", () => {
    const [a, b] = [one(), other()];
    assert.equal(b.haveTold("x"), false, "before anybody has told anything");
    a.tell(["x"]);
    assert.equal(b.haveTold("x"), true);
    assert.equal(a.haveTold("x"), false);
    assert.equal(b.haveTold("y"), false);
    a.tell(["y", "z"]);
    assert.equal(b.haveTold("z"), true);
  });

  it("is nothing to another operation, and is in no file in clear", () => {
    one().tell(["arn:aws:iam::123456789012:user/ada"]);
    assert.equal(other("127.0.0.1:2").haveTold("arn:aws:iam::123456789012:user/ada"), false);
    for (const file of readdirSync(folder)) {
      assert.doesNotMatch(readFileSync(join(folder, file), "utf8"), /ada|123456789012/);
    }
  });

  it("ends with the process, whose file the next one sweeps up", () => {
    const dead = throughFiles("127.0.0.1:1", folder, 2 ** 31 - 2);
    dead.tell(["x"]);
    assert.equal(one().haveTold("x"), false);
    one().tell(["y"]);
    assert.equal(readdirSync(folder).length, 1);
  });

  it("does not go on from a file that an earlier process of the same number left", () => {
    one().tell(["x"]);
    one().tell(["y"]);
    assert.equal(other().haveTold("x"), false);
    assert.equal(other().haveTold("y"), true);
  });

  it("is neither told nor believed in a folder that others may write to", function () {
    if (process.getuid === undefined) this.skip();
    one().tell(["x"]);
    chmodSync(folder, 0o777);
    assert.throws(() => one().tell(["y"]), /not a folder of this user alone/);
    assert.throws(() => other().haveTold("x"), /not a folder of this user alone/);
    rmSync(folder, { recursive: true });
    writeFileSync(folder, "");
    assert.throws(() => other().haveTold("x"), /not a folder of this user alone/);
  });

  it("is for the engine's host alone", () => {
    const others = otherProcesses(["node", "/program/index.js", "127.0.0.1:1"]);
    others.tell(["x"]);
    assert.equal(others.haveTold("x"), false);
    assert.equal(existsSync(folder), false);
  });
});
