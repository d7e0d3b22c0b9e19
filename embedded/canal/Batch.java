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
 * @param endsTransaction whether a stop after this batch leaves no transaction half published
 */
record Batch(long id, List<Entry> entries, boolean endsTransaction) {

    static Batch of(Message message) {
        List<Entry> entries = message.getEntries();
        return new Batch(message.getId(), entries, endsTransaction(entries.get(entries.size() - 1)));
    }

    private static boolean endsTransaction(Entry last) {
        if (last.getEntryType() == EntryType.TRANSACTIONEND) return true;
        // A DDL is a transaction of its own, without a begin and an end.
        return last.getEntryType() == EntryType.ROWDATA
                && switch (last.getHeader().getEventType()) {
                    case INSERT, UPDATE, DELETE -> false;
                    default -> true;
                };
    }

    /** The same batch without the entry at a position, which was acknowledged before. */
    Batch without(LogPosition position) {
        EntryPosition at = position.getPostion();
        List<Entry> rest = entries.stream().filter(entry -> !isAt(entry.getHeader(), at)).toList();
        return new Batch(id, rest, endsTransaction);
    }

    /** The part that a stop may publish: nothing of a transaction whose end is in a later batch. */
    Batch withoutOpenTransaction() {
        for (int end = entries.size(); end > 0; end--) {
            // Canal acknowledges no further than this, so that the open transaction is read again as a whole.
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
