import type { FindingRow } from '../engine/views/protocol.ts';

/** Icon of a finding's severity: a disc, a triangle or a ring. */
export function SeverityIcon({ severity }: { readonly severity: FindingRow['severity'] }) {
  return (
    <svg class={`severity ${severity}`} viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      {severity === 'error' && <path d="M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13M5.5 5.5l5 5m0-5l-5 5" />}
      {severity === 'warning' && <path d="M8 2L1.5 13.5h13zM8 6.5v3.5M8 11.5v.6" />}
      {severity === 'information' && <path d="M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13M8 7.2v4M8 4.8v.6" />}
    </svg>
  );
}

/** Arrow head that shows in which direction a pane closes or opens. */
export function Chevron({ direction }: { readonly direction: 'up' | 'down' | 'left' | 'right' }) {
  return (
    <svg class={`chevron ${direction}`} viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d="M5.5 3.5L10 8l-4.5 4.5" />
    </svg>
  );
}
