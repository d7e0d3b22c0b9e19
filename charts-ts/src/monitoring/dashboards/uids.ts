/** Uids of the dashboards, which are a part of their addresses. */
export const overviewUid = 'cdc-overview';
export const pipelineUid = 'cdc-pipeline';
