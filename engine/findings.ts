import type { ReadableMemory, Span } from './memory/memory.ts';

/** error: data is lost, unreachable or will be overwritten. warning: waste, or a trap in waiting. information: a fact worth knowing. */
export type Severity = 'error' | 'warning' | 'information';

export interface FindingKind {
  readonly severity: Severity;
  /** What it means, in a sentence for the owner of the canister. */
  readonly means: string;
  /** What to do about it. */
  readonly cure: string;
}

/** Every finding that there is. The table in the docs is made from this. */
export const FINDINGS = {
  // MemoryManager of ic-stable-structures
  'mm.bad-magic': {
    severity: 'error',
    means: 'Page 0 is a memory manager in all but its magic. The next MemoryManager::init starts empty and overwrites it.',
    cure: 'Do not upgrade the canister. Restore the three bytes "MGR" at the start of the image.',
  },
  'mm.bad-version': {
    severity: 'error',
    means: 'The memory manager has a layout version that no release of the library reads: loading it traps.',
    cure: 'Use the build that wrote it to move the data, or restore a snapshot from before.',
  },
  'mm.bucket-size-zero': {
    severity: 'error',
    means: 'The bucket size is zero, so the first access to any memory traps with a division by zero.',
    cure: 'Restore the two bytes at offset 6: the image has 1 + bucket size * allocated buckets pages.',
  },
  'mm.count-outside': {
    severity: 'error',
    means: 'More buckets are counted as allocated than a memory manager can have, so no memory can grow any more.',
    cure: 'Restore the two bytes at offset 4: one more than the highest bucket that was ever handed out.',
  },
  'mm.reserved-bytes': {
    severity: 'information',
    means: 'Reserved bytes of the header are set, although the library writes zeros there.',
    cure: 'Find out which program wrote them; the library clears them at the next grow.',
  },
  'mm.too-few-buckets': {
    severity: 'error',
    means:
      'A memory owns fewer buckets than its size needs: reading beyond them traps, and a lost first bucket looks like an empty memory.',
    cure: "See whether one of its buckets is marked as nobody's or as another memory's, and restore that byte of the owner table.",
  },
  'mm.too-many-buckets': {
    severity: 'warning',
    means:
      'A memory owns more buckets than its size needs. A surplus at the end is waste; one further down shifts all pages behind it.',
    cure: 'See whether another memory has too few, or whether the size was lowered, and restore that byte.',
  },
  'mm.owned-bucket-above-count': {
    severity: 'error',
    means:
      'A memory owns a bucket that the count calls never handed out: the next grow gives it to another memory, and both overwrite it.',
    cure: 'Do not let the canister grow. Restore the count at offset 4 to one more than the highest bucket in use.',
  },
  'mm.freed-bucket': {
    severity: 'information',
    means:
      "A bucket below the count is nobody's. Version 0.7.1 of the library reclaims memories so; all others never use the bucket again.",
    cure: 'Nothing, where the canister ran 0.7.1. Otherwise look for the memory that lost it.',
  },
  'mm.bucket-outside-image': {
    severity: 'error',
    means: 'Buckets lie beyond the end of the image: it was cut off, or is not downloaded to its end.',
    cure: "Download the snapshot again, and compare its size with the canister's stable memory.",
  },
  // Motoko's regions
  'region.bad-magic': {
    severity: 'error',
    means:
      'Page 0 is a region manager in all but its magic: the runtime takes the image for one without regions, and overwrites it.',
    cure: 'Do not upgrade the canister. Restore the eight bytes "MOREGION" at the start of the image.',
  },
  'region.bad-version': {
    severity: 'error',
    means: 'The region manager has a format version that no release of Motoko has written: the runtime refuses it.',
    cure: 'Restore the four bytes at offset 8 to 2, or use the compiler that wrote the image.',
  },
  'region.block-table': {
    severity: 'error',
    means: 'The table of blocks contradicts itself, its header or the size of the image: a region has lost or swapped bytes.',
    cure: 'Restore the entry. The blocks of a region have ranks 0, 1, 2, … and 128 pages each, but for the last.',
  },
  'region.trailer': {
    severity: 'error',
    means:
      'The words that pre-upgrade leaves at the end of stable memory do not fit the image, so that post-upgrade traps or loses data.',
    cure: 'Do not upgrade with this image. Restore the last bytes of its last page, or take the snapshot again.',
  },

  // Traces: their file, and what happened in them
  'trace.not-a-trace': {
    severity: 'error',
    means: 'The file does not begin as a trace does.',
    cure: 'Open a .smtrace or .smtrace.jsonl file. Traces of other tools are made into one by "stable-memory import".',
  },
  'trace.version': {
    severity: 'error',
    means: 'The trace is of a later version of the format.',
    cure: 'Read it with a newer release of this tool.',
  },
  'trace.bad-event': {
    severity: 'error',
    means: 'An event in the trace file is damaged. Events after it are not read, because nothing says where they begin.',
    cure: 'Record the trace again, or restore the file. The steps before the damage can be used.',
  },
  'trace.cut': {
    severity: 'warning',
    means: 'The trace file ends inside of an event, as after a crash of what recorded it.',
    cure: 'Nothing needs to be done: all complete events were read.',
  },
  'trace.gap': {
    severity: 'warning',
    means: 'The recorder lost events here, so that states after this point may be wrong.',
    cure: 'Record with a larger buffer, or take only the steps before the gap for certain.',
  },
  'trace.initial-differs': {
    severity: 'error',
    means: 'The trace was recorded from another state than the one that it is replayed on.',
    cure: 'Replay it on the snapshot that was taken when the recording began.',
  },
  'trace.initial-missing': {
    severity: 'warning',
    means: 'The trace was recorded from a snapshot, and none was given: what the trace does not write is shown as zero.',
    cure: 'Name the snapshot that was taken when the recording began.',
  },
  'trace.checkpoint': {
    severity: 'error',
    means: 'The replayed memory is not the one that the recorder saw: events are missing or wrong.',
    cure: 'Check that the snapshot is the right one, and that the recorder sees every write.',
  },
  'trace.overlap': {
    severity: 'error',
    means: 'The allocator handed out bytes that are already in use: whoever writes first loses them.',
    cure: 'Look at the step that allocated the other block. Versions of augmented-btrees before 0.8.0 do this; update the library.',
  },
  'trace.double-free': {
    severity: 'error',
    means: 'Bytes were given back that were free already: two later requests can get them at once.',
    cure: 'Find who gave them back first, and keep one of the two.',
  },
  'trace.not-live': {
    severity: 'error',
    means: 'A range was given back of which a part was not in use.',
    cure: 'Give back exactly what was allocated: the same address, the same size.',
  },
  'trace.out-of-bounds': {
    severity: 'error',
    means: 'A range ends behind the end of its memory; the real library traps here.',
    cure: 'Check the address and the length that the program computed.',
  },
  'trace.grow-failed': {
    severity: 'warning',
    means: 'A memory could not grow. Libraries that do not look at the answer go on as if it had.',
    cure: 'Free memory, or raise the limit of the canister.',
  },
  // Motoko's MemoryBuffer
  'buffer.bad-version': {
    severity: 'error',
    means: 'The buffer has a layout version that no release of the library reads.',
    cure: 'Find out which program wrote the region; restore the byte at address 3 to 0 where it was this library.',
  },
  'buffer.pairing': {
    severity: 'error',
    means:
      'A buffer is made of two regions whose headers name each other; here they do not, so that values cannot be told to belong to it.',
    cure: 'Restore the magic, or the region id, of the header that differs. See which regions the program itself has together.',
  },
  'buffer.count': {
    severity: 'error',
    means:
      'The count of values is higher than the records that were ever written: reading the last ones traps or gives old bytes.',
    cure: 'Restore the eight bytes at address 8 of the pointers region to the number of values.',
  },
  'buffer.pointer-outside': {
    severity: 'error',
    means: "A record points outside of the region that has the values: reading this value traps, or gives the header's bytes.",
    cure: 'Remove the element, or restore its record. Its bytes may still lie in a gap between the others.',
  },
  'buffer.overlap': {
    severity: 'error',
    means:
      'Two values share bytes: what was stored later has overwritten the other. Some releases of augmented-btrees hand out blocks twice.',
    cure: 'Move to memory-region 1.4.0 with augmented-btrees 0.8.0, and store the damaged values anew from another source.',
  },
} as const satisfies Record<string, FindingKind>;

export type FindingCode = keyof typeof FINDINGS;

/** Something that the bytes say and should not, with the bytes that say it. */
export interface Finding {
  readonly code: FindingCode;
  /** The memory that `at` lies in: a manager's image, a virtual memory, a region. */
  readonly memory: ReadableMemory;
  /** Contains the damaged bytes. */
  readonly at: Span;
  readonly message: string;
  /** How the reader came here, outermost first: `root 0x64`, `child 3`, … Empty where there was no way to go. */
  readonly path?: readonly string[];
}

/** Where a reader puts what it finds; reading goes on. */
export type Report = (finding: Finding) => void;
