/** The end of the protocol of the page that compares two snapshots. */
import type { DiffHostNotification, DiffNotification, DiffPageCall } from '../../../engine/views/diff/page.ts';
import type { Calls } from '../../../engine/views/protocol.ts';
import { isObject, PageHost, type Port, type ResultGuards } from '../../state/page-host.ts';

const isResult: ResultGuards<DiffPageCall> = {
  'diff/map': (value): value is Calls['diff/map']['result'] =>
    isObject(value) && 'changes' in value && 'shares' in value && 'ownerOf' in value && 'isWhole' in value,
  'diff/entries': (value): value is Calls['diff/entries']['result'] =>
    isObject(value) && 'rows' in value && Array.isArray(value.rows) && 'known' in value && 'isWhole' in value,
  'diff/entry': (value): value is Calls['diff/entry']['result'] => isObject(value) && 'name' in value && 'parts' in value,
};

const NOTIFICATIONS: readonly DiffNotification['notification'][] = ['progress', 'comparison', 'pairs', 'go', 'stale', 'problem'];

function isNotification(value: object): value is DiffNotification {
  return 'notification' in value && NOTIFICATIONS.some((name) => name === value.notification);
}

export class CompareHost extends PageHost<DiffPageCall, DiffNotification, DiffHostNotification> {
  constructor(port: Port) {
    super(port, isResult, isNotification);
  }
}
