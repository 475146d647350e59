// expect: RE MLE TLE AC
// cpu: 1000
// slow: yes
// what: Worker threads that make worker threads.
const { Worker } = require("worker_threads");
const code = `
  const { Worker } = require("worker_threads");
  const more = () => { new Worker(workerData.code, { eval: true, workerData }); setImmediate(more); };
  const { workerData } = require("worker_threads");
  more();`;
const more = () => {
  new Worker(code, { eval: true, workerData: { code } });
  setImmediate(more);
};
more();
