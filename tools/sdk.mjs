// npm run sdk -- python|go [FOLDER]: the SDK of the native plugin for one language, in
// sdk/LANGUAGE. It is not committed.
import { join, resolve } from "node:path";
import { repository } from "../running/repository.mjs";
import { generateSdk } from "./languages.mjs";

const usage = "Usage: npm run sdk -- python|go [FOLDER]";

const [language, folder, ...more] = process.argv.slice(2);
if ((language === "python" || language === "go") && more.length === 0) {
  const target = resolve(folder ?? join(repository, "sdk", language));
  await generateSdk(language, join(repository, "schema/provider.json"), target);
  console.log(target);
} else {
  console.error(
    language === "nodejs"
      ? 'Programs in TypeScript need no SDK: import { UserProfile } from "pulumi-codestar/native".'
      : usage,
  );
  process.exitCode = 2;
}
