// scratch measure
import { openTraceFile } from '../../../engine/node/open-trace.ts';
import { Timeline } from '../../../engine/trace/timeline.ts';
const [, , path = '', what = ''] = process.argv;
const t0 = performance.now();
const open = await openTraceFile(path);
if (typeof open === 'string') throw new Error(open);
const { trace } = open;
const t1 = performance.now();
console.log('open', (t1 - t0).toFixed(0), 'ms', trace.count);
if (what === 'decode') { let n = 0; for (let i = 0; i < trace.count; i++) n += trace.at(i).kind.length; console.log('decode', (performance.now() - t1).toFixed(0)); }
if (what === 'scan') { let n = 0; trace.scan(0, trace.count, (e) => { n += e.kind.length; }); console.log('scan', (performance.now() - t1).toFixed(0), n); }
const timeline = Timeline.open(trace);
if (what === 'seek') { timeline.seek(timeline.steps); timeline.stateAt(); }
if (what === 'alloc') { timeline.history.after(timeline.steps); }
if (what === 'faults') { timeline.faults(); }
console.log(what, (performance.now() - t1).toFixed(0), 'ms; cpu', (process.cpuUsage().user/1000).toFixed(0), 'peak', (process.resourceUsage().maxRSS / 1024).toFixed(0), 'MiB');
