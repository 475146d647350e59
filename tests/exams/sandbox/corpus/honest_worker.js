// expect: AC
// answer: 4950
// slow: yes
// what: One worker thread, as somebody who just read about them would use it.
const { Worker, isMainThread, parentPort, workerData } = require("worker_threads");
if (isMainThread) {
  new Worker(__filename, { workerData: 100 }).on("message", (sum) => console.log(sum));
} else {
  let sum = 0;
  for (let number = 0; number < workerData; number++) sum += number;
  parentPort.postMessage(sum);
}
