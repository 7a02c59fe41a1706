import { useEffect, useState } from 'preact/hooks';
import { BytesPane } from './bytes/bytes-pane.tsx';
import { EmptyImage, NoImage, ProblemView, Waiting } from './empty.tsx';
import { useLook, useSize } from './hooks.ts';
import { Inspector } from './inspector/inspector.tsx';
import { MapPane } from './map/map-pane.tsx';
import { Splitter } from './splitter.tsx';
import type { EditorModel } from './state/model.ts';
import { type EditorState, imageOf } from './state/state.ts';
import { Banner } from './strip/banner.tsx';
import { Findings } from './strip/findings.tsx';
import { Remarks } from './strip/remarks.tsx';
import { Strip } from './strip/strip.tsx';

const MIN_INSPECTOR = 220;
const MIN_BYTES = 96;

/** The whole editor: strip, remarks and findings, then the map with the inspector beside it, then the bytes. */
export function Editor({ model }: { readonly model: EditorModel }) {
  const [state, setState] = useState(model.state);
  useEffect(() => {
    setState(model.state);
    return model.subscribe(setState);
  }, [model]);
  const { stage } = state;
  return (
    <div class="editor">
      {state.stale !== undefined && <Banner text={state.stale} onReload={() => model.reload()} />}
      {stage.kind === 'waiting' && <Waiting />}
      {stage.kind === 'problem' && <ProblemView text={stage.text} onHelp={() => model.tell('openHelp')} />}
      {stage.kind === 'shown' && (
        <>
          <Strip model={model} state={state} summary={stage.summary} />
          <Remarks summary={stage.summary} scan={state.scan} problem={state.scanProblem} />
          {state.panes.areFindingsOpen && <Findings model={model} scan={state.scan} selection={state.selection} />}
          {imageOf(state) === undefined ? (
            stage.summary.hasImage ? (
              <EmptyImage onHelp={() => model.tell('openHelp')} />
            ) : (
              <NoImage />
            )
          ) : (
            <Panes model={model} state={state} />
          )}
        </>
      )}
      <div class="announcement" aria-live="polite">
        {state.announcement}
      </div>
    </div>
  );
}

function Panes({ model, state }: { readonly model: EditorModel; readonly state: EditorState }) {
  const look = useLook();
  const [room, size] = useSize<HTMLDivElement>();
  const { panes } = state;
  // A pane that was made large in a large window leaves room for the others in a small one.
  const mostInspector = Math.max(MIN_INSPECTOR, (size?.width ?? 1400) * 0.45);
  const mostBytes = Math.max(MIN_BYTES, (size?.height ?? 800) * 0.6);
  const inspectorWidth = Math.min(panes.inspectorWidth, mostInspector);
  const bytesHeight = Math.min(panes.bytesHeight, mostBytes, Math.max(MIN_BYTES, (size?.height ?? 800) * 0.42));
  return (
    <div class="panes" ref={room}>
      <div class="upper">
        <MapPane model={model} state={state} look={look} />
        {panes.isInspectorOpen && (
          <Splitter
            label="Width of the inspector"
            orientation="vertical"
            value={inspectorWidth}
            least={MIN_INSPECTOR}
            most={mostInspector}
            onChange={(inspectorWidth) => model.arrange({ inspectorWidth })}
          />
        )}
        <Inspector model={model} state={state} width={inspectorWidth} />
      </div>
      {panes.areBytesOpen && (
        <Splitter
          label="Height of the bytes"
          orientation="horizontal"
          value={bytesHeight}
          least={MIN_BYTES}
          most={mostBytes}
          onChange={(bytesHeight) => model.arrange({ bytesHeight })}
        />
      )}
      <BytesPane model={model} state={state} look={look} height={bytesHeight} />
    </div>
  );
}
