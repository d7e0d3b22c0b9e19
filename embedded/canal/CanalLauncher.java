package tidbcdc;

import com.alibaba.otter.canal.protocol.ClientIdentity;
import com.alibaba.otter.canal.protocol.Message;
import com.alibaba.otter.canal.protocol.position.LogPosition;
import com.alibaba.otter.canal.server.embedded.CanalServerWithEmbedded;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs Canal's embedded server and publishes what it captures to Kafka: the launcher that Canal's artifacts lack.
 *
 * <p>The loop: get a batch, publish it, acknowledge it. A batch that cannot be published ends the process with exit
 * code 1; the supervisor restarts it, and it continues from the last acknowledged position. Settings come from the
 * environment, so that the password is not on a command line.
 */
public final class CanalLauncher {
    private static final Logger LOG = LoggerFactory.getLogger(CanalLauncher.class);

    /** In units of 1 KiB of binlog. Canal measures a batch by memory, so this bounds the memory of a batch. */
    private static final int BATCH_SIZE = 256;

    private static final long FETCH_TIMEOUT_MS = 100;

    /** How long a stop may wait for the rest of a transaction to be published. */
    private static final long STOP_TIMEOUT_MS = 5_000;

    private static volatile boolean stopping;

    private CanalLauncher() {}

    /** Runs until SIGTERM, then stops between two transactions and saves the position. */
    public static void main(String[] args) {
        try {
            run(Settings.fromEnvironment(System.getenv()));
        } catch (Throwable failure) {
            LOG.error("ending with exit code 1", failure);
            // Do not call exit: it runs the shutdown hook, which waits for this very thread.
            Runtime.getRuntime().halt(1);
        }
    }

    private static void run(Settings settings) throws Exception {
        CaptureInstance instance = new CaptureInstance(settings);
        ClientIdentity client = new ClientIdentity(CaptureInstance.DESTINATION, (short) 1001, "");
        LogPosition acknowledged = instance.lastPosition(client);
        CanalServerWithEmbedded server = CanalServerWithEmbedded.instance();
        server.setCanalInstanceGenerator(destination -> instance);
        server.start();
        server.start(CaptureInstance.DESTINATION);

        RowPublisher publisher = new RowPublisher(settings);
        Thread worker = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(worker, instance, publisher)));
        publishUntilStopped(server, client, acknowledged, publisher);
    }

    private static void publishUntilStopped(CanalServerWithEmbedded server, ClientIdentity client,
            LogPosition acknowledgedBefore, RowPublisher publisher) throws Exception {
        server.subscribe(client);
        LogPosition acknowledged = acknowledgedBefore;
        boolean betweenTransactions = true;
        while (!stopping || !betweenTransactions) {
            Message batch =
                    server.getWithoutAck(client, BATCH_SIZE, FETCH_TIMEOUT_MS, TimeUnit.MILLISECONDS);
            if (batch.getId() == -1) continue;
            Batch entries = Batch.of(batch);
            // Canal resumes at the last acknowledged entry itself, not after it.
            if (acknowledged != null) entries = entries.without(acknowledged);
            acknowledged = null;
            if (stopping) entries = entries.withoutOpenTransaction();
            publisher.publish(entries);
            server.ack(client, batch.getId());
            betweenTransactions = entries.endsTransaction();
        }
    }

    /**
     * Waits for the loop to end, saves the position and closes the producer. The wait is bounded, in case Kafka is
     * down.
     */
    private static void stop(Thread worker, CaptureInstance instance, RowPublisher publisher) {
        stopping = true;
        try {
            worker.join(STOP_TIMEOUT_MS);
            instance.getMetaManager().stop();
            publisher.close();
        } catch (Exception failure) {
            LOG.error("did not stop cleanly: changes since the last saved position are sent again", failure);
        }
    }
}
