/** The parts of the SARIF 2.1.0 schema (OASIS) that this tool writes: required properties, types and values. */
type Rule =
  | { readonly is: 'text' | 'count' | 'line' | 'flag' }
  | { readonly one: readonly string[] }
  | { readonly list: Rule }
  | {
      readonly required?: Readonly<Record<string, Rule>>;
      readonly optional?: Readonly<Record<string, Rule>>;
      readonly open?: true;
    };

const TEXT: Rule = { is: 'text' };
const MESSAGE: Rule = { required: { text: TEXT } };
const LEVEL: Rule = { one: ['none', 'note', 'warning', 'error'] };
const ANYTHING: Rule = { open: true };

const LOCATION: Rule = {
  optional: {
    physicalLocation: {
      required: { artifactLocation: { required: { uri: TEXT } } },
      optional: {
        region: { optional: { startLine: { is: 'line' }, byteOffset: { is: 'count' }, byteLength: { is: 'count' } } },
      },
    },
    logicalLocations: { list: { optional: { fullyQualifiedName: TEXT } } },
  },
};

const LOG: Rule = {
  required: {
    version: { one: ['2.1.0'] },
    runs: {
      list: {
        required: {
          tool: {
            required: {
              driver: {
                required: { name: TEXT },
                optional: {
                  semanticVersion: TEXT,
                  rules: {
                    list: {
                      required: { id: TEXT },
                      optional: {
                        shortDescription: MESSAGE,
                        help: MESSAGE,
                        defaultConfiguration: { optional: { level: LEVEL } },
                      },
                    },
                  },
                },
              },
            },
          },
        },
        optional: {
          invocations: {
            list: {
              required: { executionSuccessful: { is: 'flag' } },
              optional: { toolExecutionNotifications: { list: { required: { message: MESSAGE }, optional: { level: LEVEL } } } },
            },
          },
          results: {
            list: {
              required: { message: MESSAGE },
              optional: {
                ruleId: TEXT,
                ruleIndex: { is: 'count' },
                level: LEVEL,
                locations: { list: LOCATION },
                partialFingerprints: ANYTHING,
                properties: ANYTHING,
              },
            },
          },
        },
      },
    },
  },
  optional: { $schema: TEXT },
};

/** Returns what in a log contradicts the schema. */
export function problemsOfSarif(log: unknown): readonly string[] {
  return problemsOf(log, LOG, '');
}

function problemsOf(value: unknown, rule: Rule, at: string): readonly string[] {
  if ('is' in rule) return isRight(value, rule.is) ? [] : [`${at} is not a ${rule.is}`];
  if ('one' in rule) return rule.one.some((one) => one === value) ? [] : [`${at} cannot be ${JSON.stringify(value)}`];
  if ('list' in rule) {
    if (!Array.isArray(value)) return [`${at} is not a list`];
    return value.flatMap((item: unknown, index) => problemsOf(item, rule.list, `${at}[${index}]`));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is not an object`];
  const { required = {}, optional = {}, open } = rule;
  const own = new Map<string, unknown>(Object.entries(value));
  const place = (name: string): string => (at === '' ? name : `${at}.${name}`);
  const missing = Object.keys(required).flatMap((name) => (own.has(name) ? [] : [`${place(name)} is missing`]));
  if (open === true) return missing;
  const rules = new Map(Object.entries({ ...required, ...optional }));
  const wrong = [...own].flatMap(([name, item]) => {
    const inner = rules.get(name);
    return inner === undefined ? [`${place(name)} is unknown`] : problemsOf(item, inner, place(name));
  });
  return [...missing, ...wrong];
}

function isRight(value: unknown, is: 'text' | 'count' | 'line' | 'flag'): boolean {
  if (is === 'text') return typeof value === 'string';
  if (is === 'flag') return typeof value === 'boolean';
  return Number.isInteger(value) && Number(value) >= (is === 'line' ? 1 : 0);
}
