// expect: AC
// what: Node's inner doors: bindings, dlopen, snapshots, reports, the inspector, another user.
const fs = require("fs");
const ways = {
  spawn: () => {
    const stdio = [0, 1, 2].map(() => ({ type: "pipe", readable: true, writable: true }));
    return process.binding("spawn_sync").spawn({ file: "/usr/bin/env", args: ["env"], envPairs: [], stdio }).error === undefined;
  },
  dlopen: () => process.dlopen({ exports: {} }, "/tmp/judge-corpus.node") === undefined,
  setuid: () => process.setuid(0) === undefined,
  setgroups: () => process.setgroups([0]) === undefined,
  heap: () => !!require("v8").writeHeapSnapshot("/tmp/judge-corpus.heapsnapshot"),
  report: () => fs.existsSync(process.report.writeReport("/tmp/judge-corpus.json")),
  inspector: () => (require("inspector").open(0, "127.0.0.1"), require("inspector").url() !== undefined),
  write: () => fs.writeFileSync("/tmp/judge-corpus", "x") === undefined,
  temporary: () => !!fs.mkdtempSync("/tmp/judge-corpus-"),
  kill: () => process.kill(1, "SIGKILL") && false,
  priority: () => require("os").setPriority(0, -20) === undefined,
  attach: () => (process._debugProcess(1), false),
};
const holes = Object.keys(ways).filter((name) => {
  try {
    return ways[name]();
  } catch {
    return false;
  }
});
console.log(holes.length ? `hole: ${holes}` : "contained");
