/** The end of the protocol of the page that draws a memory. */
import type { Calls, HostNotification, PageCall, WebviewNotification } from '../../engine/views/protocol.ts';
import { isObject, PageHost, type Port, type ResultGuards } from './page-host.ts';

/** Type guards for the result of each call. */
const isResult: ResultGuards<PageCall> = {
  'memory/map': (value): value is Calls['memory/map']['result'] =>
    isObject(value) && 'firstPart' in value && 'bytesOf' in value && 'faults' in value && 'owners' in value,
  'memory/explain': (value): value is Calls['memory/explain']['result'] =>
    isObject(value) && 'crumbs' in value && 'sections' in value && 'selection' in value,
  'memory/bytes': (value): value is Calls['memory/bytes']['result'] =>
    isObject(value) && 'bytes' in value && value.bytes instanceof Uint8Array && 'missing' in value,
  'memory/fields': (value): value is Calls['memory/fields']['result'] => isObject(value) && 'fields' in value,
  'memory/space': (value): value is Calls['memory/space']['result'] =>
    isObject(value) && 'starts' in value && value.starts instanceof Float64Array && 'pieceBytes' in value,
  'memory/data': (value): value is Calls['memory/data']['result'] =>
    isObject(value) && 'numbers' in value && 'decodings' in value && 'range' in value,
};

const NOTIFICATIONS: readonly WebviewNotification['notification'][] = [
  'show',
  'scan',
  'scan-failed',
  'stale',
  'select',
  'bookmarks',
  'problem',
];

function isNotification(value: object): value is WebviewNotification {
  return 'notification' in value && NOTIFICATIONS.some((name) => name === value.notification);
}

export class Host extends PageHost<PageCall, WebviewNotification, HostNotification> {
  constructor(port: Port) {
    super(port, isResult, isNotification);
  }
}
