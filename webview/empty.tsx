/** What stands where there is nothing to show: what would be here, and how to get it. */

export function Waiting() {
  return (
    <div class="empty" role="status">
      <p class="quiet">Opening the memory…</p>
    </div>
  );
}

export function ProblemView({ text, onHelp }: { readonly text: string; readonly onHelp: () => void }) {
  return (
    <div class="empty" role="alert">
      <h2>The memory cannot be shown</h2>
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
        The image has no bytes: the canister has never grown its stable memory, or the download had not begun. A snapshot of a
        canister that uses it has them; stop the canister, take a snapshot and download it:
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

export function NoImage() {
  return (
    <div class="empty">
      <h2>This trace has no image</h2>
      <p>
        It tells what an allocator did, not what was written, so there are no bytes and no map to show. Its blocks and its free
        list stand in the debugger's variables and in the trees, at every step.
      </p>
    </div>
  );
}
