/** Placeholders for when there is nothing to show. They say what would be here and how to get it. */

export function Waiting() {
  return (
    <div class="empty" role="status">
      <p class="quiet">Opening the memory…</p>
    </div>
  );
}

export function ErrorView({ text, onHelp }: { readonly text: string; readonly onHelp: () => void }) {
  return (
    <div class="empty" role="alert">
      <h1>The memory cannot be shown</h1>
      <p>{text}</p>
      <p>
        <button type="button" class="link" onClick={onHelp}>
          What can be opened, and how to get it
        </button>
      </p>
    </div>
  );
}

export function EmptyImage({ onHelp }: { readonly onHelp: () => void }) {
  return (
    <div class="empty">
      <h2>Stable memory is empty</h2>
      <p>
        The image has no bytes: the canister never grew its stable memory, or the download had not started. If the canister uses
        stable memory, stop it, take a snapshot and download that:
      </p>
      <pre>
        {'icp canister snapshot create CANISTER\nicp canister snapshot download CANISTER SNAPSHOT -o DIRECTORY\n\n'}
        {'dfx canister snapshot create CANISTER\ndfx canister snapshot download --dir DIRECTORY CANISTER SNAPSHOT'}
      </pre>
      <p>
        <button type="button" class="link" onClick={onHelp}>
          More about snapshots
        </button>
      </p>
    </div>
  );
}

export function NoImage({ onTimeline }: { readonly onTimeline: () => void }) {
  return (
    <div class="empty">
      <h2>This trace has no image</h2>
      <p>
        It records what an allocator did, not what was written, so there are no bytes and no map to show. The debugger's variables
        and the trees list its live and free blocks at every step.
      </p>
      <p>
        <button type="button" class="link" onClick={onTimeline}>
          Show its blocks, and its addresses over time
        </button>
      </p>
    </div>
  );
}
