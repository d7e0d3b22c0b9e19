package tidbcdc;

import com.alibaba.fastjson2.JSON;
import com.alibaba.fastjson2.JSONObject;
import com.alibaba.fastjson2.JSONWriter;
import com.alibaba.otter.canal.connector.core.producer.MQMessageUtils;
import com.alibaba.otter.canal.protocol.FlatMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a batch to Kafka as canal-json. Changes of one row go to one partition, in order.
 *
 * <p>Canal's own producer retries a batch with a row over the size limit forever, and sends the other rows of the batch
 * again each time. Here such a row is sent with its keys only, marked as TiCDC marks it.
 */
final class RowPublisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RowPublisher.class);

    /** All tables, by primary key. */
    private static final String DISPATCH = ".*\\..*:$pk$";

    /** Bytes that Kafka's record and batch framing may add to a value. */
    private static final int FRAMING = 128;

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final KafkaProducer<byte[], byte[]> producer;
    private final ThreadPoolExecutor decoders = (ThreadPoolExecutor) Executors.newFixedThreadPool(2, task -> {
        Thread thread = new Thread(task, "decoder");
        thread.setDaemon(true);
        return thread;
    });
    private final Settings settings;

    /** Largest value of a message, in bytes. */
    private final int limit;

    RowPublisher(Settings settings) {
        this.settings = settings;
        this.limit = settings.maxMessageBytes() - FRAMING;
        this.producer =
                new KafkaProducer<>(configuration(settings), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static Map<String, Object> configuration(Settings settings) {
        Map<String, Object> configuration = new HashMap<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.brokers(),
                ProducerConfig.ACKS_CONFIG, "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG, settings.maxMessageBytes(),
                // A broker may be down for hours. Waiting for it keeps the order and causes no duplicates.
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE,
                ProducerConfig.LINGER_MS_CONFIG, 5));
        if (!settings.kafkaUsername().isEmpty()) {
            configuration.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "SASL_PLAINTEXT");
            configuration.put(SaslConfigs.SASL_MECHANISM, "PLAIN");
            configuration.put(
                    SaslConfigs.SASL_JAAS_CONFIG,
                    "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
                            .formatted(settings.kafkaUsername(), settings.kafkaPassword()));
        }
        return configuration;
    }

    /** Returns when every message of the batch is in Kafka; throws when Kafka refuses one. */
    void publish(Batch batch) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        var rows = MQMessageUtils.buildMessageData(batch.toMessage(), decoders);
        for (FlatMessage message : MQMessageUtils.messageConverter(rows, batch.id())) {
            FlatMessage[] byPartition =
                    MQMessageUtils.messagePartition(message, settings.partitions(), DISPATCH, false);
            for (int partition = 0; partition < byPartition.length; partition++) {
                if (byPartition[partition] == null) continue;
                for (byte[] value : fit(byPartition[partition])) {
                    sent.add(producer.send(new ProducerRecord<>(settings.topic(), partition, null, value)));
                }
            }
        }
        producer.flush();
        for (Future<RecordMetadata> one : sent) one.get();
    }

    /** Returns one message, or one per row when all rows together exceed the limit. */
    private List<byte[]> fit(FlatMessage message) {
        if (message.getData() == null) return fitStatement(message);
        if (characters(message) <= limit) {
            byte[] whole = encode(message);
            if (whole.length <= limit) return List.of(whole);
        }
        List<byte[]> values = new ArrayList<>();
        for (int row = 0; row < message.getData().size(); row++) values.add(fitRow(only(message, row)));
        return values;
    }

    private List<byte[]> fitStatement(FlatMessage message) {
        byte[] whole = encode(message);
        if (whole.length <= limit) return List.of(whole);
        LOG.error("leaving out a statement of {} bytes: over the limit of {}", whole.length, limit);
        return List.of();
    }

    private byte[] fitRow(FlatMessage message) {
        // A character takes at least one byte, so a row with more characters than the limit need not be encoded.
        if (characters(message) <= limit) {
            byte[] whole = encode(message);
            if (whole.length <= limit) return whole;
        }
        LOG.warn("{}.{}: a row is over the limit of {} bytes, sending its keys only",
                message.getDatabase(), message.getTable(), limit);
        message.setData(keys(message, message.getData()));
        message.setOld(keys(message, message.getOld()));
        JSONObject marked = (JSONObject) JSON.toJSON(message);
        marked.put("_tidb", Map.of("onlyHandleKey", true));
        return encode(marked);
    }

    /** Encodes by way of a string: fastjson's byte writer overruns its buffer on 16 KiB of control characters. */
    private static byte[] encode(Object message) {
        return JSON.toJSONString(message, JSONWriter.Feature.WriteNulls).getBytes(StandardCharsets.UTF_8);
    }

    private static long characters(FlatMessage message) {
        return characters(message.getData()) + characters(message.getOld());
    }

    private static long characters(List<Map<String, String>> images) {
        if (images == null) return 0;
        return images.stream()
                .flatMap(image -> image.values().stream())
                .filter(Objects::nonNull)
                .mapToLong(String::length)
                .sum();
    }

    private static FlatMessage only(FlatMessage message, int row) {
        FlatMessage one = new FlatMessage(message.getId());
        one.setDatabase(message.getDatabase());
        one.setTable(message.getTable());
        one.setPkNames(message.getPkNames());
        one.setIsDdl(false);
        one.setType(message.getType());
        one.setSql(message.getSql());
        one.setSqlType(message.getSqlType());
        one.setMysqlType(message.getMysqlType());
        one.setEs(message.getEs());
        one.setTs(message.getTs());
        one.setGtid(message.getGtid());
        one.setData(List.of(message.getData().get(row)));
        if (message.getOld() != null) one.setOld(List.of(message.getOld().get(row)));
        return one;
    }

    private static List<Map<String, String>> keys(FlatMessage message, List<Map<String, String>> images) {
        if (images == null) return null;
        List<String> names = message.getPkNames() == null ? List.of() : message.getPkNames();
        return images.stream().map(image -> keys(names, image)).toList();
    }

    private static Map<String, String> keys(List<String> names, Map<String, String> image) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (String name : names) {
            if (image.containsKey(name)) keys.put(name, image.get(name));
        }
        return keys;
    }

    @Override
    public void close() {
        producer.close(CLOSE_TIMEOUT);
    }
}
