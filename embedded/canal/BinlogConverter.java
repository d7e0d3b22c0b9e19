package tidbcdc;

import com.alibaba.otter.canal.parse.exception.CanalParseException;
import com.alibaba.otter.canal.parse.inbound.TableMeta;
import com.alibaba.otter.canal.parse.inbound.TableMeta.FieldMeta;
import com.alibaba.otter.canal.parse.inbound.mysql.dbsync.LogEventConvert;
import com.alibaba.otter.canal.protocol.CanalEntry.Entry;
import com.taobao.tddl.dbsync.binlog.LogEvent;
import com.taobao.tddl.dbsync.binlog.event.QueryLogEvent;
import com.taobao.tddl.dbsync.binlog.event.RowsLogEvent;
import com.taobao.tddl.dbsync.binlog.event.TableMapLogEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes rows with the table structure at the time they were written.
 *
 * <p>Canal asks the database for the table's current structure. If a column or the table has since been dropped, Canal
 * fails and retries the same event forever, which blocks all events behind it. The binlog carries each table's columns
 * (binlog_row_metadata=FULL); they are used wherever the live table differs.
 */
final class BinlogConverter extends LogEventConvert {
    private static final Logger LOG = LoggerFactory.getLogger(BinlogConverter.class);

    /** Structures by table id. The server assigns a new id whenever a table's structure changes. */
    private final Map<Long, TableMeta> tables = new HashMap<>();

    @Override
    public Entry parse(LogEvent event, boolean isSeek) {
        try {
            return super.parse(event, isSeek);
        } catch (CanalParseException failure) {
            if (!(event instanceof QueryLogEvent statement)) throw failure;
            // A statement carries no rows. Retrying it forever would block the rows behind it.
            LOG.warn("leaving out a statement that Canal cannot read: {}", statement.getQuery(), failure);
            return null;
        }
    }

    @Override
    public TableMeta parseRowsEventForTableMeta(RowsLogEvent event) {
        TableMeta known = tables.get(event.getTableId());
        if (known != null) return known;
        TableMeta meta = lookUp(event);
        if (meta != null) tables.put(event.getTableId(), meta);
        return meta;
    }

    private TableMeta lookUp(RowsLogEvent event) {
        TableMapLogEvent table = event.getTable();
        TableMeta live;
        try {
            live = super.parseRowsEventForTableMeta(event);
            if (live == null || hasColumnsOf(live, table)) return live;
        } catch (CanalParseException gone) {
            if (table == null) throw gone;
            LOG.info("{}.{} is gone: its columns come from the binlog", table.getDbName(), table.getTableName());
        }
        return fromBinlog(table);
    }

    /** Table ids start again when the server restarts. */
    @Override
    public void reset() {
        tables.clear();
        super.reset();
    }

    private static boolean hasColumnsOf(TableMeta live, TableMapLogEvent table) {
        TableMapLogEvent.ColumnInfo[] columns = table.getColumnInfo();
        if (live.getFields().size() != columns.length) return false;
        for (int i = 0; i < columns.length; i++) {
            FieldMeta field = live.getFields().get(i);
            if (!field.getColumnName().equalsIgnoreCase(columns[i].name) || field.isKey() != columns[i].pk) return false;
        }
        return true;
    }

    private static TableMeta fromBinlog(TableMapLogEvent table) {
        List<FieldMeta> fields = new ArrayList<>();
        for (TableMapLogEvent.ColumnInfo column : table.getColumnInfo()) {
            fields.add(new FieldMeta(column.name, ColumnType.of(column), column.nullable, column.pk, null));
        }
        return new TableMeta(table.getDbName(), table.getTableName(), fields);
    }
}
