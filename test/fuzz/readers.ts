import type { Reader } from './reader.ts';
import { CODEC_READER } from './readers/codecs.ts';
import { COMPARISON_READER } from './readers/comparisons.ts';
import { GAP_READER } from './readers/gaps.ts';
import { HEAP_READER } from './readers/heaps.ts';
import { IMAGE_READER } from './readers/images.ts';
import { INSTRUMENT_READER } from './readers/instrument.ts';
import { LABEL_READER } from './readers/labels.ts';
import { LOCK_READER } from './readers/locks.ts';
import { MODULE_READER } from './readers/modules.ts';
import { RECORDING_READER } from './readers/recordings.ts';
import { REPAIR_READER } from './readers/repairs.ts';
import { RESCUE_READER } from './readers/rescue.ts';
import { SCRIPT_READER } from './readers/scripts.ts';
import { SOURCE_READER } from './readers/sources.ts';
import { TRACE_READER } from './readers/traces.ts';
import { TYPE_READER } from './readers/types.ts';

/** All readers of untrusted bytes. The short run has 100,000 cases in total. */
export const READERS: readonly Reader[] = [
  CODEC_READER,
  TYPE_READER,
  LABEL_READER,
  LOCK_READER,
  COMPARISON_READER,
  MODULE_READER,
  INSTRUMENT_READER,
  RECORDING_READER,
  REPAIR_READER,
  RESCUE_READER,
  SCRIPT_READER,
  SOURCE_READER,
  TRACE_READER,
  HEAP_READER,
  IMAGE_READER,
  GAP_READER,
];
