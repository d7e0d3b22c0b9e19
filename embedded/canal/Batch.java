package tidbcdc;

import com.alibaba.otter.canal.protocol.CanalEntry.Entry;
import com.alibaba.otter.canal.protocol.CanalEntry.EntryType;
import com.alibaba.otter.canal.protocol.CanalEntry.Header;
import com.alibaba.otter.canal.protocol.Message;
import com.alibaba.otter.canal.protocol.position.EntryPosition;
import com.alibaba.otter.canal.protocol.position.LogPosition;
import java.util.List;

/**
 * Binlog entries that are acknowledged together.
 *
 * @param id Canal's number of the batch
 * @param endsTransaction whether Canal can stop after this batch without leaving a transaction half published
 */
record Batch(long id, List<Entry> entries, boolean endsTransaction) {

    static Batch of(Message message) {
        List<Entry> entries = message.getEntries();
        return new Batch(message.getId(), entries, endsTransaction(entries.get(entries.size() - 1)));
    }

    private static boolean endsTransaction(Entry last) {
        if (last.getEntryType() == EntryType.TRANSACTIONEND) return true;
        // A DDL is its own transaction, without begin and end entries.
        return last.getEntryType() == EntryType.ROWDATA
                && switch (last.getHeader().getEventType()) {
                    case INSERT, UPDATE, DELETE -> false;
                    default -> true;
                };
    }

    /** Returns the batch without the entry at a position that was acknowledged before. */
    Batch without(LogPosition position) {
        EntryPosition at = position.getPostion();
        List<Entry> rest = entries.stream().filter(entry -> !isAt(entry.getHeader(), at)).toList();
        return new Batch(id, rest, endsTransaction);
    }

    /** Returns the part that may still be published on a stop: nothing of a transaction that ends in a later batch. */
    Batch withoutOpenTransaction() {
        for (int end = entries.size(); end > 0; end--) {
            // Canal acknowledges only up to here, so that the open transaction is read again from its start.
            if (endsTransaction(entries.get(end - 1))) return new Batch(id, entries.subList(0, end), true);
        }
        return this;
    }

    private static boolean isAt(Header header, EntryPosition position) {
        return header.getLogfileName().equals(position.getJournalName())
                && header.getLogfileOffset() == position.getPosition();
    }

    Message toMessage() {
        return new Message(id, entries);
    }
}
