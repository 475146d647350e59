// expect: AC
// what: child_process and cluster start nothing, with a shell or without.
const { execFileSync, execSync, fork, spawn, spawnSync } = require("child_process");
const ways = {
  spawnSync: () => spawnSync("/usr/bin/env").status === 0,
  execSync: () => execSync("echo hole", { stdio: "pipe" }).length > 0,
  execFileSync: () => execFileSync("/usr/bin/env").length > 0,
  spawn: () => spawn("/usr/bin/env", { detached: true }).on("error", () => {}).pid !== undefined,
  fork: () => fork(__filename).on("error", () => {}).pid !== undefined,
  binding: () => {
    const { Process } = process.binding("process_wrap");
    return new Process().spawn({ file: "/usr/bin/env", args: ["env"], envPairs: [] }) === 0;
  },
};
const holes = Object.keys(ways).filter((name) => {
  try {
    return ways[name]();
  } catch {
    return false;
  }
});
console.log(holes.length ? `hole: ${holes}` : "contained");
