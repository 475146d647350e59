// expect: AC
// stdin: doors
// what: The same from Node: files, folders, their mere existence.
const fs = require("fs");
const doors = fs.readFileSync(0, "utf8").split("\n");
const names = [doors[4], `${doors[5]}/manage.py`, doors[5], doors[6], "/etc/shadow", "/proc/self/environ", "@ROOT@/.ssh"];
const holes = [];
for (const name of [...names, "/proc/self/fd", "/sys/class", "/var/lib", "/run/secrets", "/opt", "/srv"]) {
  try {
    if (fs.existsSync(name) && (!fs.statSync(name).isDirectory() || fs.readdirSync(name).length)) holes.push(name);
  } catch {
    // refused
  }
}
console.log(holes.length ? `hole: ${holes}` : "contained");
