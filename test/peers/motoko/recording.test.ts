import { vi } from 'vitest';
import { testNotes, testRandomScript } from './recording.ts';

vi.mock('node:worker_threads', () => import('../../cli/fake-worker.ts'));

testNotes('enhancedOP');
testRandomScript('enhancedOP');
