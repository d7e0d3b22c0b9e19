package tidbcdc;

import com.alibaba.otter.canal.common.alarm.LogAlarmHandler;
import com.alibaba.otter.canal.filter.aviater.AviaterRegexFilter;
import com.alibaba.otter.canal.instance.core.AbstractCanalInstance;
import com.alibaba.otter.canal.meta.FileMixedMetaManager;
import com.alibaba.otter.canal.parse.ha.HeartBeatHAController;
import com.alibaba.otter.canal.parse.inbound.BinlogParser;
import com.alibaba.otter.canal.parse.inbound.mysql.MysqlEventParser;
import com.alibaba.otter.canal.parse.index.FailbackLogPositionManager;
import com.alibaba.otter.canal.parse.index.MemoryLogPositionManager;
import com.alibaba.otter.canal.parse.index.MetaLogPositionManager;
import com.alibaba.otter.canal.parse.support.AuthenticationInfo;
import com.alibaba.otter.canal.protocol.ClientIdentity;
import com.alibaba.otter.canal.protocol.position.EntryPosition;
import com.alibaba.otter.canal.protocol.position.LogIdentity;
import com.alibaba.otter.canal.protocol.position.LogPosition;
import com.alibaba.otter.canal.sink.entry.EntryEventSink;
import com.alibaba.otter.canal.store.memory.MemoryEventStoreWithBuffer;
import com.alibaba.otter.canal.store.model.BatchMode;
import java.net.InetSocketAddress;

/** Assembles Canal's components for one database: binlog parser, filter, in-memory store, position in a file. */
final class CaptureInstance extends AbstractCanalInstance {
    static final String DESTINATION = "cdc-events";

    /** Identifies the capture as a replica. Any number works that no server of the replication set uses. */
    private static final long REPLICA_ID = 4000;

    /** Every database of the users, except those that hold the server's own state. */
    private static final String CAPTURED = ".*\\..*";
    private static final String OF_THE_SERVER = "mysql\\..*,information_schema\\..*,performance_schema\\..*,sys\\..*";
    /** Tables in which migrate-database records the applied migrations. */
    private static final String RECORDS = ".*\\.schema_migrations";

    private final InetSocketAddress database;

    CaptureInstance(Settings settings) {
        database = new InetSocketAddress(settings.databaseHost(), settings.databasePort());
        canalId = 1L;
        destination = DESTINATION;
        alarmHandler = new LogAlarmHandler();

        FileMixedMetaManager positions = new FileMixedMetaManager();
        positions.setDataDir(settings.dataDir());
        metaManager = positions;

        MemoryEventStoreWithBuffer store = new MemoryEventStoreWithBuffer();
        store.setBatchMode(BatchMode.MEMSIZE);
        // A DDL gets its own batch, so that it stays between the rows before it and the rows after it.
        store.setDdlIsolation(true);
        store.setRaw(false);
        eventStore = store;

        EntryEventSink sink = new EntryEventSink();
        sink.setEventStore(store);
        eventSink = sink;

        eventParser = parser(settings);
    }

    /**
     * Returns the last acknowledged position; null if there is none. Call it before the instance starts.
     *
     * <p>Canal treats a position with another address as one of another server and then searches by time instead. Here
     * it is the same database, started on another port.
     */
    LogPosition lastPosition(ClientIdentity client) {
        metaManager.start();
        LogPosition position = (LogPosition) metaManager.getCursor(client);
        if (position != null) {
            position.setIdentity(new LogIdentity(database, -1L));
            metaManager.updateCursor(client, position);
        }
        return position;
    }

    private MysqlEventParser parser(Settings settings) {
        MysqlEventParser parser = new BinlogEventParser();
        parser.setDestination(DESTINATION);
        parser.setMasterInfo(new AuthenticationInfo(database, settings.databaseUser(), settings.databasePassword()));
        parser.setMasterPosition(new EntryPosition(settings.startJournal(), settings.startPosition()));
        parser.setSlaveId(REPLICA_ID);
        parser.setDetectingEnable(false);
        parser.setParallel(false);
        // Consumers have no use for statements that change neither rows nor tables (GRANT, SET).
        parser.setFilterQueryDcl(true);
        parser.setFilterQueryDml(true);
        parser.setEventFilter(new AviaterRegexFilter(CAPTURED));
        parser.setEventBlackFilter(new AviaterRegexFilter(OF_THE_SERVER + "," + RECORDS));
        parser.setAlarmHandler(alarmHandler);
        parser.setEventSink(eventSink);
        parser.setHaController(new HeartBeatHAController());
        parser.setLogPositionManager(new FailbackLogPositionManager(
                new MemoryLogPositionManager(), new MetaLogPositionManager(metaManager)));
        return parser;
    }

    /** Canal's parser with the column names from the binlog itself. */
    private static final class BinlogEventParser extends MysqlEventParser {
        @Override
        protected BinlogParser buildParser() {
            BinlogConverter converter = new BinlogConverter();
            converter.setCharset(connectionCharset);
            converter.setNameFilter((AviaterRegexFilter) eventFilter);
            converter.setNameBlackFilter((AviaterRegexFilter) eventBlackFilter);
            converter.setFilterQueryDcl(filterQueryDcl);
            converter.setFilterQueryDml(filterQueryDml);
            return converter;
        }
    }
}
