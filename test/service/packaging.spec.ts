import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { command } from "../../cli/service/serve";

const root = join(__dirname, "../..");
const dockerfile = readFileSync(join(root, "packaging/Dockerfile"), "utf8");
const unit = readFileSync(join(root, "packaging/codestar-profiles.service"), "utf8");
const known = new Set(Object.keys(command.options).map((name) => `--${name}`));

describe("packaging", () => {
  it("copies what is there and what is not ignored", () => {
    const ignore = readFileSync(join(root, "packaging/Dockerfile.dockerignore"), "utf8");
    const admitted = new Set(ignore.split("\n").map((line) => line.replace(/^!/, "")));
    const copies = dockerfile
      .split("\n")
      .filter((line) => line.startsWith("COPY ") && !line.includes("--from="))
      .flatMap((line) => line.split(" ").slice(1, -1));
    assert.ok(copies.length > 8);
    for (const source of copies) {
      assert.ok(existsSync(join(root, source)), `${source} is missing`);
      assert.ok(admitted.has(source), `${source} is ignored`);
    }
  });

  it("has in the image's build stage what the build reads besides the sources", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const [stage] = dockerfile.split(/^FROM .* AS dependencies$/m);
    const read = scripts.build.match(/[\w./-]+\.(?:m?js|json)\b/g) as string[];
    assert.deepEqual(read, ["tsconfig.build.json", "tools/bundle.mjs"]);
    const { include } = JSON.parse(readFileSync(join(root, "tsconfig.build.json"), "utf8"));
    const folders = (include as string[]).map((pattern) => pattern.split("/")[0]!);
    assert.ok(folders.length >= 7);
    for (const file of [...read, ...folders, "tools/sources.mjs", "tsconfig.json", "LICENSE"]) {
      assert.match(stage!, new RegExp(`^COPY (?:.* )?${file.replaceAll(".", "\\.")} `, "m"), file);
    }
  });

  it("starts the service in the image with options that it knows, as nobody special", () => {
    const [, list] = /^CMD (\[.*\])$/m.exec(dockerfile) ?? assert.fail("no CMD");
    const [command, ...options] = JSON.parse(list!) as string[];
    assert.equal(command, "serve");
    for (const option of options.filter((word) => word.startsWith("--"))) {
      assert.ok(known.has(option), option);
    }
    assert.ok(options.includes("--principals"), "others reach a container");
    assert.match(dockerfile, /^USER node$/m);
    assert.match(dockerfile, /^HEALTHCHECK /m);
  });

  it("stands on a version of Node.js that is maintained", () => {
    // Node.js 20 was maintained until April 2026; 22 is until April 2027, 24 until April 2028.
    assert.match(dockerfile, /^ARG NODE=node:(22|24)-/m);
  });

  it("mounts the folder of the principals into the container, as the documentation says", () => {
    const documentation = readFileSync(join(root, "docs/service.md"), "utf8");
    const [, mounted] =
      /-v "\$PWD\/secrets:(\S+):ro"/.exec(documentation) ?? assert.fail("no folder");
    const [, principals] = /"--principals", "([^"]+)"/.exec(dockerfile) ?? assert.fail("no file");
    assert.equal(dirname(principals!), mounted);
  });

  it("starts the service in the unit with options that it knows, as a user of its own", () => {
    const [, line] = /^ExecStart=((?:.*\\\n)*.*)$/m.exec(unit) ?? assert.fail("no ExecStart");
    const options = line!.match(/--[a-z-]+/g) ?? [];
    assert.ok(options.length >= 3);
    for (const option of options) assert.ok(known.has(option), option);
    assert.match(unit, /^User=codestar-profiles$/m);
    assert.match(unit, /^ProtectSystem=strict$/m);
    assert.match(unit, /^LimitCORE=0$/m);
  });
});
