import { MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, type RawDocument } from '@grafana/grafana-foundation-sdk/elasticsearch';
import { PanelBuilder as TablePanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { colors, elasticsearchSource, type PanelSource } from '../common.ts';
import { eventLucene } from '../variables.ts';

/** How many of the newest documents the panel shows. */
const rows = 500;

/** Name of the query, and of the one field that it returns: the whole document. */
const document = 'Document';

/**
 * Columns of the table: field after the transformations → title. A row image is one column: a column for each of its
 * fields would give hundreds.
 */
const columns = [
  // The first sort value, in milliseconds. `@timestamp` itself is a list with one text.
  ['0', 'Time'],
  ['schema', 'Schema'],
  ['table', 'Table'],
  ['action', 'Operation'],
  ['primary_key', 'Key'],
  ['changed', 'Changed columns'],
  ['data', 'Data'],
  ['old', 'Before'],
  [document, document],
] as const;

/** The events themselves, newest first; the eye in a cell opens it whole. */
export function eventPanels(): readonly PanelSource[] {
  return [
    new TablePanelBuilder()
      .title('Raw CDC events')
      .description(
        `The ${rows} newest events of the chosen tables and operations. Point at a cell and click its eye to see the whole value; Document holds everything that is stored.`,
      )
      .datasource(elasticsearchSource)
      .height(12)
      .span(24)
      .withTarget(query())
      .transformations(transformations())
      .overrideByName('Time', [
        { id: 'custom.width', value: 190 },
        { id: 'unit', value: 'time:YYYY-MM-DD HH:mm:ss.SSS' },
      ])
      .overrideByName('Schema', [{ id: 'custom.width', value: 80 }])
      .overrideByName('Table', [{ id: 'custom.width', value: 120 }])
      .overrideByName('Operation', operationColumn)
      .overrideByName('Changed columns', [{ id: 'custom.width', value: 170 }])
      .overrideByName('Key', [{ id: 'custom.width', value: 190 }, ...json])
      .overrideByRegexp('/^(Data|Before)$/', json)
      .overrideByName('Document', [{ id: 'custom.width', value: 120 }, ...json]),
  ];
}

function query(): DataqueryBuilder {
  return new DataqueryBuilder()
    .datasource(elasticsearchSource)
    .refId(document)
    .query(eventLucene)
    .timeField('@timestamp')
    .metrics([{ build: () => wholeDocuments }])
    .bucketAggs([]);
}

/** The SDK's builder for this (0.0.21) sets the type to `unknown`, which Grafana's backend does not answer. */
const wholeDocuments: RawDocument = { id: '1', type: 'raw_document', settings: { size: String(rows) } };

/** Extracts the fields of the document level by level. A missing field gives an empty cell. */
function transformations(): { id: string; options: Readonly<Record<string, unknown>> }[] {
  const names = columns.map(([field]) => field);
  return [
    ...[document, 'sort', 'event', 'cdc'].map((source) => ({
      id: 'extractFields',
      options: { source, format: 'json', replace: false },
    })),
    { id: 'filterFieldsByName', options: { include: { names } } },
    {
      id: 'convertFieldType',
      options: {
        fields: {},
        conversions: [
          { targetField: '0', destinationType: 'time' },
          { targetField: 'changed', destinationType: 'string', joinWith: ', ' },
        ],
      },
    },
    {
      id: 'organize',
      options: {
        excludeByName: {},
        indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
        renameByName: Object.fromEntries(columns),
      },
    },
  ];
}

const json = [
  { id: 'custom.cellOptions', value: { type: 'json-view' } },
  { id: 'custom.inspect', value: true },
];

const operationColumn = [
  { id: 'custom.width', value: 100 },
  { id: 'custom.cellOptions', value: { type: 'color-text' } },
  {
    id: 'mappings',
    value: [
      {
        type: MappingType.ValueToText,
        options: {
          insert: { color: colors.insert, index: 0 },
          update: { color: colors.update, index: 1 },
          delete: { color: colors.delete, index: 2 },
        },
      },
    ],
  },
];
