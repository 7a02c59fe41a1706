import { BytesPane } from './bytes/bytes-pane.tsx';
import { EmptyImage, ErrorView, NoImage, Waiting } from './empty.tsx';
import { useLook, useModelState, useSize } from './hooks.ts';
import { Inspector } from './inspector/inspector.tsx';
import { MapPane } from './map/map-pane.tsx';
import { Splitter } from './splitter.tsx';
import type { EditorModel } from './state/model.ts';
import { type EditorState, imageOf } from './state/state.ts';
import { Banner } from './strip/banner.tsx';
import { ConclusionBand } from './strip/conclusion.tsx';
import { Findings } from './strip/findings.tsx';
import { Remarks } from './strip/remarks.tsx';
import { Strip } from './strip/strip.tsx';

const MIN_INSPECTOR = 220;
const MIN_BYTES = 96;
/** In a narrower window the inspector is below the map. Pixels. */
const MIN_BESIDE = 560;

/** The whole editor: strip, remarks and findings, then the map and the inspector, then the bytes. */
export function Editor({ model }: { readonly model: EditorModel }) {
  const state = useModelState(model);
  const { stage } = state;
  return (
    <main class="editor">
      {state.stale !== undefined && <Banner text={state.stale} onReload={() => model.reload()} />}
      {stage.kind === 'waiting' && <Waiting />}
      {stage.kind === 'error' && <ErrorView text={stage.text} onHelp={() => model.runCommand('openHelp')} />}
      {stage.kind === 'shown' && (
        <>
          <Strip model={model} state={state} summary={stage.summary} />
          <ConclusionBand summary={stage.summary} />
          <Remarks summary={stage.summary} scan={state.scan} error={state.scanError} />
          {state.panes.areFindingsOpen && (
            <Findings model={model} scan={state.scan} selection={state.selection} isSnapshot={stage.memory.kind === 'snapshot'} />
          )}
          {imageOf(state) === undefined ? (
            stage.summary.hasImage ? (
              <EmptyImage onHelp={() => model.runCommand('openHelp')} />
            ) : (
              <NoImage onTimeline={() => model.runCommand('showTimeline')} />
            )
          ) : (
            <Panes model={model} state={state} />
          )}
        </>
      )}
      <div class="announcement" aria-live="polite">
        {state.announcement}
      </div>
    </main>
  );
}

function Panes({ model, state }: { readonly model: EditorModel; readonly state: EditorState }) {
  const look = useLook();
  const [room, size] = useSize<HTMLDivElement>();
  const { panes } = state;
  // In a small window, a pane that was enlarged in a large one leaves space for the others.
  const maxInspector = Math.max(MIN_INSPECTOR, (size?.width ?? 1400) * 0.45);
  const maxBytes = Math.max(MIN_BYTES, (size?.height ?? 800) * 0.6);
  const isNarrow = size !== undefined && size.width < MIN_BESIDE;
  const inspectorWidth = Math.min(panes.inspectorWidth, maxInspector);
  const bytesHeight = Math.min(panes.bytesHeight, maxBytes, Math.max(MIN_BYTES, (size?.height ?? 800) * 0.42));
  return (
    <div class={isNarrow ? 'panes narrow' : 'panes'} ref={room}>
      <div class="upper">
        <MapPane model={model} state={state} look={look} />
        {panes.isInspectorOpen && !isNarrow && (
          <Splitter
            label="Width of the inspector"
            orientation="vertical"
            value={inspectorWidth}
            min={MIN_INSPECTOR}
            max={maxInspector}
            onChange={(inspectorWidth) => model.arrange({ inspectorWidth })}
          />
        )}
        <Inspector model={model} state={state} look={look} width={isNarrow ? undefined : inspectorWidth} />
      </div>
      {panes.areBytesOpen && (
        <Splitter
          label="Height of the bytes"
          orientation="horizontal"
          value={bytesHeight}
          min={MIN_BYTES}
          max={maxBytes}
          onChange={(bytesHeight) => model.arrange({ bytesHeight })}
        />
      )}
      <BytesPane model={model} state={state} look={look} height={bytesHeight} />
    </div>
  );
}
