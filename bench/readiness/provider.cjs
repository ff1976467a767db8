// What the engine's host does with a new provider process, up to the first answer. Prints how long
// that took, in milliseconds, and whether the SDK or the database was loaded before and after the
// answer. Arguments: the configuration and a person, as JSON.
const config = new Map(Object.entries(JSON.parse(process.argv[2])));
const person = JSON.parse(process.argv[3]);
const heavy = () =>
  Object.keys(require.cache).some((file) => /client.awsSdk|node_modules.libsql/.test(file));

const begun = performance.now();
const provider = require("pulumi-codestar/provider");
(async () => {
  provider.configure({ config: { get: (key) => config.get(key) } });
  const loadedBefore = heavy();
  const { failures } = await provider.check({}, person);
  const milliseconds = performance.now() - begun;
  if (failures?.length) throw new Error(failures[0].reason);
  console.log(JSON.stringify({ milliseconds, loadedBefore, loadedAfter: heavy() }));
})();
