// expect: AC
// stdin: doors
// what: http, net, dgram, dns and fetch of Node reach nobody.
const dgram = require("dgram");
const dns = require("dns");
const http = require("http");
const net = require("net");
const [tcp, udp, unix, abstract] = require("fs").readFileSync(0, "utf8").split("\n");
const holes = [];
const hole = (name) => () => holes.push(name);
const quiet = () => {};
const tried = (act) => {
  try {
    act();
  } catch {
    // refused
  }
};
tried(() => http.get(`http://127.0.0.1:${tcp}/`, hole("http")).on("error", quiet));
for (const where of [{ port: +tcp, host: "127.0.0.1" }, { port: +tcp, host: "::1" }, { path: unix }, { path: `\0${abstract}` }])
  tried(() => net.connect(where, hole(JSON.stringify(where))).on("error", quiet));
tried(() => net.createServer().listen(0, hole("listening")).on("error", quiet));
tried(() => dgram.createSocket("udp4").on("error", quiet).send("out", +udp, "127.0.0.1", (wrong) => wrong || holes.push("udp")));
tried(() => dns.lookup("example.org", (wrong) => wrong || holes.push("dns")));
tried(() => fetch(`http://127.0.0.1:${tcp}/`).then(hole("fetch"), quiet));
setTimeout(() => {
  console.log(holes.length ? `hole: ${holes}` : "contained");
  process.exit(0);
}, 300);
