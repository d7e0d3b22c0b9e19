/** Uids of the dashboards, which are part of their URLs. */
export const overviewUid = 'cdc-overview';
export const pipelineUid = 'cdc-pipeline';
