/**
 * What calls cost on a subnet of 13 nodes, in cycles (Internet Computer developer documentation, "Cycles costs"). Signatures are made
 * by a subnet of 34 nodes, but for those of the test keys.
 */
import { Trap } from '../trap.ts';
import { IN } from './contexts.ts';
import { textAt, write128 } from './copies.ts';
import { type System, type SystemFunction, unsigned, unsigned64 } from './system.ts';

const CALL = 260_000n;
const CALL_BYTE = 1_000n;
const CREATE_CANISTER = 500_000_000_000n;
const HTTP_REQUEST = 49_140_000n;
const HTTP_REQUEST_BYTE = 5_200n;
const HTTP_RESPONSE_BYTE = 10_400n;
const MAX_RESPONSE = 2_000_000n;
const SIGNATURE = 26_153_846_153n;
const TEST_SIGNATURE = 10_000_000_000n;

const INVALID_CURVE = 1;
const INVALID_KEY = 2;

export const COSTS: Readonly<Record<string, SystemFunction>> = {
  cost_call: {
    contexts: IN.anything,
    run: (system, name, payload, to) => write128(system, to, CALL + CALL_BYTE * (unsigned64(name) + unsigned64(payload))),
  },
  cost_create_canister: { contexts: IN.anything, run: (system, to) => write128(system, to, CREATE_CANISTER) },
  cost_http_request: {
    contexts: IN.anything,
    run: (system, request, response, to) => {
      const most = unsigned64(response) || MAX_RESPONSE;
      return write128(system, to, HTTP_REQUEST + HTTP_REQUEST_BYTE * unsigned64(request) + HTTP_RESPONSE_BYTE * most);
    },
  },
  cost_http_request_v2: {
    contexts: IN.anything,
    run: () => {
      throw new Trap('ic0.cost_http_request_v2 was called, but this recorder does not know its prices.');
    },
  },
  cost_sign_with_ecdsa: { contexts: IN.anything, run: signatureCost(1, ['key_1', 'test_key_1']) },
  cost_sign_with_schnorr: { contexts: IN.anything, run: signatureCost(2, ['key_1', 'test_key_1']) },
  cost_vetkd_derive_key: { contexts: IN.anything, run: signatureCost(1, ['key_1', 'test_key_1']) },
};

/** Returns the function for a kind of signature with `curves` curves or algorithms. It returns 0 if curve and key exist. */
function signatureCost(curves: number, keys: readonly string[]): SystemFunction['run'] {
  return (system: System, name, length, curve, to) => {
    if (unsigned(curve) >= curves) return INVALID_CURVE;
    const key = textAt(system, name, length);
    if (!keys.includes(key)) return INVALID_KEY;
    write128(system, to, key.startsWith('test') ? TEST_SIGNATURE : SIGNATURE);
    return 0;
  };
}
