// Scripts that do the same work without Pulumi.
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../running/children.mjs";
import { repository } from "../running/repository.mjs";
import { clientEnvironment, environmentWithoutOwn } from "./project.mjs";
import { temporaryFolder } from "./temporary.mjs";

/**
 * @param {object} options
 * @param {"sdk.mjs" | "awsCli.sh"} options.script A file of `loops/`.
 * @param {readonly import("./people.mjs").Person[]} options.people
 * @param {string} options.url The service's.
 * @param {string} options.region
 */
export async function createLoop({ script, people, url, region }) {
  const { folder, remove } = temporaryFolder();
  const shell = script.endsWith(".sh");
  const file = join(folder, "people");
  fs.writeFileSync(
    file,
    shell
      ? people
          .map((p) => `${p.userArn}\t${p.displayName}\t${p.emailAddress}\t${p.sshPublicKey}\n`)
          .join("")
      : JSON.stringify(people),
  );
  const path = fileURLToPath(new URL(`loops/${script}`, import.meta.url));
  return {
    /** @param {string} operation */
    command: (operation) => ({
      command: shell ? "sh" : process.execPath,
      args: [path, operation, file],
      cwd: folder,
      env: {
        ...environmentWithoutOwn(),
        ...clientEnvironment(folder, { url, region }),
        // Releases of the AWS CLI since August 2024 lack the API's model.
        AWS_DATA_PATH: join(repository, "models"),
        AWS_PAGER: "",
      },
    }),
    stateBytes: () => undefined,
    clear: async () => {},
    saveState: () => {},
    restoreState: () => {},
    remove,
  };
}

/** Why the AWS CLI cannot take part, undefined when it can. @param {string} url @returns {Promise<string | undefined>} */
export async function awsCliObstacle(url) {
  if (process.platform === "win32") return "the loop is a POSIX shell script";
  const folder = tmpdir();
  try {
    const { code, stderr } = await run(
      "aws",
      ["codestar", "list-user-profiles", "--endpoint-url", url],
      {
        env: {
          ...environmentWithoutOwn(),
          ...clientEnvironment(folder, { url, region: "us-east-1" }),
          AWS_DATA_PATH: join(repository, "models"),
          AWS_PAGER: "",
        },
        limit: 60_000,
      },
    );
    return code === 0 ? undefined : `aws exits with ${code}: ${stderr.trim().split("\n")[0]}`;
  } catch {
    return "there is no aws on the PATH";
  }
}
