/** The end of the protocol of the page that draws a trace over time. */
import type { Calls } from '../../../engine/views/protocol.ts';
import type { TimelineHostNotification, TimelineNotification, TimelinePageCall } from '../../../engine/views/timeline/page.ts';
import { isObject, PageHost, type Port, type ResultGuards } from '../../state/page-host.ts';

const isResult: ResultGuards<TimelinePageCall> = {
  'timeline/addresses': (value): value is Calls['timeline/addresses']['result'] =>
    isObject(value) && 'live' in value && 'kindOf' in value && 'tops' in value && 'marks' in value,
  'timeline/series': (value): value is Calls['timeline/series']['result'] => Array.isArray(value),
  'timeline/blocks': (value): value is Calls['timeline/blocks']['result'] =>
    isObject(value) && 'liveOf' in value && 'freeOf' in value && 'changed' in value,
  'timeline/story': (value): value is Calls['timeline/story']['result'] => isObject(value) && 'text' in value,
  'timeline/why': (value): value is Calls['timeline/why']['result'] =>
    value === undefined || (isObject(value) && 'steps' in value && 'text' in value),
  'timeline/policies': (value): value is Calls['timeline/policies']['result'] => Array.isArray(value),
  'timeline/bucket-sizes': (value): value is Calls['timeline/bucket-sizes']['result'] => Array.isArray(value),
  'timeline/flame': (value): value is Calls['timeline/flame']['result'] => isObject(value) && 'root' in value,
};

const NOTIFICATIONS: readonly TimelineNotification['notification'][] = ['timeline', 'moved', 'problem'];

function isNotification(value: object): value is TimelineNotification {
  return 'notification' in value && NOTIFICATIONS.some((name) => name === value.notification);
}

/** Time after which a call without an answer fails: the first one about a trace of ten million steps reads all of it. Milliseconds. */
const TIMEOUT = 600_000;

export class TimelineHost extends PageHost<TimelinePageCall, TimelineNotification, TimelineHostNotification> {
  constructor(port: Port) {
    super(port, isResult, isNotification, TIMEOUT);
  }
}
