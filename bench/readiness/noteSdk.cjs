// Loaded into every Node process of a preview: notes which of them load the SDK.
const { appendFileSync } = require("node:fs");
const Module = require("node:module");

const load = Module._load;
Module._load = function (request, ...rest) {
  if (request === "./awsSdk") {
    const [, script = ""] = process.argv;
    appendFileSync(process.env.BENCH_SDK_NOTES, `${script.replaceAll("\\", "/")}\n`);
  }
  return load.call(this, request, ...rest);
};
