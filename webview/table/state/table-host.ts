/** The end of the protocol of the page that shows a table. */
import type { Calls } from '../../../engine/views/protocol.ts';
import type { TableHostNotification, TableNotification, TablePageCall } from '../../../engine/views/table/page.ts';
import { isObject, PageHost, type Port, type ResultGuards } from '../../state/page-host.ts';

const isResult: ResultGuards<TablePageCall> = {
  'table/rows': (value): value is Calls['table/rows']['result'] =>
    isObject(value) && 'rows' in value && Array.isArray(value.rows) && 'until' in value && 'known' in value,
  'table/index': (value): value is Calls['table/index']['result'] => isObject(value) && 'known' in value && 'isWhole' in value,
  'table/search': (value): value is Calls['table/search']['result'] =>
    isObject(value) && ('search' in value || 'problem' in value),
  'table/search-more': (value): value is Calls['table/search-more']['result'] =>
    isObject(value) && 'rows' in value && Array.isArray(value.rows) && 'isDone' in value && 'searched' in value,
};

const NOTIFICATIONS: readonly TableNotification['notification'][] = ['table', 'go', 'stale', 'problem'];

function isNotification(value: object): value is TableNotification {
  return 'notification' in value && NOTIFICATIONS.some((name) => name === value.notification);
}

export class TableHost extends PageHost<TablePageCall, TableNotification, TableHostNotification> {
  constructor(port: Port) {
    super(port, isResult, isNotification);
  }
}
